import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { ForgeConfig } from "../config/config.ts";
import type {
  CommitStatus,
  Forge,
  ForgeAnswer,
  ForgeFailure,
  LabelHistory,
  PullRequest,
} from "../forge/forge.ts";
import { toIso, type Clock } from "../kernel/clock.ts";
import type { PullRequestRow, ShownPlan, ShownRoom } from "../room/shown-plan.ts";
import { withPlan, writePullRequest } from "../store/shown-plans.ts";
import type { Store } from "../store/store.ts";
import { isConfirmLabel, labelNotes, newestPosition } from "./label-notes.ts";
import { planComment, planMarker } from "./plan-comment.ts";
import { pendingStatus, planStatus, type StatusPlace } from "./plan-status.ts";
import type { PullMemory } from "./pull-memory.ts";
import { reviewDigest, roomDigest, saysNothing, type Review } from "./review.ts";

/** Statuses that are remembered; of one that is not the forge is asked. */
const MOST_STATUSES = 500;

const NO_HISTORY = { kind: "ok", value: { events: [], isWhole: true } } as const;

export interface PublisherDeps {
  readonly source: string;
  /** Of its statuses. */
  readonly context: string;
  readonly forge: Pick<Forge, "labels" | "comments" | "statuses">;
  readonly config: Pick<ForgeConfig, "labels" | "plan">;
  /** Where the agent's status is read by people; null: the pull request's page stands for it. */
  readonly publicUrl: string | null;
  readonly store: Pick<Store, "write">;
  readonly memory: Pick<PullMemory, "forge" | "keep">;
  readonly clock: Pick<Clock, "nowMs">;
}

export interface Published {
  readonly kind: "published";
  readonly digest: string;
  /** False: it was shown before. */
  readonly isNew: boolean;
  /** What kept the status from being written; null: nothing did. */
  readonly statusFailure: ForgeFailure | null;
}

/**
 * Publishes reviews, in an order that labels depend on: the position of the newest label event is read and remembered, the comment is
 * written, the position is read again, the plan is remembered as shown, and last of all the status is written. A label between the two
 * positions was set by somebody who may not have seen the plan, or who saw it and not the one before.
 */
