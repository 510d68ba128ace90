import { type IncomingHttpHeaders, request } from "node:http";
import { expect } from "chai";
import { ANSWERS, problemAnswer } from "../../agent/api/contract.ts";
import type { RouteId } from "../../agent/api/routes.ts";
import { type ApiOptions, createApi } from "../../agent/api/create-api.ts";
import { systemClock } from "../../agent/kernel/clock.ts";
import { FakeOperator } from "./fake-operator.ts";
import { MemoryStore } from "./memory-store.ts";
import { parseHere } from "./parse.ts";

/** What a request was answered, with the body as text and, where it is JSON, as a value. */
export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: unknown;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface RunningApi {
  readonly url: string;
  readonly operator: FakeOperator;
  readonly store: MemoryStore;
  /** What the API logged, in order. */
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[];
  ask(path: string, asking?: Asking): Promise<Reply>;
  /** POST /apply with a JSON body. */
  apply(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  start(): Promise<{ url: string }>;
  stop(): Promise<void>;
}

const SOURCES = [{ name: "specs", url: "http://git.example.org/specs.git", ref: "main" }];

/** An API on a free port over a fake operator and a store in memory. */
export async function startApi(changes: Partial<ApiOptions> = {}): Promise<RunningApi> {
  const operator = new FakeOperator();
  const store = new MemoryStore();
  const logged: RunningApi["logged"] = [];
  let made = 0;
  const api = createApi({
    host: "127.0.0.1",
    port: 0,
    operatorVersion: "1.2.3",
    sources: SOURCES,
    specBytes: 64 * 1024,
    roomIdPattern: /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/,
    operator,
    store,
    metrics: { render: async () => ({ contentType: "text/plain; version=0.0.4", body: "up 1\n" }) },
    log: {
      warn: (fields, message) => logged.push({ level: "warn", fields, message }),
      error: (fields, message) => logged.push({ level: "error", fields, message }),
    },
    clock: systemClock,
    steady: systemClock,
    parse: parseHere,
    ids: () => `made-${(made += 1)}`,
    ...changes,
  });
  const { url } = await api.start();
  const ask = (path: string, asking: Asking = {}) => send(new URL(path, url), asking);
  return {
    url,
    operator,
    store,
    logged,
    ask,
    apply: (body, headers = {}) =>
      ask("/apply", {
        method: "POST",
        headers: { "Content-Type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    start: () => api.start(),
    stop: () => api.stop(),
  };
}

function send(url: URL, { method = "GET", headers = {}, body }: Asking): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = /json/.test(response.headers["content-type"] ?? "") && text !== "";
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: isJson ? (JSON.parse(text) as unknown) : undefined,
        });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

/** Fails unless the reply has the shape the contract gives for this route and status; gives the parsed body. */
export function byContract(id: RouteId, reply: Reply): unknown {
  const answers: Readonly<Record<number, unknown>> = ANSWERS[id];
  if (!(reply.status in answers)) return byProblem(reply);
  const schema = Object.entries(ANSWERS[id]).find(([key]) => Number(key) === reply.status)?.[1];
  if (schema === null || schema === undefined) return reply.text;
  const parsed = schema.safeParse(reply.json);
  expect(parsed.success, `${id} ${reply.status} ${parsed.error?.message} ${reply.text}`).to.equal(
    true,
  );
  return parsed.data;
}

/** Fails unless the reply is a problem; gives it. */
export function byProblem(reply: Reply) {
  expect(reply.headers["content-type"]).to.match(/^application\/problem\+json/);
  const problem = problemAnswer.parse(reply.json);
  expect(problem.status).to.equal(reply.status);
  expect(problem.correlationId).to.equal(reply.headers["x-correlation-id"]);
  expect(reply.text).not.to.match(/\bat .*\.[tj]s:|node_modules/);
  return problem;
}
