import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FaultOf } from "./faults.ts";
import { send } from "./reply.ts";

/** The faults that take the place of an answer. */
export type Spoiler = FaultOf<"status" | "hang" | "drop" | "invalidJson" | "hugeJson">;

/** Answers as the fault says. Returns as soon as nothing more is to be sent, for a hang at once. */
export async function spoil(response: ServerResponse, fault: Spoiler): Promise<void> {
  switch (fault.kind) {
    case "status":
      send(response, {
        status: fault.status,
        headers: {
          ...(fault.retryAfter === undefined ? {} : { "Retry-After": String(fault.retryAfter) }),
          ...(fault.location === undefined ? {} : { Location: fault.location }),
        },
        contentType: fault.contentType,
        body: fault.body ?? JSON.stringify({ error: "INJECTED", message: "a fault switch is on" }),
      });
      return;
    case "hang":
      if (fault.at === "headers") return;
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 1000 });
      response.write('{"roomId":');
      return;
    case "drop":
      response.socket?.destroy();
      return;
    case "invalidJson":
      send(response, { status: 200, contentType: fault.contentType, body: fault.body });
      return;
    case "hugeJson":
      await sendHuge(response, fault.bytes);
  }
}

async function sendHuge(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { "Content-Type": "application/json" });
  try {
    await pipeline(Readable.from(hugeText(bytes)), response);
  } catch {
    // The caller had enough and hung up, which is what this fault is there to see.
  }
}

function* hugeText(bytes: number): Generator<string> {
  const open = '{"pad":"';
  const close = '"}';
  yield open;
  for (let left = bytes - open.length - close.length; left > 0; left -= 65_536) {
    yield "x".repeat(Math.min(left, 65_536));
  }
  yield close;
}

/** Cuts the connection as soon as `afterBytes` of the request's body have come in. */
export async function cutMidway(request: IncomingMessage, afterBytes: number): Promise<void> {
  // Leaving the loop takes the socket from the request, without closing it.
  const { socket } = request;
  let seen = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    seen += chunk.byteLength;
    if (seen >= afterBytes) break;
  }
  socket.destroy();
}
