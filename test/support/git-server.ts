import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { answerAsGit, askGit, passOn, type Exchange } from "./git-exchange.ts";
import { GitHost } from "./git-host.ts";
import { PollMemory } from "./poll-memory.ts";

/** What goes wrong with an answer. */
export type GitFault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Answers as git does, so many ms later. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Sends the real answer's first bytes, then nothing more. */
  | { readonly kind: "hangAfter"; readonly bytes: number }
  /** Sends the real answer byte by byte, one each so many ms. */
  | { readonly kind: "drip"; readonly everyMs: number }
  /** Sends the real answer's first bytes, then resets the connection. */
  | { readonly kind: "resetAfter"; readonly bytes: number }
  /** Sends the real answer's first bytes (negative: all but so many) as if they were all. */
  | { readonly kind: "cutAfter"; readonly bytes: number }
  /** Sends the real answer's first pkt-lines and ends in good order. */
  | { readonly kind: "cutAfterPackets"; readonly packets: number }
  /** The real answer, or another body, compressed although nobody asked for that. */
  | { readonly kind: "gzip"; readonly body?: Buffer }
  /** The real answer, changed. */
  | { readonly kind: "edit"; readonly edit: (body: Buffer) => Buffer }
  /** A 200 of the right content type with this body. */
  | { readonly kind: "body"; readonly body: string | Buffer }
  /** What it says of the request's body; undefined answers as git does. */
  | { readonly kind: "judge"; readonly judge: (body: string) => GitFault | undefined };

export interface GitServerRequest {
  /** Wall ms. */
  readonly atMs: number;
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  /** Its headers, names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** Protocol v2: what a POST asks for; null for everything else. */
  command: "ls-refs" | "fetch" | null;
  /** Bytes of the request's and of the answer's body. */
  requestBytes: number;
  responseBytes: number;
}

/** A git server on a free port of 127.0.0.1 over real `git http-backend`, with switches for faults. */
export class GitServer {
  readonly #server: Server;
  readonly requests: GitServerRequest[] = [];
  /** Asked for each request; undefined answers as git does. */
  fault: (request: IncomingMessage) => GitFault | undefined = () => undefined;
  /** Answers as a server does that knows protocol 1 alone, or stands behind a proxy that takes the header away. */
  onlyProtocol1 = false;
  /** `Authorization` value every request must carry; null: none. */
  authorization: string | null = null;

  private constructor(root: string, isLight: boolean) {
    const backendOrigin = GitHost.get().originOf(root);
    const asGit = { root, memory: new PollMemory(root), isLight };
    this.#server = createServer((request, response) => {
      this.#record(request, response);
      if (this.onlyProtocol1) delete request.headers["git-protocol"];
      if (this.authorization !== null && request.headers.authorization !== this.authorization) {
        request.resume();
        response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
        return;
      }
      const exchange = { request, response, backendOrigin };
      const fault = this.fault(request);
      if (fault === undefined) void answerAsGit(asGit, exchange);
      else misbehave(fault, exchange);
    });
  }

  /** Light: what is plain is answered as git answers it, without its processes (`git-light-answers.ts`). */
  static async start(root: string, { isLight = false } = {}): Promise<GitServer> {
    const server = new GitServer(root, isLight);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  url(name = "specs.git"): string {
    return `${this.origin}/${name}`;
  }

  /** Every request gets this fault until `heal`. */
  break(fault: GitFault): void {
    this.fault = () => fault;
  }

  heal(): void {
    this.fault = () => undefined;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #record(request: IncomingMessage, response: ServerResponse): void {
    const entry: GitServerRequest = {
      atMs: Date.now(),
      method: request.method ?? "",
      url: request.url ?? "",
      authorization: request.headers.authorization,
      headers: request.headers,
      command: null,
      requestBytes: 0,
      responseBytes: 0,
    };
    this.requests.push(entry);
    request.on("data", (chunk: Buffer) => {
      if (entry.requestBytes === 0) entry.command = commandIn(chunk);
      entry.requestBytes += chunk.length;
    });
    const count = (chunk: unknown) => {
      if (typeof chunk === "string" || chunk instanceof Uint8Array) {
        entry.responseBytes += Buffer.byteLength(chunk);
      }
    };
    const write = response.write.bind(response) as (...args: unknown[]) => boolean;
    const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
    response.write = ((...args: unknown[]) => {
      count(args[0]);
      return write(...args);
    }) as typeof response.write;
    response.end = ((...args: unknown[]) => {
      count(args[0]);
      return end(...args);
    }) as typeof response.end;
  }
}

