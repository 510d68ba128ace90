import type { Clock } from "../../../kernel/clock.ts";
import { toSourceFailure } from "../../git-failure.ts";
import type { GitCredentials } from "./git-credentials.ts";
import type { PollSeries } from "./git-poll-series.ts";
import type { FoundHead } from "./wanted-ref.ts";

/** One source among those that poll together. */
export interface PollMember {
  /** When its last poll ended, ms of the monotonic clock; null before the first. */
  polledMs: number | null;
  /** Where its last poll found the head; null where that failed. */
  found: string | null;
  /** Called when another's poll found something else. Must not throw. */
  onNews: () => void;
}

export interface PollAsk {
  readonly credentials: GitCredentials;
  readonly signal: AbortSignal;
  /** As of `PollOptions`. */
  readonly fresh: boolean;
  readonly maxAgeMs: number | null;
}

export interface PollAnswer {
  readonly found: FoundHead;
  /** Whether the server was asked for this poll, and not for another source's before it. */
  readonly isOwn: boolean;
}

interface Ending {
  readonly credentials: string;
  readonly end: { readonly found: FoundHead } | { readonly error: unknown };
  readonly endedMs: number;
}

/** One request to the server and all who wait for it. */
interface Round {
  readonly credentials: string;
  readonly ask: PollAsk;
  fresh: boolean;
  readonly stop: AbortController;
  readonly waiting: Set<PollAsk>;
  /** Who waits, or waited. */
  readonly members: Set<PollMember>;
  readonly ended: Promise<Ending>;
  readonly begin: () => void;
}

/**
 * The polls of all sources of one clone. Whoever asks while a request is under way waits for the next one, together with all
 * others who do. A poll that need not ask is answered with what another's found since its own last one, a failure too: each
 * answer of the server counts once for each source, and an outage costs what it costs one source.
 */
export class SharedPolls {
  readonly #series: Pick<PollSeries, "head">;
  readonly #clock: Clock;
  readonly #members = new Set<PollMember>();
  #running: Round | null = null;
  #next: Round[] = [];
  #last: Ending | null = null;

  constructor(series: Pick<PollSeries, "head">, clock: Clock) {
    this.#series = series;
    this.#clock = clock;
  }

  join(): PollMember {
    const member: PollMember = { polledMs: null, found: null, onNews: () => undefined };
    this.#members.add(member);
    return member;
  }

  leave(member: PollMember): void {
    this.#members.delete(member);
  }

  /** Where the ref leads. Throws the failure, or the signal's reason. */
  async head(member: PollMember, ask: PollAsk): Promise<PollAnswer> {
    ask.signal.throwIfAborted();
    const credentials = JSON.stringify(ask.credentials);
    const known = this.#known(member, credentials, ask);
    if (known !== null) return this.#take(member, known, false);
    const round = this.#round(credentials, ask);
    round.members.add(member);
    return this.#take(member, await waitFor(round, ask), round.ask === ask);
  }

  #take(member: PollMember, { end }: Ending, isOwn: boolean): PollAnswer {
    member.polledMs = this.#clock.monotonicMs();
    member.found = "found" in end ? headOf(end.found) : null;
    if ("error" in end) throw end.error;
    return { found: end.found, isOwn };
  }

  #known(member: PollMember, credentials: string, ask: PollAsk): Ending | null {
    const last = this.#last;
    if (last === null || last.credentials !== credentials || ask.fresh) return null;
    const nowMs = this.#clock.monotonicMs();
    const failure = "error" in last.end ? toSourceFailure(last.end.error) : null;
    if (last.endedMs <= (member.polledMs ?? -Infinity)) return null;
    // The server said how long not to ask.
    if (nowMs < last.endedMs + (failure?.retryAfterMs ?? 0)) return last;
    if (ask.maxAgeMs === null) return null;
    const isYoung = nowMs - last.endedMs <= ask.maxAgeMs;
    return isYoung || (failure !== null && member.polledMs !== null) ? last : null;
  }

  #round(credentials: string, ask: PollAsk): Round {
    const running = this.#running;
    const mayJoin = ask.maxAgeMs !== null && !ask.fresh && running?.stop.signal.aborted === false;
    if (mayJoin && running.credentials === credentials) return running;
    const waiting = this.#next.find(
      (round) => round.credentials === credentials && !round.stop.signal.aborted,
    );
    if (waiting !== undefined) {
      waiting.fresh ||= ask.fresh;
      return waiting;
    }
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const round: Round = {
      credentials,
      ask,
      fresh: ask.fresh,
      stop: new AbortController(),
      waiting: new Set(),
      members: new Set(),
      ended: begun.then(() => this.#run(round)),
      begin,
    };
    this.#next.push(round);
    this.#beginNext();
    return round;
  }

  #beginNext(): void {
    if (this.#running !== null) return;
    this.#running = this.#next.shift() ?? null;
    this.#running?.begin();
  }

  async #run(round: Round): Promise<Ending> {
    const { credentials, stop } = round;
    const end = await this.#ask(round).then(
      (found) => ({ found }),
      (error: unknown) => ({ error }),
    );
    const ending = { credentials, end, endedMs: this.#clock.monotonicMs() };
    this.#running = null;
    this.#beginNext();
    if (stop.signal.aborted) return ending;
    this.#last = ending;
    const head = "found" in end ? headOf(end.found) : null;
    for (const member of this.#members) {
      const isNews = head !== null && member.polledMs !== null && member.found !== head;
      if (isNews && !round.members.has(member)) member.onNews();
    }
    return ending;
  }

  async #ask({ ask, fresh, stop }: Round): Promise<FoundHead> {
    const { signal } = stop;
    signal.throwIfAborted();
    const nowMs = () => this.#clock.nowMs();
    return this.#series.head({ credentials: ask.credentials, nowMs, signal, fresh });
  }
}

/** A request without a poll that waits for it is ended. */
async function waitFor(round: Round, ask: PollAsk): Promise<Ending> {
  const { signal } = ask;
  round.waiting.add(ask);
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([round.ended, promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    round.waiting.delete(ask);
    if (round.waiting.size === 0) round.stop.abort(new Error("no source waits for the poll"));
  }
}

function headOf({ head, tag }: FoundHead): string {
  return `${tag ?? ""}@${head}`;
}
