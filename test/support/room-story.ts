import type { RoomAnswer } from "../../agent/api/status-contract.ts";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { AgentWorld, Answer } from "./agent-world.ts";
import type { FileContent } from "./file-content.ts";
import { specYaml, type SpecYamlGiven } from "./spec-yaml.ts";

/** What a room is on the RoomServer, as its state answer says. */
export interface ServerRoom {
  readonly entities: readonly Readonly<Record<string, unknown>>[];
  readonly artifacts: readonly Readonly<Record<string, unknown>>[];
  readonly policies: Readonly<Record<string, unknown>>;
  readonly resources: readonly Readonly<Record<string, unknown>>[];
}

/** One room of a world, so that a story about it reads as such. Stories share a world and keep to their own rooms. */
export class RoomStory {
  readonly world: AgentWorld;
  readonly id: string;
  /** Where its spec lies. */
  readonly path: string;
  #seen = 0;

  constructor(world: AgentWorld, id: string, path = `rooms/${id}.room.yaml`) {
    this.world = world;
    this.id = id;
    this.path = path;
  }

  /** Commits the room's spec and gives back the commit. */
  commit(
    spec: SpecYamlGiven,
    message?: string,
    files: Readonly<Record<string, FileContent>> = {},
  ): string {
    const text = specYaml({ roomId: this.id, ...spec });
    return this.world.commit({ [this.path]: text, ...files }, message);
  }

  /** Commits the room's spec, then asks for a pass and gives back how that ended. */
  async push(
    spec: SpecYamlGiven,
    message?: string,
    files: Readonly<Record<string, FileContent>> = {},
  ): Promise<Answer> {
    this.commit(spec, message, files);
    return this.pass();
  }

  /** Commits nothing but a message, then asks for a pass. */
  async say(message: string): Promise<Answer> {
    this.world.commit({}, message);
    return this.pass();
  }

  /** A pass over the room from what owns it; its source is polled first. */
  pass(headers: Record<string, string> = {}): Promise<Answer> {
    return this.world.apply({ roomId: this.id }, headers);
  }

  status(): Promise<RoomAnswer> {
    return this.world.room(this.id);
  }

  /** Reasons of what is being refused or held. */
  async refusals(): Promise<readonly string[]> {
    return (await this.status()).refusals.map(({ reason }) => reason);
  }

  /** Its conditions as `Type Status Reason`. */
  async conditions(): Promise<readonly string[]> {
    const { conditions } = await this.status();
    return conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
  }

  async entities(): Promise<readonly string[]> {
    return (await this.world.contents(this.id)).entities;
  }

  async artifacts(): Promise<readonly string[]> {
    return (await this.world.contents(this.id)).artifacts;
  }

  /** The write calls for this room since this was asked last. */
  async newWrites(): Promise<readonly string[]> {
    const all = await this.world.writes(this.id);
    const fresh = all.slice(this.#seen);
    this.#seen = all.length;
    return fresh;
  }

  /** The write calls of two more passes: none, once a story has come to its end. */
  async writesOfMorePasses(): Promise<readonly string[]> {
    await this.newWrites();
    await this.pass();
    await this.pass();
    return this.newWrites();
  }

  async audit(action: string): Promise<readonly AuditRecord[]> {
    const entries = await this.world.audit(action);
    return entries.filter(({ metadata }) => metadata["room"] === this.id);
  }

  /** Somebody else changes the room on the server; the write log knows nothing of it. */
  async drift(change: (room: ServerRoom) => Partial<ServerRoom>): Promise<void> {
    const { roomServerUrl } = this.world;
    const answer = await fetch(`${roomServerUrl}/room/${this.id}/state`);
    const room = (await answer.json()) as ServerRoom;
    const artifacts = room.artifacts.map(({ name, type, workspace, tags, hash, isPromoted }) => ({
      name,
      type,
      workspace,
      tags,
      hash,
      isPromoted,
    }));
    const { entities, policies, resources } = room;
    const body = { entities, artifacts, policies, resources };
    const put = await fetch(`${roomServerUrl}/_dev/rooms/${this.id}`, {
      method: "PUT",
      body: JSON.stringify({ ...body, ...change({ ...room, ...body }) }),
    });
    if (!put.ok) throw new Error(`drift: ${put.status} ${await put.text()}`);
  }

  /** Somebody else joins these entities. */
  driftIn(...ids: readonly string[]): Promise<void> {
    return this.drift(({ entities }) => ({
      entities: [...entities, ...ids.map((id) => ({ id, kind: "agent" }))],
    }));
  }

  /** Somebody else throws these entities out. */
  driftOut(...ids: readonly string[]): Promise<void> {
    return this.drift(({ entities }) => ({
      entities: entities.filter(({ id }) => !ids.includes(String(id))),
    }));
  }
}
