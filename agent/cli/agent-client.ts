import { parseArgs } from "node:util";
import { z } from "zod";
import { messageOf, OperatorError } from "../kernel/errors.ts";
import { quoted } from "../kernel/quoted.ts";
import { shortened } from "../kernel/shortened.ts";
import { DEFAULT_URL, type AgentAt } from "./agent-url.ts";

/** The agent itself answers within 30 s. */
const TIMEOUT_MS = 40_000;

export interface AgentRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Begins with `/`; what is not ASCII is encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Longest text of an answer that is shown whole. */
export const MAX_TEXT = 4000;

const problem = z.object({ code: z.string(), detail: z.string() });

/** What is wrong with the arguments of a command that takes exactly one; null: nothing. */
export function argumentProblem(positionals: readonly string[], wanted: string): string | null {
  const [first, second] = positionals;
  if (second !== undefined) return `Unexpected argument ${quoted(shortened(second, 100))}`;
  return first === undefined ? `Missing argument ${wanted}` : null;
}

/** The arguments of a command that talks to an agent, `[--url URL] [--config FILE]` among them. Throws what `parseArgs` throws. */
export function parseAgentArgs(args: readonly string[]): {
  readonly at: AgentAt;
  readonly positionals: readonly string[];
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { url: { type: "string" }, config: { type: "string" } },
    allowPositionals: true,
  });
  return { at: { url: values.url ?? null, config: values.config ?? null }, positionals };
}

/**
 * Sends a request to a running agent and reads its answer. An answer of 400 and above is thrown as OperatorError with the code of
 * its problem; `AgentUnreachable` when nothing answers, or what answers is not an agent of this version.
 */
export async function askAgent<Answer extends z.ZodType>(
  answer: Answer,
  { url, request }: { readonly url: string; readonly request: AgentRequest },
  signal: AbortSignal,
): Promise<z.infer<Answer>> {
  const parsed = answer.safeParse(await bodyOf(url, request, signal));
  if (parsed.success) return parsed.data;
  throw new OperatorError(
    "AgentUnreachable",
    `what answers at ${url} is of another version or no agent: check --url`,
  );
}

/** The same for an answer that is YAML. */
export async function askAgentForText(
  { url, request }: { readonly url: string; readonly request: AgentRequest },
  signal: AbortSignal,
): Promise<string> {
  const { text, status, type } = await textOf(url, request, signal);
  if (status < 300 && type.startsWith("application/yaml")) return text;
  return notAnAgent(url, { text, status });
}

async function bodyOf(url: string, request: AgentRequest, signal: AbortSignal): Promise<unknown> {
  const { text, status } = await textOf(url, request, signal);
  const body = parseJson(text);
  return status < 300 && body !== undefined ? body : notAnAgent(url, { text, status });
}

async function textOf(url: string, request: AgentRequest, signal: AbortSignal) {
  const answer = await send(toAddress(url, request.path), request, signal);
  const text = await answer.text().catch((error: unknown) => notReached(url, error));
  return { text, status: answer.status, type: answer.headers.get("content-type") ?? "" };
}

/** What an agent says against a request is thrown as such. */
function notAnAgent(
  url: string,
  { text, status }: { readonly text: string; readonly status: number },
): never {
  const failure = problem.safeParse(parseJson(text));
  if (status >= 400 && failure.success)
    throw new OperatorError(failure.data.code, failure.data.detail);
  const what = `${new URL(url).origin} answered ${status} with something that is not an answer of an agent`;
  throw new OperatorError("AgentUnreachable", `${what}: check --url`);
}

function toAddress(url: string, path: string): URL {
  const base = URL.parse(url);
  if (base === null || !["http:", "https:"].includes(base.protocol)) {
    throw new OperatorError(
      "AgentUnreachable",
      `--url ${quoted(url)} is not an http or https address: write it as ${DEFAULT_URL}`,
    );
  }
  // A URL drops these: the request would be about another path, such as all rooms in place of one.
  const dots = path.split("/").find((part) => part === "." || part === "..");
  if (dots !== undefined)
    throw new OperatorError("UnknownRoom", `${quoted(dots)} is not the name of a room or source`);
  return new URL(base.pathname.replace(/\/+$/, "") + path, base);
}

async function send(address: URL, request: AgentRequest, signal: AbortSignal): Promise<Response> {
  const { method, headers, body } = request;
  try {
    return await fetch(address, {
      method,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (error) {
    return notReached(address.origin, error);
  }
}

function notReached(url: string, error: unknown): never {
  // fetch says only "fetch failed"; why is in its cause.
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : messageOf(cause);
  // What answers there speaks plain HTTP.
  if (/^ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code))
    throw new OperatorError(
      "AgentUnreachable",
      `${url} does not speak TLS: try ${url.replace(/^https:/, "http:")}`,
      { cause: error },
    );
  throw new OperatorError(
    "AgentUnreachable",
    `no agent answers at ${url} (${code}): start it, or give its address with --url, or its configuration with --config`,
    { cause: error },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
