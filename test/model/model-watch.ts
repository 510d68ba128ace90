import type { Item } from "../../agent/plan/item.ts";
import type { Action } from "../../agent/plan/plan.ts";
import type { CommitRange, SpecFile, SyncResult } from "../../agent/source/spec-source.ts";
import type { Room } from "../../agent/room/room.ts";
import type { ConfirmationRow, IntentRow, SourceRow } from "../../agent/room/rows.ts";
import type { StoreChange } from "../../agent/store/store.ts";
import { claimOf, ModelEyes } from "./model-eyes.ts";
import { type Watched } from "./model-git.ts";
import { ModelSuspensions } from "./model-suspensions.ts";
import { ModelOwners } from "./model-owners.ts";
import { heardOf, NOTHING, wrongDryRun, type Heard } from "./model-heard.ts";
import {
  obstaclesOf,
  quarantineOf,
  refusedItems,
  REMOVALS,
  RoomLaw,
  wrongClaim,
  wrongWith,
  wrongYes,
  type Wish,
} from "./model-law.ts";
import { wrongCorrections, wrongReport } from "./model-drift.ts";
import { ModelFiles } from "./model-files.ts";
import { ModelHeads } from "./model-heads.ts";
import { isUndo, wrongUndo } from "./model-undo.ts";
import { OLDER, toYes } from "./model-yes.ts";

/** Looks over the agent's shoulder: what it writes and sends is held against the law at once, what it claims against the truth. */
export class ModelWatch {
  readonly violations: string[] = [];
  readonly laws: ReadonlyMap<string, RoomLaw>;
  readonly heads: ModelHeads;
  readonly eyes: ModelEyes;
  readonly owners = new ModelOwners();
  readonly suspensions = new ModelSuspensions();
  readonly offered = new Map<string, Wish>();
  /** Requests that confirm, with the revision of the spec that each sends; null where it sends none. */
  readonly confirmers = new Map<string, string | null>();
  writes = 0;
  /** A sync window keeps new specs from every room. */
  isWindowClosed = false;
  readonly #on: Watched;
  readonly #posted = new Map<string, Wish>();
  readonly #rows = new Map<string, Room>();
  readonly #intents = new Map<string, IntentRow & { readonly wrong: readonly string[] }>();
  readonly #verifiedTexts = new Set<string>();
  readonly #effects = new Set<string>();
  readonly #heard = new Map<string, Heard>();
  readonly #refused = new Map<string, Set<Item>>();
  readonly #attempted = new Map<string, readonly Action[]>();
  readonly #files: ModelFiles;

  constructor(rooms: readonly string[], on: Watched) {
    this.laws = new Map(rooms.map((roomId) => [roomId, new RoomLaw()]));
    this.#on = on;
    this.eyes = new ModelEyes(on.server, on.nowMs);
    this.heads = new ModelHeads(on.git);
    this.#files = new ModelFiles(on.git, rooms);
  }

  configured(source: string | null): void {
    this.owners.source = source;
    this.#files.forget();
  }

  law(roomId: string): RoomLaw {
    const law = this.laws.get(roomId);
    if (law === undefined) throw new Error(`no law for ${roomId}`);
    return law;
  }

  row(roomId: string): Room | null {
    return this.#rows.get(roomId) ?? null;
  }

