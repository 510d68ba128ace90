import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonValue } from "../agent/kernel/json.ts";

/** An answer before it is sent. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly contentType: string;
  readonly body: string;
}

export function jsonReply(status: number, body: JsonValue): Reply {
  return { status, contentType: "application/json; charset=utf-8", body: JSON.stringify(body) };
}

/** `code` is for programs, `message` for people. */
export function errorReply(status: number, code: string, message: string): Reply {
  return jsonReply(status, { error: code, message });
}

export function send(response: ServerResponse, reply: Reply): void {
  const { status, headers, contentType, body } = reply;
  response.writeHead(status, {
    ...headers,
    "Content-Type": contentType,
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** The request's body; undefined when it is longer than `maxBytes`. Rejects when the caller hangs up. */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early must not cut the connection, on which the answer is still to go out.
  const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of incoming) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
