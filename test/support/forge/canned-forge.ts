import { createServer } from "node:http";
import type { IncomingHttpHeaders, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that answers what it is given, and remembers what it was asked. */
export interface CannedForge {
  readonly origin: string;
  readonly requests: CannedRequest[];
  /** The last that fits a request answers it; `path` begins it, without the query. */
  answer(method: string, path: string, answer: CannedAnswer): void;
  stop(): Promise<void>;
}

export interface CannedRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: unknown;
  /** True: each character of a text is a byte. */
  readonly isBinary?: true;
  /** True: no answer comes. */
  readonly hangs?: true;
  /** True: the connection ends within the answer. */
  readonly isCut?: true;
}

export async function startCannedForge(): Promise<CannedForge> {
  const requests: CannedRequest[] = [];
  const answers: { method: string; path: string; answer: CannedAnswer }[] = [];
  const server = createServer((incoming, response) => {
    const pieces: Buffer[] = [];
    incoming.on("data", (piece: Buffer) => pieces.push(piece));
    incoming.on("end", () => {
      const { method = "", url = "", headers } = incoming;
      requests.push({ method, path: url, headers, body: Buffer.concat(pieces).toString() });
      const [path] = url.split("?");
      const found = answers.findLast((each) => each.method === method && path === each.path);
      send(response, found?.answer ?? { status: 404, body: { message: "Not Found" } });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    answer: (method, path, answer) => answers.push({ method, path, answer }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function send(response: ServerResponse, answer: CannedAnswer): void {
  if (answer.hangs === true) return;
  const { status = 200, headers = {}, body = {} } = answer;
  const isText = typeof body === "string";
  response.writeHead(status, {
    "content-type": isText ? "text/html" : "application/json; charset=utf-8",
    ...headers,
  });
  const text = isText ? body : JSON.stringify(body);
  if (answer.isBinary === true) {
    response.end(text, "latin1");
    return;
  }
  if (answer.isCut !== true) {
    response.end(text);
    return;
  }
  response.write(text.slice(0, text.length / 2));
  setImmediate(() => response.destroy());
}
