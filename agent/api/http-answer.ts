import { jsonInTurns } from "../kernel/json-in-turns.ts";
import { legibleJson } from "../kernel/quoted.ts";

/** What a route answers: data, so that routes can be read and tested without a socket. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Bytes: a long one, which many may be given. */
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export const JSON_TYPE = "application/json; charset=utf-8";
export const PROBLEM_TYPE = "application/problem+json; charset=utf-8";

export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return { status, contentType: JSON_TYPE, body: legibleJson(JSON.stringify(value)), headers };
}

/** As `jsonAnswer`, for an object with long lists: made in turns, and put into bytes once for all who get it. */
export async function longJsonAnswer(
  status: number,
  value: Readonly<Record<string, unknown>>,
): Promise<HttpAnswer> {
  return {
    status,
    contentType: JSON_TYPE,
    body: Buffer.from(await jsonInTurns(value, legibleJson)),
    headers: {},
  };
}
