import type { OperatorError } from "../../../kernel/errors.ts";
import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { fetchMessage, filters } from "./git-fetch-request.ts";
import { gitFailure, limitExceeded } from "../../git-failure.ts";
import { LsRefsAnswer, lsRefsRequest } from "./git-ls-refs.ts";
import { FLUSH } from "./git-pkt-line.ts";
import { POLL_BYTES, pollLimit } from "./git-poll-limit.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import { timeoutFailure } from "./git-timeout.ts";
import type {
  AdvertisedRefs,
  FetchedPack,
  FetchWish,
  GitTransport,
  PackRequest,
  RefList,
  RefQuestion,
  RefsRequest,
  TransportCall,
} from "./git-transport.ts";
import { WireProcess, WireTimeout, WireUnstarted } from "./wire-process.ts";
import type { TakeBytes, WireCommand, WireEnd } from "./wire-process.ts";

/** What carries git's protocol to a server and back, and how its failures are read. */
export interface Wire {
  /** The program for one conversation; `version`: of the protocol that is asked for. Throws a failure if there is none. */
  command(call: TransportCall, version: 1 | 2): WireCommand;
  /** What comes before the server's advertisement; false: the program ended before that. Absent: nothing. Throws a failure. */
  readonly greet?: (process: WireProcess) => Promise<boolean>;
  /** The bytes that follow an answer, if the program adds some. */
  readonly tail?: string;
  /** A program that ended otherwise than well, or could not be started, as a failure that says what to do. */
  failure(end: WireEnd | WireUnstarted, call: TransportCall): OperatorError;
}

