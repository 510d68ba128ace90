import type { DryRun } from "../room/room.ts";

export function toDryRun({ commit, label, lookAlike }: DryRun): DryRun {
  return {
    commit,
    ...(label === undefined ? {} : { label }),
    ...(lookAlike === undefined ? {} : { lookAlike }),
  };
}