function commandIn(chunk: Buffer): GitServerRequest["command"] {
  const [, command] = /^[0-9a-f]{4}command=(ls-refs|fetch)/.exec(chunk.toString("latin1")) ?? [];
  return command === "ls-refs" || command === "fetch" ? command : null;
}

function misbehave(fault: GitFault, exchange: Exchange): void {
  const { request, response } = exchange;
  switch (fault.kind) {
    case "status":
      request.resume();
      response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
      return;
    case "hang":
      request.resume();
      return;
    case "delay":
      request.pause();
      setTimeout(() => passOn(exchange), fault.ms);
      return;
    case "judge":
      void judgeBody(fault.judge, exchange);
      return;
    case "body":
      request.resume();
      response.writeHead(200, { "content-type": contentTypeOf(request) }).end(fault.body);
      return;
    case "edit":
      sendEdited(exchange, fault.edit);
      return;
    case "gzip":
      captureAnswer(exchange, (body) => response.end(gzipSync(fault.body ?? body)), {
        "content-encoding": "gzip",
      });
      return;
    case "cutAfter":
      sendEdited(exchange, (body) =>
        body.subarray(0, fault.bytes < 0 ? body.length + fault.bytes : fault.bytes),
      );
      return;
    case "cutAfterPackets":
      sendEdited(exchange, (body) => firstPackets(body, fault.packets));
      return;
    case "drip":
      captureAnswer(exchange, (body) => drip(response, body, fault.everyMs));
      return;
    case "hangAfter":
    case "resetAfter":
      captureAnswer(exchange, (body) => {
        response.write(body.subarray(0, fault.bytes), () => {
          if (fault.kind === "resetAfter") response.destroy();
        });
      });
  }
}

async function judgeBody(
  judge: (body: string) => GitFault | undefined,
  exchange: Exchange,
): Promise<void> {
  const body = await buffer(exchange.request);
  const fault = judge(body.toString("latin1"));
  const read = { ...exchange, body };
  if (fault === undefined) passOn(read);
  else misbehave(fault, read);
}

function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < body.length) response.write(body.subarray(at, at + 1));
    else response.end();
    at += 1;
  }, everyMs);
  response.on("close", () => clearInterval(timer));
}

function sendEdited(exchange: Exchange, edit: (body: Buffer) => Buffer): void {
  captureAnswer(exchange, (body) => exchange.response.end(edit(body)));
}

/** Takes all of git's answer; its head goes out as it is (without a length), its body goes to `send`. */
function captureAnswer(
  exchange: Exchange,
  send: (body: Buffer) => void,
  headers: Readonly<Record<string, string>> = {},
): void {
  askGit(exchange, (answer) => {
    const chunks: Buffer[] = [];
    answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    answer.on("end", () => {
      exchange.response.writeHead(answer.statusCode ?? 500, {
        "content-type": answer.headers["content-type"] ?? "",
        ...headers,
      });
      send(Buffer.concat(chunks));
    });
  });
}

function contentTypeOf(request: IncomingMessage): string {
  return request.method === "GET"
    ? "application/x-git-upload-pack-advertisement"
    : "application/x-git-upload-pack-result";
}

function firstPackets(body: Buffer, count: number): Buffer {
  let offset = 0;
  for (let packet = 0; packet < count && offset < body.length; packet += 1) {
    const length = Number.parseInt(body.subarray(offset, offset + 4).toString("latin1"), 16);
    offset += Math.max(length, 4);
  }
  return body.subarray(0, offset);
}
