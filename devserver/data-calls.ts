import type { IncomingMessage, ServerResponse } from "node:http";
import { toIso } from "../agent/kernel/clock.ts";
import type { CallSite, Operation } from "./faults.ts";
import { errorReply, jsonReply, readBody, send } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { matchRoute } from "./routes.ts";
import type { Route } from "./routes.ts";
import { cutMidway, spoil } from "./spoil.ts";
import type { World } from "./world.ts";
import { parseWrite } from "./write-calls.ts";
import type { WriteCall } from "./write-calls.ts";

export interface DataCallOptions {
  /** Added to each call, ms. */
  readonly latencyMs: number;
  readonly roomIdPattern: RegExp;
  /** Undefined: nobody has to say who they are. */
  readonly token: string | undefined;
}

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the connection is gone. */
  readonly hungUp: AbortSignal;
}

/** Larger uploads are refused with 413. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Answers one call of the contract, as the switches let it. */
export async function answerDataCall(
  world: World,
  options: DataCallOptions,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  const route = findRoute(request, options);
  if ("status" in route) {
    send(response, route);
    return;
  }
  const site: CallSite = toSite(route);
  const latencyMs = options.latencyMs + world.faults.takeLatency(site, "beforeWork");
  if (latencyMs > 0) await world.clock.sleep(latencyMs, exchange.hungUp);

  const cut = world.faults.take(["cut"], site);
  if (cut !== undefined) {
    await cutMidway(request, cut.afterBytes);
    return;
  }
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === undefined) {
    response.shouldKeepAlive = false;
    send(response, errorReply(413, "TOO_LARGE", `the body is over ${MAX_BODY_BYTES} bytes`));
    return;
  }
  const parsed = await parseWrite({
    route,
    headers: request.headers,
    body,
    nowMs: world.clock.nowMs(),
  });
  if (parsed === undefined) {
    await answerRead(world, route, response);
    return;
  }
  if ("problem" in parsed) {
    send(response, errorReply(400, "INVALID_REQUEST", parsed.problem));
    return;
  }
  const write = { world, request, response, hungUp: exchange.hungUp, operation: route.operation };
  await answerWrite(write, parsed);
}

const PUT_HINT =
  "; PUT /_dev/rooms/{id} makes a room what the body says, in the words of GET /room/{id}/state";

/** The route of a call that may be answered, or the answer that ends it. */
function findRoute(request: IncomingMessage, options: DataCallOptions): Route | Reply {
  const match = matchRoute(request.method ?? "", request.url ?? "");
  const hint = request.method === "PUT" ? PUT_HINT : "";
  switch (match.kind) {
    case "unknown":
      return errorReply(404, "ROUTE_NOT_FOUND", `no route ${request.method} ${request.url}${hint}`);
    case "method":
      return {
        ...errorReply(405, "METHOD_NOT_ALLOWED", `use ${match.allow.join(", ")}${hint}`),
        headers: { Allow: match.allow.join(", ") },
      };
    case "undecodable":
      return errorReply(400, "INVALID_REQUEST", `"${match.segment}" is no percent-encoded text`);
    case "route": {
      const { route } = match;
      const { token, roomIdPattern } = options;
      const isOpen = token === undefined || route.operation === "health";
      if (!isOpen && request.headers.authorization !== `Bearer ${token}`) {
        return errorReply(401, "INVALID_TOKEN", "send the token as `Authorization: Bearer …`");
      }
      if (route.room !== null && !roomIdPattern.test(route.room)) {
        return errorReply(
          400,
          "INVALID_ROOM_ID",
          `"${route.room}" does not match ${roomIdPattern}`,
        );
      }
      return route;
    }
  }
}

function toSite({ operation, room, name }: Route): CallSite {
  return { operation, room, target: name };
}

async function answerRead(world: World, route: Route, response: ServerResponse): Promise<void> {
  const site: CallSite = toSite(route);
  const fault = world.faults.take(["status", "hang", "drop", "invalidJson", "hugeJson"], site);
  if (fault !== undefined) {
    await spoil(response, fault);
    return;
  }
  const room = route.room ?? "";
  if (route.operation === "state") {
    send(response, jsonReply(200, world.readState(room)));
    return;
  }
  if (route.operation === "health") {
    send(response, { status: 200, contentType: "text/plain; charset=utf-8", body: "Healthy" });
    return;
  }
  const artifact = world.rooms.get(room).artifacts.find(({ name }) => name === route.name);
  send(
    response,
    artifact === undefined
      ? errorReply(404, "ARTIFACT_NOT_FOUND", `no artifact "${route.name}"`)
      : jsonReply(200, { hash: artifact.hash }),
  );
}

interface WriteExchange extends Exchange {
  readonly world: World;
  readonly operation: Operation;
}

/** Works, writes the log and answers; a fault may stand before the work, after it, or in its place. */
async function answerWrite(exchange: WriteExchange, call: WriteCall): Promise<void> {
  const { world, request, response, operation } = exchange;
  const site: CallSite = { operation, room: call.room, target: call.target };
  const fault = world.faults.take(
    ["status", "hang", "drop", "lie", "invalidJson", "hugeJson"],
    site,
  );
  const works =
    fault === undefined || (fault.kind !== "lie" && (!("afterWork" in fault) || fault.afterWork));
  const change = works
    ? world.rooms.change(call.room, (room) => call.make(room))
    : { room: world.rooms.get(call.room), finding: "done" as const, effect: false };
  const requestId = request.headers["x-request-id"];
  world.log.add({
    at: toIso(world.clock.nowMs()),
    op: call.op,
    room: call.room,
    target: call.target,
    requestId: typeof requestId === "string" ? requestId : null,
    effect: change.effect,
  });
  const latencyMs = world.faults.takeLatency(site, "afterWork");
  if (latencyMs > 0) await world.clock.sleep(latencyMs, exchange.hungUp);
  if (fault !== undefined && fault.kind !== "lie") {
    await spoil(response, fault);
    return;
  }
  const status = change.finding === "done" ? 200 : (call.statuses[change.finding] ?? 200);
  send(response, status === 200 ? jsonReply(200, call.answer(change.room)) : refusal(status, call));
}

function refusal(status: number, call: WriteCall): Reply {
  return status === 409
    ? errorReply(409, "ENTITY_EXISTS", `"${call.target}" is in the room already`)
    : errorReply(
        status,
        call.op === "kick" ? "ENTITY_NOT_FOUND" : "ARTIFACT_NOT_FOUND",
        `no "${call.target}" in the room`,
      );
}
