import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonValue } from "../agent/kernel/json.ts";
import { roomSchema } from "./bodies.ts";
import { faultsSchema } from "./faults.ts";
import { errorReply, jsonReply, readBody, send } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { toStateAnswer } from "./room-answer.ts";
import { toRoom } from "./rooms.ts";
import { decodeSegment } from "./routes.ts";
import type { World } from "./world.ts";
import { parseJson } from "./write-calls.ts";

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Answers the routes under `/_dev/`, which look into the world and set its switches. They need no token. */
export async function answerDevCall(
  world: World,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) {
    response.shouldKeepAlive = false;
    send(response, errorReply(413, "TOO_LARGE", `the body is over ${MAX_BODY_BYTES} bytes`));
    return;
  }
  const url = new URL(request.url ?? "/", "http://devserver");
  send(response, answer(world, `${request.method} ${url.pathname}`, { url, body }));
}

function answer(
  world: World,
  call: string,
  sent: { readonly url: URL; readonly body: Uint8Array },
): Reply {
  switch (call) {
    case "GET /_dev/log": {
      const after = Number(sent.url.searchParams.get("after") ?? "0");
      const entries = world.log.after(Number.isFinite(after) ? after : 0);
      return jsonReply(200, { entries: entries.map((entry) => ({ ...entry })) });
    }
    case "GET /_dev/faults":
      return jsonReply(200, faultsAnswer(world));
    case "PUT /_dev/faults": {
      const parsed = parseJson(sent.body, faultsSchema);
      if ("problem" in parsed) return errorReply(400, "INVALID_FAULTS", parsed.problem);
      world.setFaults(parsed.value.faults);
      return jsonReply(200, faultsAnswer(world));
    }
    case "DELETE /_dev/faults":
      world.setFaults([]);
      return jsonReply(200, faultsAnswer(world));
    case "GET /_dev/rooms":
      return jsonReply(200, { rooms: world.rooms.list().map((room) => toStateAnswer(room)) });
    case "DELETE /_dev/rooms":
      world.rooms.clear();
      return jsonReply(200, { rooms: [] });
    default:
      return answerRoom(world, call, sent.body);
  }
}

function answerRoom(world: World, call: string, body: Uint8Array): Reply {
  const [, method, encoded] = /^(GET|PUT) \/_dev\/rooms\/([^/]+)$/.exec(call) ?? [];
  if (method === undefined || encoded === undefined) {
    return errorReply(404, "ROUTE_NOT_FOUND", `no route ${call}`);
  }
  const roomId = decodeSegment(encoded);
  if (roomId === undefined) {
    return errorReply(400, "INVALID_REQUEST", `"${encoded}" is no percent-encoded text`);
  }
  if (method === "PUT") {
    const parsed = parseJson(body, roomSchema);
    if ("problem" in parsed) return errorReply(400, "INVALID_ROOM", parsed.problem);
    const { roomId: named = roomId } = parsed.value;
    if (named !== roomId) return errorReply(400, "INVALID_ROOM", otherName(named, roomId));
    world.rooms.put(toRoom(roomId, parsed.value, world.clock.nowMs()));
  }
  return jsonReply(200, toStateAnswer(world.rooms.get(roomId)));
}

function otherName(named: string, roomId: string): string {
  return `roomId: the body is of room "${named}" and the path of "${roomId}": leave roomId out, or correct one of them`;
}

function faultsAnswer(world: World): JsonValue {
  return { faults: world.faults.list().map((fault): JsonValue => withoutUndefined(fault)) };
}

function withoutUndefined(members: object): JsonValue {
  return Object.fromEntries(
    Object.entries(members as Record<string, JsonValue | undefined>).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
