import { Agent } from "node:http";
import { joinBody } from "../../agent/roomserver/rest-wire.ts";
import { GUEST, call } from "./bare-calls.ts";
import { machineMs } from "./machine-ms.ts";

/** Who is in a room of `fullSpec` before anything changes. */
const RESIDENTS = ["E-lead", "E-scribe", "E-critic"];

export interface HandChange {
  readonly comes: readonly string[];
  readonly goes: readonly string[];
}

/** What the agent does with many rooms, done by hand in as many other rooms: plain HTTP calls over kept connections. */
export class HandChanges {
  readonly #url: string;
  readonly #parallel: number;
  readonly #rooms: readonly string[];
  readonly #agent: Agent;

  private constructor(url: string, rooms: number, parallel: number) {
    this.#url = url;
    this.#parallel = parallel;
    this.#rooms = Array.from({ length: rooms }, (_unused, index) => `by-hand-${index}`);
    this.#agent = new Agent({ keepAlive: true, maxSockets: parallel });
  }

  /** So many rooms with the usual entities in them, of which `parallel` are changed at the same time. */
  static async prepare(url: string, rooms: number, parallel: number): Promise<HandChanges> {
    const hands = new HandChanges(url, rooms, parallel);
    await hands.#eachRoom(async (room) => {
      for (const id of RESIDENTS) await hands.#join(room, id);
    });
    return hands;
  }

  /** In each room: reads it, makes the change, and reads it again. Gives the time in ms. */
  async change({ comes, goes }: HandChange): Promise<number> {
    const startedMs = machineMs();
    await this.#eachRoom(async (room) => {
      await this.#read(room);
      for (const id of goes) await this.#kick(room, id);
      for (const id of comes) await this.#join(room, id);
      await this.#read(room);
    });
    return machineMs() - startedMs;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #eachRoom(act: (room: string) => Promise<void>): Promise<void> {
    const left = [...this.#rooms];
    const lane = async () => {
      for (let room = left.pop(); room !== undefined; room = left.pop()) await act(room);
    };
    await Promise.all(Array.from({ length: this.#parallel }, lane));
  }

  #read(room: string): Promise<void> {
    return call(this.#agent, { method: "GET", url: `${this.#url}/room/${room}/state` });
  }

  #join(room: string, id: string): Promise<void> {
    const body = JSON.stringify(joinBody(room, { ...GUEST, id }));
    return call(this.#agent, { method: "POST", url: `${this.#url}/room/${room}/join`, body });
  }

  #kick(room: string, id: string): Promise<void> {
    return call(this.#agent, { method: "DELETE", url: `${this.#url}/room/${room}/entities/${id}` });
  }
}
