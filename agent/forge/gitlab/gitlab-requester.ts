import type { LibraryExchange, WireHeaders } from "../library-exchange.ts";

/** What the library hands over of a request; its own deadline and limits do not hold here. */
interface Sending {
  readonly searchParams?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

interface Received<T> {
  body: T;
  headers: Record<string, string>;
  status: number;
}

/** The library promises a shape that nothing has checked; our schemas do, of what it hands back. */
type Send = <T>(endpoint: string, sending?: Sending) => Promise<Received<T>>;

/** What the library sends by, in place of its own `fetch`, which retries up to ten times. */
export interface GitlabRequester {
  readonly get: Send;
  readonly post: Send;
  readonly put: Send;
  readonly patch: Send;
  readonly delete: Send;
}

export interface RequesterSetup {
  readonly exchange: LibraryExchange;
  readonly token: string;
  readonly signal: AbortSignal;
  /** Called with the headers of each answer: the library drops them. */
  readonly onHeaders: (headers: WireHeaders) => void;
}

/** `url` is where the paths of a resource begin. */
export function gitlabRequester({ url }: { readonly url: string }, setup: RequesterSetup) {
  const by =
    (method: string): Send =>
    async (endpoint: string, { searchParams, body }: Sending = {}) => {
      const target = new URL(`${url.replace(/\/+$/, "")}/${endpoint}`);
      target.search = new URLSearchParams(pairsOf(searchParams ?? {})).toString();
      const answer = await setup.exchange.send(
        {
          method,
          url: target,
          headers: {
            accept: "application/json",
            "user-agent": "room-operator",
            authorization: `Bearer ${setup.token}`,
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          body: body === undefined ? null : JSON.stringify(inSnakeCase(body)),
        },
        setup.signal,
      );
      setup.onHeaders(answer.headers);
      const { status, headers } = answer;
      return { body: answer.value as never, headers: { ...headers }, status };
    };
  return {
    get: by("GET"),
    post: by("POST"),
    put: by("PUT"),
    patch: by("PATCH"),
    delete: by("DELETE"),
  } satisfies GitlabRequester;
}

/** The library's names are in camel case, those of GitLab in snake case. */
function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function pairsOf(params: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(params).flatMap(([name, value]) => {
    const [values, end]: [readonly unknown[], string] = Array.isArray(value)
      ? [value, "[]"]
      : [[value], ""];
    return values
      .filter(isScalar)
      .map((each): [string, string] => [snakeCase(name) + end, String(each)]);
  });
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** The bodies that are sent are flat. */
function inSnakeCase(body: unknown): unknown {
  if (typeof body !== "object" || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [snakeCase(name), value as unknown]),
  );
}