export class PlanPublisher {
  readonly #deps: PublisherDeps;
  /** By commit: the status that it has. */
  readonly #statuses = new Map<string, string>();

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** Says that a head is being planned, where it has no status of ours yet. Returns what kept it from that. */
  async pending(pull: PullRequest, signal: AbortSignal): Promise<ForgeFailure | null> {
    const { statuses } = this.#deps.forge;
    if (this.#statuses.has(pull.headSha)) return null;
    const latest = await statuses.latest(pull.headSha, this.#deps.context, signal);
    if (latest.kind === "failed") return latest;
    const status = latest.value ?? pendingStatus(this.#place(pull));
    if (latest.value === null) {
      const failure = await this.#setStatus(pull.headSha, status, signal);
      if (failure !== null) return failure;
    }
    this.#note(pull.headSha, status);
    return null;
  }

  /** Rejects with the reason of `signal`, and with the store's `StoreUnavailable`. */
  async publish(
    pull: PullRequest,
    { review, row }: { readonly review: Review; readonly row: PullRequestRow | null },
    signal: AbortSignal,
  ): Promise<Published | ForgeFailure> {
    const { forge, config, source } = this.#deps;
    const { number } = pull;
    let known: PullRequestRow = row ?? { source, number, commentId: null, plans: [] };
    const now = { head: review.head, digest: reviewDigest(review) };
    const newest = known.plans.at(-1);
    const labelIds = await this.#labelIds();
    const isNew =
      newest?.digest !== now.digest ||
      newest.head !== now.head ||
      typeof known.changingAfter === "number" ||
      !isDeepStrictEqual(newest.labelIds, labelIds);
    // A pull request that concerns no room gets no comment unless it has one.
    if (saysNothing(review) && known.commentId === null) {
      const statusFailure = await this.#writeStatus(pull, review, signal);
      return { kind: "published", digest: now.digest, isNew: false, statusFailure };
    }
    const { confirm } = config.labels;
    const isLabelled = pull.labels.some(({ name }) => isConfirmLabel(name, confirm));
    // What is shown already needs no position.
    const before = isNew || isLabelled ? await forge.labels.history(number, signal) : NO_HISTORY;
    if (before.kind === "failed") return before;
    if (isNew) known = await this.#begin(known, before.value);
    const shownNow = { labels: pull.labels, history: before.value, row: known, now };
    const given = { ...shownNow, author: pull.author.id, labelIds };
    const notes = labelNotes(given, config.labels);
    const { text, shown } = planComment(review, { labels: config.labels, notes });
    const written = await this.#writeComment(known, text, signal);
    if (written.kind === "failed") return written;
    if (isNew) {
      const after = await forge.labels.history(number, signal);
      if (after.kind === "failed") return after;
      const plan: ShownPlan = {
        ...now,
        base: review.base,
        publishedAt: toIso(this.#deps.clock.nowMs()),
        begunAfter: known.changingAfter ?? 0,
        shownAfter: newestPosition(after.value),
        labelIds,
        rooms: shownRooms(review, shown),
      };
      // Where not all of it is known, no label can be shown to be newer than the plan.
      const isKnown = before.value.isWhole && after.value.isWhole;
      if (isKnown) await this.#remember(withPlan(written.value, plan));
    }
    // Last, so that a label that is set once the status is there finds the plan remembered.
    const statusFailure = await this.#writeStatus(pull, review, signal);
    return { kind: "published", digest: now.digest, isNew, statusFailure };
  }

  /** From now on another plan may stand in the comment; where one already may, since then. */
  async #begin(row: PullRequestRow, before: LabelHistory): Promise<PullRequestRow> {
    const changingAfter = row.changingAfter ?? newestPosition(before);
    return this.#remember({ ...row, changingAfter });
  }

  /** Of the labels that confirm: one that gets such a name later is another one. */
  async #labelIds(): Promise<NonNullable<ShownPlan["labelIds"]>> {
    const { memory, config } = this.#deps;
    const { labelIds } = await memory.forge.row();
    const ours = Object.entries(labelIds).filter(([name]) =>
      isConfirmLabel(name, config.labels.confirm),
    );
    return Object.fromEntries(ours);
  }

  /** Writes the comment where its text changed, and again where it is gone. The row is remembered at once. */
  async #writeComment(
    row: PullRequestRow,
    text: string,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<PullRequestRow>> {
    const { comments } = this.#deps.forge;
    const { number } = row;
    const commentDigest = textDigest(text);
    if (row.commentId !== null) {
      const place = { number, id: row.commentId };
      if (row.commentDigest === commentDigest && (await this.#isThere(row, signal))) return ok(row);
      const edited = await comments.edit(place, text, signal);
      if (edited.kind === "failed") return edited;
      if (edited.value) return ok(await this.#remember({ ...row, commentDigest }));
    }
    const found = await this.#find(number, signal);
    if (found.kind === "failed") return found;
    const { id } = found.value;
    if (id !== null && id !== row.commentId) {
      const edited = await comments.edit({ number, id }, text, signal);
      if (edited.kind === "failed") return edited;
      if (edited.value) return ok(await this.#remember({ ...row, commentId: id, commentDigest }));
    }
    const made = await comments.create(number, text, signal);
    if (made.kind === "failed") return made;
    await this.#deps.memory.forge.noteOwnId(made.value.author.id);
    return ok(await this.#remember({ ...row, commentId: made.value.id, commentDigest }));
  }

  async #remember(row: PullRequestRow): Promise<PullRequestRow> {
    await this.#deps.store.write([writePullRequest(row)]);
    this.#deps.memory.keep(row);
    return row;
  }

  /** Somebody may have deleted it, or edited it. Where that cannot be asked, it is taken to be there. */
  async #isThere(
    { number, commentId, commentDigest }: PullRequestRow,
    signal: AbortSignal,
  ): Promise<boolean> {
    const found = await this.#find(number, signal);
    if (found.kind === "failed" || !found.value.isKnown) return true;
    const { id, digest } = found.value;
    return id === commentId && digest === commentDigest;
  }

  /** The id of a comment of the agent that is there already, by marker and own id. */
  async #find(number: number, signal: AbortSignal): Promise<ForgeAnswer<FoundComment>> {
    const { forge, source } = this.#deps;
    const own = await this.#own(signal);
    if (own.kind === "failed") return own;
    if (own.value === null) return ok({ isKnown: false, id: null, digest: null });
    const by = { marker: planMarker(source), ownId: own.value };
    const found = await forge.comments.find(number, by, signal);
    if (found.kind === "failed") return found;
    const { id = null, body = null } = found.value ?? {};
    return ok({ isKnown: true, id, digest: body === null ? null : textDigest(body) });
  }

  async #own(signal: AbortSignal): Promise<ForgeAnswer<string | null>> {
    const { memory, forge } = this.#deps;
    const { ownId } = await memory.forge.row();
    if (ownId !== null) return { kind: "ok", value: ownId };
    const self = await forge.comments.self(signal);
    if (self.kind === "failed") return self;
    if (self.value !== null) await memory.forge.noteOwnId(self.value.id);
    return { kind: "ok", value: self.value?.id ?? null };
  }

  async #writeStatus(
    pull: PullRequest,
    review: Review,
    signal: AbortSignal,
  ): Promise<ForgeFailure | null> {
    const { forge, config } = this.#deps;
    const { head } = review;
    const status = planStatus(review, config.plan, this.#place(pull));
    let known = this.#statuses.get(head) ?? null;
    if (known === null) {
      const latest = await forge.statuses.latest(head, this.#deps.context, signal);
      if (latest.kind === "failed") return latest;
      known = latest.value === null ? null : keyOf(latest.value);
    }
    if (known !== keyOf(status)) {
      const failure = await this.#setStatus(head, status, signal);
      if (failure !== null) return failure;
    }
    this.#note(head, status);
    return null;
  }

  /** It also says who the agent is there: without that, a comment whose answer is lost would be written again. */
  async #setStatus(
    sha: string,
    status: CommitStatus,
    signal: AbortSignal,
  ): Promise<ForgeFailure | null> {
    const { forge, memory } = this.#deps;
    const set = await forge.statuses.set(sha, status, signal);
    if (set.kind === "failed") return set;
    if (set.value !== null) await memory.forge.noteOwnId(set.value.id);
    return null;
  }

  #note(head: string, status: CommitStatus): void {
    if (this.#statuses.size >= MOST_STATUSES) this.#statuses.clear();
    this.#statuses.set(head, keyOf(status));
  }

  #place({ url }: Pick<PullRequest, "url">): StatusPlace {
    const { publicUrl, context } = this.#deps;
    return { context, targetUrl: publicUrl === null ? url : `${publicUrl}/status` };
  }
}

/** `isKnown`: false where the agent does not know who it is there. */
interface FoundComment {
  readonly isKnown: boolean;
  readonly id: string | null;
  readonly digest: string | null;
}

/** Of a text, however a forge keeps its spaces and the ends of its lines. */
function textDigest(text: string): string {
  const words = text.trim().replace(/\s+/g, " ");
  return createHash("sha256").update(words).digest("hex");
}

function ok<T>(value: T): ForgeAnswer<T> {
  return { kind: "ok", value };
}

function keyOf({ state, description, targetUrl }: CommitStatus): string {
  return JSON.stringify([state, description, targetUrl]);
}

/** What the comment shows, and no more: no label confirms what could not be read. */
function shownRooms(
  review: Review,
  shown: ReturnType<typeof planComment>["shown"],
): Readonly<Record<string, ShownRoom>> {
  const rooms = review.rooms.flatMap((room): [string, ShownRoom][] => {
    const digest = roomDigest(room);
    const refused = shown.get(room.roomId);
    return digest === null || refused === undefined ? [] : [[room.roomId, { digest, refused }]];
  });
  return Object.fromEntries(rooms);
}
