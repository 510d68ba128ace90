import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { z } from "zod";
import { PROJECT } from "../page.ts";

const FOLDER = path.join(PROJECT, "test/fixtures/gitea-1.26.3");

const headers = z.record(z.string(), z.string());

const answerSchema = z.object({
  note: z.string().optional(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    auth: z.string(),
    body: z.unknown().optional(),
  }),
  response: z.object({ status: z.int(), headers, body: z.unknown() }),
});

/** A request that a real Gitea 1.26.3 was sent, and what it answered. */
export type RecordedAnswer = z.infer<typeof answerSchema>;

const deliverySchema = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z.string(),
  }),
});

/** A delivery as a real Gitea sent it. */
export type RecordedDelivery = z.infer<typeof deliverySchema>["request"];

export function recordedAnswer(name: string): RecordedAnswer {
  return answerSchema.parse(parse(`answers/${name}.json`));
}

export function recordedDelivery(name: string): RecordedDelivery {
  return deliverySchema.parse(parse(`deliveries/${name}.json`)).request;
}

export function recordedNames(folder: "answers" | "deliveries"): readonly string[] {
  return readdirSync(path.join(FOLDER, folder)).map((file) => path.basename(file, ".json"));
}

function parse(file: string): unknown {
  return JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"));
}

/** Answers what was recorded, by method and path; `given` is what it is asked next. */
export class RecordedGitea {
  readonly #server: Server;
  #answers: readonly RecordedAnswer[] = [];
  readonly requests: string[] = [];

  private constructor() {
    this.#server = createServer((request, response) => {
      request.resume();
      const asked = `${request.method} ${request.url}`;
      this.requests.push(asked);
      const found = this.#answers.find((each) => asked.startsWith(keyOf(each)));
      if (found === undefined) {
        response.writeHead(418).end();
        return;
      }
      const { status, headers: sent, body } = found.response;
      const text = typeof body === "string" ? body : JSON.stringify(body);
      response.writeHead(status, sent).end(text);
    });
  }

  static async start(): Promise<RecordedGitea> {
    const gitea = new RecordedGitea();
    await new Promise<void>((resolve) => gitea.#server.listen(0, "127.0.0.1", resolve));
    return gitea;
  }

  get apiUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api/v1`;
  }

  /** These recorded answers, the first that fits, and nothing else. */
  answer(...names: readonly string[]): void {
    this.#answers = names.map(recordedAnswer);
    this.requests.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

/** Without the query, of which the client sends another one. */
function keyOf({ request }: RecordedAnswer): string {
  return `${request.method} ${request.path.split("?")[0]}`;
}