/** git's protocol over a program's standard streams: one program for a poll, one for a fetch. */
export class StreamTransport implements GitTransport {
  readonly #wire: Wire;
  readonly #open = new Set<WireProcess>();
  readonly #closing = new AbortController();

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async refs(question: RefQuestion, asked: RefsRequest): Promise<AdvertisedRefs> {
    return (await this.#list(question, asked, 2)).refs;
  }

  allRefs(question: RefQuestion, asked: RefsRequest): Promise<RefList> {
    return this.#list(question, asked, 1);
  }

  async fetch(wish: FetchWish, asked: PackRequest): Promise<FetchedPack> {
    // Whoever only polls needs nothing that reads packs.
    const { PackWriter } = await import("../objects/git-pack-writer.ts");
    const { UploadPackAnswer } = await import("./git-upload-pack.ts");
    return this.#converse(asked, 2, async (talk) => {
      const server = await talk.advertisement(NO_REFS);
      const { limits, packFolder, onProgress } = asked;
      const { objectBytes, packBytes } = limits;
      asked.onFilters(filters(server));
      const { body } = fetchMessage(server, wish);
      const writer = new PackWriter({ folder: packFolder, objectBytes, onProgress });
      try {
        const answer = new UploadPackAnswer(limits, (bytes, start) => writer.write(bytes, start));
        await talk.ask(body, (bytes) => answer.push(bytes), {
          bytes: packBytes,
          exceeded: () =>
            limitExceeded("PackBytes", packBytes, "The server sends more bytes than allowed"),
        });
        const brought = answer.finish();
        onProgress();
        await writer.finish(brought.pack);
        return brought;
      } finally {
        writer.close();
      }
    });
  }

  close(): void {
    this.#closing.abort(new Error("the transport is closed"));
    for (const process of this.#open) process.kill();
  }

  #list(question: RefQuestion, asked: RefsRequest, version: 1 | 2): Promise<RefList> {
    return this.#converse(asked, version, async (talk) => {
      const server = await talk.advertisement(question);
      if (server.version === 1) {
        await talk.leave();
        return server;
      }
      // What does not speak an older protocol lists everything in this one.
      const isAll = version === 1;
      const limit = isAll ? REF_LIST_LIMIT : pollLimit(question);
      const answer = new LsRefsAnswer(question, limit);
      const prefixes = isAll ? [] : question.prefixes;
      await talk.ask(
        lsRefsRequest(prefixes, server.capabilities.has("object-format")),
        (bytes) => answer.push(bytes),
        { bytes: isAll ? REF_LIST_BYTES : POLL_BYTES, exceeded: limit.exceeded },
      );
      return answer.finish();
    });
  }

  /** Runs one program and whatever is said to it. No failure leaves it behind. */
  async #converse<T>(
    call: TransportCall,
    version: 1 | 2,
    say: (talk: Talk) => Promise<T>,
  ): Promise<T> {
    const signal = AbortSignal.any([call.signal, this.#closing.signal]);
    const process = new WireProcess(this.#wire.command(call, version), { ...call, signal });
    this.#open.add(process);
    try {
      const isGreeted = await this.#wire.greet?.(process);
      if (isGreeted === false) throw this.#wire.failure(await process.end(), call);
      return await say(new Talk(process, this.#wire, call));
    } catch (error) {
      call.signal.throwIfAborted();
      if (signal.aborted) throw gitFailure("WorkerFailed", "The source is closed.");
      if (error instanceof WireUnstarted) throw this.#wire.failure(error, call);
      if (!(error instanceof WireTimeout)) throw error;
      throw timeoutFailure("The git server", error.passed.deadline, call.deadlines);
    } finally {
      process.kill();
      this.#open.delete(process);
    }
  }
}

/** The server's capabilities are asked for, not its refs. */
const NO_REFS: RefQuestion = { prefixes: [], keeps: () => false };

interface AnswerLimit {
  readonly bytes: number;
  readonly exceeded: () => Error;
}

/** One conversation with a server. */
class Talk {
  readonly #process: WireProcess;
  readonly #wire: Wire;
  readonly #call: TransportCall;

  constructor(process: WireProcess, wire: Wire, call: TransportCall) {
    this.#process = process;
    this.#wire = wire;
    this.#call = call;
  }

  /** What the server says first. */
  async advertisement(question: RefQuestion): Promise<Advertisement> {
    const answer = new AdvertisementAnswer(question, REF_LIST_LIMIT, true);
    const take = counted(
      { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
      (bytes: Buffer) => {
        answer.push(bytes);
        return answer.isWhole ? Buffer.alloc(0) : undefined;
      },
    );
    const isWhole = await this.#process.read(take);
    if (!isWhole) await this.#refuseBadEnd();
    return answer.finish();
  }

  /** Sends the last request of the conversation, and gives the answer to `take`. */
  async ask(request: Buffer, take: (bytes: Buffer) => void, limit: AnswerLimit): Promise<void> {
    this.#process.write(request);
    this.#process.finishInput();
    const { tail = "" } = this.#wire;
    const body = new WithoutTail(tail.length, counted(limit, toTake(take)));
    await this.#process.read((bytes) => body.push(bytes));
    await this.#refuseBadEnd();
    body.finish(tail);
  }

  /** Nothing is asked for. */
  async leave(): Promise<void> {
    this.#process.write(FLUSH);
    this.#process.finishInput();
    await this.#process.read(() => undefined);
    await this.#refuseBadEnd();
  }

  async #refuseBadEnd(): Promise<void> {
    const end = await this.#process.end();
    if (end.code !== 0) throw this.#wire.failure(end, this.#call);
  }
}

function toTake(take: (bytes: Buffer) => void): TakeBytes {
  return (bytes) => {
    take(bytes);
    return undefined;
  };
}

function counted({ bytes: most, exceeded }: AnswerLimit, take: TakeBytes): TakeBytes {
  let bytes = 0;
  return (piece) => {
    bytes += piece.length;
    if (bytes > most) throw exceeded();
    return take(piece);
  };
}

/** Passes on all but the last bytes. */
class WithoutTail {
  readonly #length: number;
  readonly #take: TakeBytes;
  #held = Buffer.alloc(0);

  constructor(length: number, take: TakeBytes) {
    this.#length = length;
    this.#take = take;
  }

  push(bytes: Buffer): Buffer | undefined {
    if (this.#length === 0) return this.#take(bytes);
    const all = Buffer.concat([this.#held, bytes]);
    const end = Math.max(all.length - this.#length, 0);
    this.#held = Buffer.from(all.subarray(end));
    return end > 0 ? this.#take(all.subarray(0, end)) : undefined;
  }

  /** An answer that was cut has something else at its end; whoever reads it notices. */
  finish(tail: string): void {
    if (this.#held.toString("latin1") !== tail) this.#take(this.#held);
  }
}
