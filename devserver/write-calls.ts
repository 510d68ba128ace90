import { WORDED } from "../agent/kernel/issue-words.ts";
import type { IncomingHttpHeaders } from "node:http";
import type { z } from "zod";
import type { JsonValue } from "../agent/kernel/json.ts";
import { joinSchema, policyWriteSchema, resourceSchema } from "./bodies.ts";
import { parseSeedForm } from "./multipart.ts";
import { toEntityAnswer } from "./room-answer.ts";
import {
  deleteArtifact,
  ensureResource,
  joinEntity,
  kickEntity,
  promoteArtifact,
  seedArtifact,
  setPolicy,
} from "./room.ts";
import type { Change, Room } from "./room.ts";
import type { Route } from "./routes.ts";
import type { WriteOperation } from "./write-log.ts";

/** One write, understood and not yet made. */
export interface WriteCall {
  readonly op: WriteOperation;
  readonly room: string;
  readonly target: string;
  make(room: Room): Change;
  /** The body of a 200. */
  answer(room: Room): JsonValue;
  /** Statuses by what was found, where it is not 200. */
  readonly statuses: { readonly exists?: number; readonly absent?: number };
}

export type ParsedWrite = WriteCall | { readonly problem: string };

export interface Request {
  readonly route: Route;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly nowMs: number;
}

/** The write a request asks for, or what is wrong with it (a 400). Undefined for a read. */
export async function parseWrite(request: Request): Promise<ParsedWrite | undefined> {
  const { route, nowMs } = request;
  const room = route.room ?? "";
  const name = route.name ?? "";
  const plain = { room, target: name, answer: () => ({ ok: true }), statuses: { absent: 404 } };
  switch (route.operation) {
    case "kick":
      return { ...plain, op: "kick", make: (before) => kickEntity(before, name, nowMs) };
    case "promote":
      return { ...plain, op: "promote", make: (before) => promoteArtifact(before, name, nowMs) };
    case "delete":
      return { ...plain, op: "delete", make: (before) => deleteArtifact(before, name, nowMs) };
    case "join":
      return parseJoin(request, room);
    case "seed":
      return parseSeed(request, room);
    case "policy":
      return parsePolicy(request, room);
    case "resource":
      return parseResource(request);
    case "state":
    case "hash":
    case "health":
      return undefined;
  }
}

function parseJoin({ body, nowMs }: Request, room: string): ParsedWrite {
  const parsed = parseJson(body, joinSchema);
  if ("problem" in parsed) return parsed;
  const { roomId, entity } = parsed.value;
  if (roomId !== room) return otherRoom(roomId, room);
  return {
    op: "join",
    room,
    target: entity.id,
    make: (before) => joinEntity(before, entity, nowMs),
    answer: (after) => after.entities.map(toEntityAnswer),
    statuses: { exists: 409 },
  };
}

async function parseSeed({ headers, body, nowMs }: Request, room: string): Promise<ParsedWrite> {
  const upload = await parseSeedForm(headers, body);
  if ("problem" in upload) return upload;
  return {
    op: "seed",
    room,
    target: upload.name,
    make: (before) => seedArtifact(before, upload, nowMs),
    answer: () => ({ ok: true }),
    statuses: {},
  };
}

function parsePolicy({ body, nowMs }: Request, room: string): ParsedWrite {
  const parsed = parseJson(body, policyWriteSchema);
  if ("problem" in parsed) return parsed;
  const { roomId, policyName, policyValue } = parsed.value;
  if (roomId !== room) return otherRoom(roomId, room);
  return {
    op: "policy",
    room,
    target: policyName,
    make: (before) => setPolicy(before, { name: policyName, value: policyValue }, nowMs),
    answer: () => ({ ok: true }),
    statuses: {},
  };
}

function parseResource({ body, nowMs }: Request): ParsedWrite {
  const parsed = parseJson(body, resourceSchema);
  if ("problem" in parsed) return parsed;
  const { roomId, ...resource } = parsed.value;
  return {
    op: "resource",
    room: roomId,
    target: resource.name,
    make: (before) => ensureResource(before, resource, nowMs),
    answer: () => ({ ok: true }),
    statuses: {},
  };
}

function otherRoom(sent: string, path: string): { problem: string } {
  return { problem: `the body names room "${sent}" and the path "${path}"` };
}

/** The body as `schema` reads it, or a sentence that names each mistake. */
export function parseJson<S extends z.ZodType>(
  body: Uint8Array,
  schema: S,
): { readonly value: z.output<S> } | { readonly problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    return { problem: `the body is no JSON: ${error instanceof Error ? error.message : ""}` };
  }
  const parsed = schema.safeParse(json, WORDED);
  if (parsed.success) return { value: parsed.data };
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `${path.join(".") || "body"}: ${message}`,
  );
  return { problem: mistakes.join("; ") };
}
