import { z } from "zod";
import { machineMs } from "./machine-ms.ts";

const logLine = z.object({
  message: z.string(),
  room: z.string().optional(),
  outcome: z.string().optional(),
  head: z.string().optional(),
  detail: z.string().optional(),
});

/** Lines after which the figures would mean nothing. */
const TROUBLE = new Set(["source failed", "pass failed", "poll failed"]);

/** What an agent's log says since the last `reset`. Moments are machine ms, null while there was none. */
export class AgentLog {
  /** The head that was ingested last. */
  head: string | null = null;
  headAtMs: number | null = null;
  lastVerifiedAtMs: number | null = null;
  /** Clones that were replaced. */
  rotations = 0;
  /** The first line that reports a failure; stays. */
  trouble: string | null = null;
  /** Rooms that were verified with news, each counted once. */
  readonly verified = new Set<string>();
  #rest = "";

  reset(): void {
    [this.head, this.headAtMs, this.lastVerifiedAtMs, this.rotations] = [null, null, null, 0];
    this.verified.clear();
  }

  /** Takes a part of the log, which may end within a line. True: something that is waited for may have happened. */
  take(text: string): boolean {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => this.#takeLine(line)).some(Boolean);
  }

  #takeLine(line: string): boolean {
    const { message, room, outcome, head, detail } = logLine.parse(JSON.parse(line));
    if (message === "pass ended" && outcome === "converged" && room !== undefined) {
      this.verified.add(room);
      this.lastVerifiedAtMs = machineMs();
    } else if (message === "ingested new revision") {
      this.head = head ?? null;
      this.headAtMs = machineMs();
    } else if (message === "clone rotated") this.rotations += 1;
    else if (TROUBLE.has(message)) this.trouble ??= `${message}: ${detail ?? line}`;
    else return message === "pass ended";
    return true;
  }
}