  toldCommits(range: CommitRange, head: string): void {
    const { history, commits } = range;
    this.heads.told(head, range);
    for (const roomId of this.laws.keys()) {
      const told = commits.map((commit) => this.heads.unused(this.#on.git.told(commit, roomId)));
      this.#heard.set(roomId, heardOf(roomId, history, told));
      this.heads.toldOf({ roomId, owned: this.law(roomId).owned }, history, told);
      this.#refused.set(roomId, new Set(refusedItems(this.row(roomId))));
    }
  }

  toldFile(file: SpecFile): void {
    this.#files.told(file);
  }

  toldAll(result: Extract<SyncResult, { kind: "ready" }>): void {
    const rooms = [...this.laws].filter(([roomId]) => !this.law(roomId).isPosted);
    const owned = rooms.filter(([, law]) => law.owned);
    const isNamed = owned.every(([roomId]) => this.#heard.get(roomId)?.confirmedByName);
    const known = rooms.map(([roomId, law]) => ({ roomId, owned: law.owned }));
    this.#files.toldAll(result, known, isNamed);
  }

  wrote(changes: readonly StoreChange[]): void {
    if (changes.some(({ kind }) => kind !== "document")) this.writes += 1;
    for (const change of changes) {
      this.suspensions.wrote(change, this.#on.nowMs());
      if (change.kind === "confirmation") this.#confirmed(change.row);
      if (change.kind === "room") this.#wroteRoom(change.row);
      if (change.kind === "source") this.#wroteSource(change.row);
    }
    this.violations.push(...this.heads.withdrawals.wrote(changes, this.laws));
    const intents = changes.flatMap((change) => (change.kind === "intent" ? [change.row] : []));
    if (intents.length > 0) this.#intended(intents);
    for (const change of changes) if (change.kind === "intentEnded") this.#ended(change);
  }

  calling(operation: string, target: string, call: { roomId: string; requestId: string }): void {
    const intent = this.#intents.get(call.requestId);
    const say = (what: string) => this.#say(call.roomId, `${operation} ${target}: ${what}`);
    if (intent?.state !== "open" || intent.roomId !== call.roomId) say("no open intent");
    for (const what of intent?.wrong ?? []) say(`${what} (${intent?.revision})`);
    if (this.suspensions.isClosed(call.roomId, this.#on.nowMs())) say("the room is suspended");
    const law = this.law(call.roomId);
    if (!law.owned && law.crossingMs !== this.#on.nowMs()) say("the room is nobody's");
    law.crossingMs = null;
  }

  /** A call has changed the room. */
  changed(operation: string, target: string, call: { roomId: string; requestId: string }): void {
    const key = `${call.requestId} ${operation} ${target}`;
    this.heads.added(call.roomId, operation, target);
    if (this.#effects.has(key)) this.#say(call.roomId, `${key} took effect twice`);
    this.#effects.add(key);
  }

  /** What keeps the newest spec from being carried out, beside what it would remove. */
  look(roomId: string): RoomLaw {
    const law = this.law(roomId);
    law.obstacles = obstaclesOf(this.row(roomId), law.newest, {
      isBroken: this.#files.broken.has(roomId),
      isWindowClosed: this.isWindowClosed,
      isEmptied: this.#files.emptied && !this.law(roomId).isPosted,
      verifiedTexts: this.#verifiedTexts,
    });
    return law;
  }

  #wroteSource(row: SourceRow): void {
    const before = this.owners.head;
    if (!this.owners.isNewHead(row)) return;
    this.violations.push(...this.heads.counts(row.name, this.owners.head, before));
    this.violations.push(...this.heads.wrongWarnings(row));
    this.violations.push(...this.heads.withdrawals.missed(this.laws, this.#on.nowMs()));
    for (const roomId of this.#files.gone) this.#say(roomId, "its file is gone, it has an owner");
    for (const [roomId, { newest }] of this.laws) {
      const wish = this.#on.git.wish(this.owners.head, roomId);
      if (wish !== null && wish.text !== newest?.text) this.#say(roomId, "its newest spec is not");
    }
  }

  #wroteRoom(row: Room): void {
    const before = this.row(row.roomId);
    this.#rows.set(row.roomId, row);
    if (row.owner !== null) this.law(row.roomId).owned = true;
    // A file that could not be read, or was gone, may name again what it named before; one that goes names nothing.
    const wasOut = Boolean(before?.headProblem) || before?.owner === null;
    const isBack = wasOut && row.headProblem === null && row.owner !== null;
    if (row.head !== null && (isBack || row.head.digest !== before?.head?.digest))
      this.#newHead(row.roomId, row.head.revision);
    const law = this.look(row.roomId);
    const say = (what: string) => this.#say(row.roomId, what);
    for (const what of this.owners.wrongWith(row)) say(what);
    if (row.owner === null && before !== null && before.owner !== null) {
      if (!this.owners.isLost(row) && !this.#files.gone.delete(row.roomId))
        say("orphaned, and a file may name it");
      [law.owned, law.crossingMs] = [false, this.#on.nowMs()];
    }
    if (this.owners.endsYes(row, before)) law.spendAll();
    for (const item of refusedItems(row)) this.#refused.get(row.roomId)?.add(item);
    const heard = this.#heard.get(row.roomId) ?? NOTHING;
    const ended = heard.ended || this.confirmers.size > 0;
    const seen = this.heads.seenIn(row, before, law.newest);
    for (const what of wrongDryRun(row, before, { ...heard, ended, ...seen })) say(what);
    law.enforced = row.enforced === null ? null : this.#wishAt(row.roomId, row.enforced.revision);
    law.judge(row);
    this.heads.left(row, before);
    this.#rewrote(row, before);
    const at = law.verified;
    for (const what of wrongReport(row, { wish: at, seen: this.eyes.seen(row.roomId) })) say(what);
    const claimed = claimOf(row, before);
    if (claimed !== null) this.#verified(row, claimed);
  }

  /** Another spec is the room's newest; what was confirmed of the items it names is spent. */
  #newHead(roomId: string, revision: string): void {
    const offered = this.offered.get(revision);
    if (offered !== undefined) this.#posted.set(revision, offered);
    const law = this.law(roomId);
    law.newest = this.#wishAt(roomId, revision);
    law.spend(law.newest?.items.keys() ?? []);
    law.unbind(revision);
  }

  /** The mark comes with the inputs that a rewritten history changes, and goes when the room is as a spec says that came with it or later. */
  #rewrote(row: Room, before: Room | null): void {
    const law = this.law(row.roomId);
    const isNew = row.head?.revision !== before?.head?.revision && row.head?.path !== null;
    const isChanged = isNew && row.head?.digest !== before?.head?.digest && before !== null;
    const isBack = this.heads.isBack(before?.rewritten);
    if (this.heads.isRewrite && isChanged && row.rewritten === null && !isBack)
      this.#say(row.roomId, "the history was rewritten, and the room is not marked");
    law.verified = row.verified === null ? null : this.#wishAt(row.roomId, row.verified.revision);
    // What was carried out may have become old meanwhile.
    const isDone = law.marked.has(law.verified?.revision ?? "");
    const isAs = isDone ? law.verified : law.newest;
    const wrong = wrongClaim(isAs, row, this.eyes.seen(row.roomId));
    if (law.rewritten && row.rewritten === null && wrong.length > 0 && !isBack)
      this.#say(row.roomId, `nothing is held any more, and not converged: ${wrong.join()}`);
    law.rewritten = row.rewritten !== null;
    if (!law.rewritten) law.marked.clear();
    else law.marked.add(law.newest?.revision ?? "");
  }

  /** A claim that the room is as a revision says: true at this very moment. */
  #verified(row: Room, revision: string): void {
    const wish = this.#wishAt(row.roomId, revision);
    this.law(row.roomId).foundAs(revision);
    if (wish === null) return this.#say(row.roomId, `verified at ${revision}, which has no spec`);
    this.#verifiedTexts.add(wish.text);
    if (this.eyes.isOdd(row, row.roomId)) this.#say(row.roomId, `verified at ${revision} by a lie`);
    const wrong = wrongClaim(wish, row, this.eyes.seen(row.roomId));
    if (wrong.length > 0)
      this.#say(row.roomId, `verified at ${revision} in spite of ${wrong.join()}`);
  }

  #confirmed(row: ConfirmationRow): void {
    const { id, roomId, origin, originId, items } = row;
    const law = this.law(roomId);
    if (law.yes.has(id)) return;
    const yes = toYes(row, this.row(roomId)?.head ?? null, this.#on.nowMs());
    law.yes.set(id, yes);
    const say = (what: string) => this.#say(roomId, `confirmation ${id}: ${what}`);
    if (origin === "request") {
      const found = this.eyes.seen(roomId);
      const sent = this.confirmers.get(originId);
      if (sent === undefined) say("nobody asked");
      const isBound = !sent || yes.boundTo === sent || yes.boundTo === OLDER;
      if (!isBound) say(`is of ${sent}, not ${yes.boundTo}`);
      const wish = this.#files.broken.has(roomId) ? law.enforced : law.newest;
      const kept = items.filter((item) => wish?.items.has(item) || !found.has(item));
      if (kept.length > 0) say(`covers ${kept.join()}`);
      return;
    }
    if (origin === "return") return this.heads.wrongReturn(roomId, items, law.newest).forEach(say);
    const heard = this.#heard.get(roomId)?.yes.get(originId);
    for (const what of wrongYes(items, heard, this.#refused.get(roomId) ?? new Set())) say(what);
  }

  /**
   * The writes of one pass, before any is sent. What is wrong with them counts when one is: a pass that a newer spec overtakes
   * in this very moment sends none.
   */
  #intended(intents: readonly IntentRow[]): void {
    const [{ roomId, revision } = { roomId: "", revision: "" }] = intents;
    const wish = this.#wishAt(roomId, revision);
    const given = {
      law: this.look(roomId),
      found: this.eyes.seen(roomId),
      isOdd: this.eyes.isOdd(this.row(roomId), roomId),
      isDoubted: this.eyes.isDoubted(roomId),
      nowMs: this.#on.nowMs(),
      actions: intents.map(({ action }) => action),
    };
    const attempted = this.#attempted.get(roomId) ?? [];
    const quarantined = quarantineOf(this.row(roomId)) !== null;
    const items = given.actions.map(({ item }) => item);
    const wrong = isUndo(intents)
      ? wrongUndo(given.actions, { attempted, quarantined })
      : [
          ...wrongWith(wish, given),
          ...wrongCorrections(intents, { ...given, items, wish, row: this.row(roomId) }),
        ];
    if (!isUndo(intents)) this.#attempted.set(roomId, given.actions);
    for (const intent of intents) this.#intents.set(intent.id, { ...intent, wrong });
  }

  #ended({ id, state }: Extract<StoreChange, { kind: "intentEnded" }>): void {
    const intent = this.#intents.get(id);
    if (intent === undefined || intent.state !== "open") return;
    this.#intents.set(id, { ...intent, state });
    const gone = REMOVALS.has(intent.action.kind) && (state === "done" || state === "unknown");
    if (gone) this.law(intent.roomId).spend([intent.action.item]);
  }

  #wishAt(roomId: string, revision: string): Wish | null {
    const oid = revision.replace("main@sha1:", "");
    return this.#posted.get(revision) ?? this.#on.git.wish(oid, roomId);
  }

  #say(roomId: string, what: string): void {
    this.violations.push(`${roomId}: ${what}`);
  }
}
