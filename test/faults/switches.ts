import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { PassPoint } from "../../agent/room/pass-points.ts";
import type { Action } from "../../agent/plan/plan.ts";
import type { IntentRow } from "../../agent/room/rows.ts";

/** At which moment somebody is killed with SIGKILL. */
export interface KillSwitch {
  readonly point: PassPoint;
  /** Only what concerns this room, and points that concern a whole snapshot. */
  readonly room: string;
  /** Only calls of this kind of action, at points that concern one. */
  readonly kind?: Action["kind"];
  /** Only calls of this phase, at points that concern one. */
  readonly phase?: IntentRow["phase"];
  /** The how-manieth time since it was set, from 1. */
  readonly nth: number;
  readonly victim: "agent" | "launcher";
}

/** What a test does to an agent that runs. */
export interface Switches {
  readonly kill?: KillSwitch;
  /** Ms by which the agent's wall clock is ahead. */
  readonly clockAheadMs?: number;
  /** The event loop stands still for so many ms, once. */
  readonly blockMs?: number;
}

/** The variable that tells a program of `SwitchedProgram` where its switches are. */
export const SWITCHES_VARIABLE = "TEST_SWITCHES";

/** Replaces all switches of the agents that read this file. */
export function setSwitches(file: string, switches: Switches): void {
  writeFileSync(`${file}.new`, JSON.stringify(switches));
  renameSync(`${file}.new`, file);
}

/** The text of the file, `{}` where there is none. */
export function readSwitches(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "{}";
  }
}
