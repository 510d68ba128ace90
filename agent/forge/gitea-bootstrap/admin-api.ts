import { z } from "zod";
import { createHttpClient } from "../../http/http-client.ts";
import type { HttpBody, HttpRequest, IncomingAnswer, NoAnswer } from "../../http/http-message.ts";
import type { Clock } from "../../kernel/clock.ts";
import { OperatorError } from "../../kernel/errors.ts";
import type { Secret } from "../../kernel/secret.ts";
import { legible } from "../../kernel/shortened.ts";

/** Gitea's API as a site admin, who signs in with a password: tokens are made with one alone. */
export interface AdminApi {
  /** Scheme, host and port, for messages. */
  readonly at: string;
  /**
   * Sends one request. Throws OperatorError: `GiteaUnavailable` for what may pass by itself, `GiteaUnknown` for a redirect. Any other
   * answer comes back.
   */
  send(call: AdminCall): Promise<AdminAnswer>;
  /** What an answer holds; any other status is thrown. */
  read<T>(answer: AdminAnswer, wanted: Wanted<T>): T;
  /** Sends a call of which only these statuses are right; any other is thrown. */
  expect<T>(call: AdminCall, wanted: Wanted<T>): Promise<T>;
  /** Reads one thing; null: it is not there, or not to be seen. */
  find<T>(path: string, wanted: Omit<Wanted<T>, "statuses">): Promise<T | null>;
  /** All entries of a list that comes in pages. */
  list<T>(path: string, entry: z.ZodType<T>): Promise<readonly T[]>;
  close(): void;
}

export interface AdminCall {
  readonly method: HttpRequest["method"];
  /** After `/api/v1`; encoded. */
  readonly path: string;
  readonly body?: object;
  /** Absent: as the admin. */
  readonly token?: Secret;
}

export interface AdminAnswer {
  readonly status: number;
  /** What of the body is JSON; else undefined. */
  readonly body: unknown;
}

export interface Wanted<T> {
  readonly statuses: readonly number[];
  readonly body: z.ZodType<T>;
  /** What the call is to do, for messages: `make the organisation "rooms"`. */
  readonly todo: string;
}

export interface AdminApiOptions {
  readonly url: URL;
  readonly login: string;
  readonly password: Secret;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;
/** Shorter than the 5 s after which servers close one. */
const IDLE_MS = 2000;
const MAX_BYTES = 16 * 1024 * 1024;
const PAGE_SIZE = 50;
const MAX_PAGES = 40;

export function createAdminApi(options: AdminApiOptions): AdminApi {
  const { url, clock, signal } = options;
  const client = createHttpClient({ origin: url, clock, idleConnectionMs: IDLE_MS });
  const at = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  const send = async (call: AdminCall): Promise<AdminAnswer> => {
    const answer = await client.exchange(toRequest(call, options), readJson, signal);
    if (answer.kind === "noAnswer") throw unreachable(at, answer);
    const { status, value: body } = answer;
    if (status >= 500 || status === 429) {
      throw new OperatorError("GiteaUnavailable", `${didWhat(at, call)} ${status}${said(body)}`);
    }
    if (status >= 300 && status < 400) {
      throw new OperatorError(
        "GiteaUnknown",
        `${didWhat(at, call)} ${status}: what is asked for has another address now. Give Gitea's own address with --url, and the present names with --organization and --repository`,
      );
    }
    return { status, body };
  };
  const read = <T>(answer: AdminAnswer, { statuses, body, todo }: Wanted<T>): T => {
    if (!statuses.includes(answer.status)) throw refused(at, answer, todo);
    const result = body.safeParse(answer.body);
    if (result.success) return result.data;
    throw notGitea(at, todo);
  };
  const expect = async <T>(call: AdminCall, wanted: Wanted<T>) => read(await send(call), wanted);
  return {
    at,
    send,
    read,
    expect,
    find: async (path, wanted) => {
      const answer = await send({ method: "GET", path });
      return answer.status === 404 ? null : read(answer, { ...wanted, statuses: [200] });
    },
    list: (path, entry) => listAll(path, { entry, expect }),
    close: () => client.destroy(),
  };
}

/** Gitea pages from 1; a page may be `null`. It ends at an empty one, because the size of a page is the server's choice. */
async function listAll<T>(
  path: string,
  { entry, expect }: { readonly entry: z.ZodType<T>; readonly expect: AdminApi["expect"] },
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const call = { method: "GET", path: `${path}?limit=${PAGE_SIZE}&page=${page}` } as const;
    const body = z.array(entry).nullable();
    const entries = await expect(call, { statuses: [200], body, todo: `list ${path}` });
    if (entries === null || entries.length === 0) return all;
    all.push(...entries);
  }
  throw new OperatorError(
    "GiteaConflict",
    `${path} has more than ${all.length} entries, which are not read: delete those that nothing needs`,
  );
}

function toRequest(call: AdminCall, { url, login, password }: AdminApiOptions): HttpRequest {
  const basic = Buffer.from(`${login}:${password.reveal()}`).toString("base64");
  const authorization =
    call.token === undefined ? `Basic ${basic}` : `token ${call.token.reveal()}`;
  return {
    method: call.method,
    path: `${url.pathname.replace(/\/+$/, "")}/api/v1${call.path}`,
    headers: { Accept: "application/json", Authorization: authorization },
    ...(call.body === undefined ? {} : { body: jsonBody(call.body) }),
    deadlines: { totalMs: TIMEOUT_MS },
    // A write is sent once, over a connection that the server cannot have closed just now.
    newConnection: call.method !== "GET",
    isRepeatable: call.method === "GET",
  };
}

function jsonBody(value: object): HttpBody {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return { contentType: "application/json", length: bytes.length, chunks: () => [bytes] };
}

async function readJson(answer: IncomingAnswer): Promise<unknown> {
  const pieces: Buffer[] = [];
  await answer.read({ maxBytes: MAX_BYTES }, (piece) => {
    pieces.push(piece);
    return undefined;
  });
  try {
    return JSON.parse(Buffer.concat(pieces).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

function unreachable(at: string, { message }: NoAnswer): OperatorError {
  return new OperatorError(
    "GiteaUnavailable",
    `nothing answers at ${at} (${legible(message)}): start Gitea, or give its address with --url`,
  );
}

function refused(at: string, { status, body }: AdminAnswer, todo: string): OperatorError {
  const what = `Gitea at ${at} did not ${todo}: it answered ${status}${said(body)}`;
  if (status === 401) {
    return new OperatorError("GiteaRefused", `${what}. Check --admin and its password`);
  }
  if (status === 403) {
    return new OperatorError(
      "GiteaRefused",
      `${what}. --admin has to be a site admin whose password need not be changed`,
    );
  }
  return new OperatorError("GiteaRefused", `${what}. Its log may say more`);
}

export function notGitea(at: string, todo: string): OperatorError {
  return new OperatorError(
    "GiteaUnknown",
    `what answers at ${at} is not a Gitea that is known (asked to ${todo}): check --url, and that its version is 1.24 or newer`,
  );
}

function didWhat(at: string, { method, path }: AdminCall): string {
  return `${method} ${path} at ${at} was answered`;
}

const spoken = z.object({ message: z.string() });

/** Gitea's own words, for people alone. */
function said(body: unknown): string {
  const parsed = spoken.safeParse(body);
  return parsed.success && parsed.data.message !== "" ? ` (${legible(parsed.data.message)})` : "";
}
