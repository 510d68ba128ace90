import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const holderSchema = z.object({
  pid: z.number().int(),
  host: z.string(),
  /** ISO time: when the agent started, as its `/livez` says. */
  since: z.string(),
});

/** The agent that holds a data folder. */
export type Holder = z.infer<typeof holderSchema>;

/** Names the holder to who finds the folder locked: it holds nothing by itself. */
export function writeHolder(folder: string, holder: Holder): void {
  const file = fileOf(folder);
  const aside = `${file}.new`;
  writeFileSync(aside, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  renameSync(aside, file);
}

/** Null when there is none yet, or it is not legible. An agent that was killed leaves it. */
export function readHolder(folder: string): Holder | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(fileOf(folder), "utf8")));
  } catch {
    return null;
  }
}

export function removeHolder(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}

function fileOf(folder: string): string {
  return join(folder, "holder.json");
}
