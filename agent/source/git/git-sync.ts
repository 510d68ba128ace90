import type { CommitWalk } from "./git-commit-walk.ts";
import { isParseLimit, isTransferLimit, toSourceFailure } from "../git-failure.ts";
import { refuseZeroId } from "./wire/git-ref-list.ts";
import type { GitSession } from "./git-session.ts";
import { bringBackTo, sinceOf } from "./git-since.ts";
import { SyncPass } from "./git-sync-pass.ts";
import type { GitSyncRequest } from "./git-sync-pass.ts";
import { printOf } from "./git-worker-messages.ts";
import { verifyRange } from "./signature/verified-range.ts";
import type { WorkerResult } from "./git-worker-messages.ts";
import type { CommitRange, HeadDoubt, KnownFile } from "../spec-source.ts";

/** What the last sync delivered, so that the main thread need not send it back. */
interface Memory {
  readonly head: string;
  readonly print: string;
  readonly known: ReadonlyMap<string, KnownFile>;
}

interface Attempt {
  readonly result: WorkerResult;
  /** The clone itself was found damaged, not what was fetched. */
  readonly damaged: boolean;
  /** Whether anything was delivered to the main thread. */
  readonly delivered: boolean;
}

/** Carries out syncs over a session, one at a time. */
export class GitSync {
  readonly #session: GitSession;
  #memory: Memory | null = null;

  constructor(session: GitSession) {
    this.#session = session;
  }

  /**
   * A damaged clone is discarded. If nothing was delivered yet, the sync starts over at once; otherwise the next
   * one does.
   */
  async run(request: GitSyncRequest): Promise<WorkerResult> {
    const first = await this.#attempt(request);
    if (!first.damaged) return first.result;
    await this.#session.discard("damaged");
    return first.delivered ? first.result : (await this.#attempt(request)).result;
  }

  async #attempt(request: GitSyncRequest): Promise<Attempt> {
    const pass = new SyncPass(this.#session, request);
    try {
      refuseZeroId("the branch", request.head);
      const known = await this.#known(request);
      const bring = { ...request, onReceived: request.progress };
      if (request.previous === null) await bringBackTo(this.#session, request.line.since, bring);
      const walk = await this.#session.bring({ ...bring, trail: request.line.trail });
      request.progress();
      const returnedTo = this.#returnedTo(walk, request);
      const doubt = this.#doubtOf(walk, request);
      if (doubt !== null) {
        return {
          result: { kind: "doubted", head: request.head, doubt },
          damaged: false,
          delivered: false,
        };
      }
      const verified =
        request.check === null ? null : await verifyRange(request.head, walk.oids, request.check);
      const met = {
        ...(returnedTo.length === 0 ? {} : { returnedTo }),
        ...this.#kept(walk, request),
        ...sinceOf(this.#session, request),
      };
      const ready = await pass.run(walk, known, met);
      const result = verified === null || ready.kind !== "ready" ? ready : { ...ready, verified };
      this.#session.delivered = request.head;
      this.#memory = { head: request.head, print: printOf(pass.next.values()), known: pass.next };
      return { result, damaged: false, delivered: true };
    } catch (error) {
      request.signal.throwIfAborted();
      const failure = toSourceFailure(error);
      if (failure === null) throw error;
      if (isParseLimit(error) || isTransferLimit(error) || failure.reason === "NotACommit")
        this.#session.refuse(request.head, failure);
      const damaged = failure.reason === "CorruptPack" && !this.#session.fetchFailed;
      return { result: failure, damaged, delivered: pass.delivered };
    }
  }

  /** What has to be settled before a head that was not built on the one before counts. */
  #doubtOf(walk: CommitWalk, request: GitSyncRequest): HeadDoubt | null {
    const { head, line } = request;
    const { accepted, believesAncestor } = line;
    if (walk.history === "ancestor" || this.#isOlder(walk, request))
      return believesAncestor ? null : { kind: "ancestor" };
    if (walk.history !== "unrelated") return null;
    const known = accepted === null ? line.left : [accepted, ...line.left];
    const isAccepted = this.#session.builtOn(head, known).length > 0;
    const { commits, whole } = walk.seen ?? { commits: 0, whole: false };
    return isAccepted ? null : { kind: "unrelated", commits, whole };
  }

  /** Whether it is a head that the branch was at and left, or an ancestor of one: a replica may still give it. */
  #isOlder({ history }: CommitWalk, { head, line: { left } }: GitSyncRequest): boolean {
    if (history === "first" || history === "descends") return false;
    const { objects } = this.#session;
    const isBehind = (one: string) =>
      objects.has(one) && this.#session.builtOn(one, [head]).length > 0;
    return left.some((one) => one === head || isBehind(one));
  }

  /**
   * The heads in `left` that this one is or is built on and that the previous one is not. A head that is built on the previous
   * one is a return only to heads that were built on it too: then the previous one was a step back on the same line.
   */
  #returnedTo({ history }: CommitWalk, request: GitSyncRequest): readonly string[] {
    const { head, previous, line } = request;
    const { left } = line;
    if (previous === null || left.length === 0) return [];
    const met = this.#session.builtOn(head, [previous, ...left]);
    if (history === "descends" || met.includes(previous)) {
      const isAfter = (mark: string) => this.#session.builtOn(mark, [previous]).length > 0;
      return left.filter((mark) => mark === previous || (met.includes(mark) && isAfter(mark)));
    }
    if (!this.#session.objects.has(previous)) return [];
    const own = this.#session.builtOn(previous, left);
    return met.filter((mark) => !own.includes(mark));
  }

  /** Whatever the head before was built on, a head that is built on that one is, too. */
  #kept({ history }: CommitWalk, { head, line }: GitSyncRequest): Pick<CommitRange, "kept"> {
    const { confirming = [], isHalf = false } = line;
    const isSure = history === "descends" && !isHalf;
    if (confirming.length === 0 || isSure) return {};
    return { kept: this.#session.builtOn(head, confirming) };
  }

  async #known(request: GitSyncRequest): Promise<ReadonlyMap<string, KnownFile>> {
    if (request.knownPrint === printOf([])) return new Map();
    const memory = this.#memory;
    if (memory?.head === request.previous && memory?.print === request.knownPrint) {
      return memory.known;
    }
    const known = await request.ask({ kind: "known" });
    return new Map(known.map((file) => [file.path, file]));
  }
}
