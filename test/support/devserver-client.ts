import type { Fault } from "../../devserver/faults.ts";
import type { Room } from "../../devserver/room.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import { fetchAgain, type FetchedAnswer } from "./fetch-again.ts";

/** A fault as `PUT /_dev/faults` takes it: what has a default may be left out. */
export type FaultGiven = { readonly kind: Fault["kind"] } & Readonly<Record<string, unknown>>;

/** Every write call that reached the devserver, oldest first. */
export async function readLog(url: string): Promise<readonly WriteEntry[]> {
  const answer = await request(url, "GET", "/_dev/log");
  return ((await answer.json()) as { entries: WriteEntry[] }).entries;
}

/** Replaces all fault switches. */
export async function setFaults(url: string, ...faults: readonly FaultGiven[]): Promise<void> {
  await request(url, "PUT", "/_dev/faults", { faults });
}

/** Makes the room what it is here. */
export async function putRoom(url: string, room: Room): Promise<void> {
  const { id, entities, policies, resources } = room;
  const artifacts = room.artifacts.map(({ name, type, workspace, tags, hash, isPromoted }) => ({
    name,
    type,
    workspace,
    tags,
    hash,
    isPromoted,
  }));
  await request(url, "PUT", `/_dev/rooms/${id}`, { entities, artifacts, policies, resources });
}

/** Joins an entity as anyone may who is not the agent. */
export async function joinEntity(url: string, roomId: string, entityId: string): Promise<void> {
  await request(url, "POST", `/room/${roomId}/join`, { roomId, entityId, kind: "agent" });
}

/** Kicks an entity likewise. */
export async function kickEntity(url: string, roomId: string, entityId: string): Promise<void> {
  await request(url, "DELETE", `/room/${roomId}/entities/${entityId}`);
}

/** Ids of entities and names of artifacts, sorted. */
export interface RoomContents {
  readonly entities: string[];
  readonly artifacts: string[];
  readonly policies: Record<string, unknown>;
}

export async function readContents(url: string, roomId: string): Promise<RoomContents> {
  const answer = await fetchAgain(`${url}/room/${roomId}/state`);
  const { entities, artifacts, policies } = (await answer.json()) as {
    entities: { id: string }[];
    artifacts: { name: string }[];
    policies: Record<string, unknown>;
  };
  return {
    entities: entities.map(({ id }) => id).sort(),
    artifacts: artifacts.map(({ name }) => name).sort(),
    policies,
  };
}

async function request(
  url: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<FetchedAnswer> {
  const answer = await fetchAgain(url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}
