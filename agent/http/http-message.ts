import type { IncomingHttpHeaders } from "node:http";
import type { HttpAccess } from "./http-access.ts";

/** One request to the server of a client. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** The path, with its query, as it is sent; nothing normalises it. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: HttpBody;
  readonly deadlines: HttpDeadlines;
  /** Absent: directly, trusting whom the program trusts. */
  readonly access?: HttpAccess;
  /** True: a connection of its own, closed afterwards. */
  readonly newConnection?: boolean;
  /**
   * True: sent once more when a kept connection turns out to be closed by the server before an answer came. For requests alone
   * that may be carried out twice.
   */
  readonly isRepeatable?: boolean;
}

export interface HttpBody {
  /** Absent: the request's headers name it. */
  readonly contentType?: string;
  /** Bytes in all chunks together. */
  readonly length: number;
  /** May be called twice. */
  chunks(): Iterable<Uint8Array>;
}

/** Longest waits in ms from the start of a request: to the head of its answer, and to the last byte of it. */
export interface HttpDeadlines {
  readonly headersMs?: number;
  readonly totalMs: number;
}

export type Deadline = "headers" | "idle" | "total";

/** An answer whose head has come. Its body can be read once. */
export interface IncomingAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * Gives the body to `take` piece by piece as it comes. Rejects with what `take` throws, and with what ends the exchange.
   * Whoever does not read to the end gives the connection up.
   */
  read(limits: BodyLimits, take: TakePiece): Promise<void>;
}

/** `enough`: no more is read. Nothing comes while it works. */
export type TakePiece = (piece: Buffer) => "enough" | undefined;

export interface BodyLimits {
  /** A longer body is `tooLarge`; one that is inflated counts before and after. */
  readonly maxBytes: number;
  /** Longest wait for the next bytes, ms. The time that they take to be taken does not count. */
  readonly idleMs?: number;
  /** True: gzip is undone, also where a proxy did it unasked; any other encoding is a failure. */
  readonly inflate?: boolean;
}

/** How an exchange ended; `value` is what was made of the body. */
export type HttpAnswer<T> =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly value: T;
    }
  | NoAnswer;

/** Holds nothing of what was sent: neither path nor headers. */
export interface NoAnswer {
  readonly kind: "noAnswer";
  readonly failure: HttpFailure;
  /** True if the request may have reached the server. */
  readonly sent: boolean;
  /** True if the head of an answer had come. */
  readonly answered: boolean;
  /** Which one passed, of a `timeout`. */
  readonly deadline?: Deadline;
  /** What Node calls it; empty where it has no name. */
  readonly code: string;
  readonly message: string;
  /** `host:port` of the proxy, if the exchange ended before the way through it stood. */
  readonly proxy?: string;
}

/**
 * `connect`: no connection came about. `reset`: it broke. `notHttp`: the answer is not HTTP. `encoding`: the body is encoded
 * in a way that is not read.
 */
export type HttpFailure = "connect" | "reset" | "timeout" | "tooLarge" | "notHttp" | "encoding";

/** Thrown within an exchange, which ends with `failure` if it is not caught. */
export class ExchangeBroken extends Error {
  readonly failure: NoAnswer;

  constructor(failure: NoAnswer) {
    super(failure.message);
    this.failure = failure;
  }
}
