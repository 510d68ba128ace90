import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "./run-beside.ts";
import { failedFiles, parseTally, tallyText, withFilesAgain, type Tally } from "./tally.ts";

/** The variable that says where the reporter leaves its tally, instead of printing it as its last line. */
const TALLY_FILE = "ROOM_OPERATOR_TEST_TALLY";

export interface Tests {
  readonly all: Command;
  /** Runs these files with nothing next to them. */
  readonly only: (files: readonly string[]) => Command;
  /** Where more files have failures, none is run again. */
  readonly mostAgain: number;
  /** Takes whole lines. What the tests themselves print goes where this process prints. */
  readonly print: (line: string) => void;
}

/**
 * Runs all tests, and then once more the files in which some failed, each from its beginning: a test that is tried again within its
 * file finds what its first try left. The last line is the tally of both runs. Resolves with an exit status.
 */
export async function runAgain({ all, only, mostAgain, print }: Tests): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), "room-operator-tally-"));
  try {
    const first = await run(all, path.join(folder, "first.json"));
    if (first.tally === null) return first.status;
    const files = failedFiles(first.tally);
    if (files.length === 0 || files.length > mostAgain) {
      print(tallyText(first.tally));
      return first.status;
    }
    print(`run once more, alone: ${files.join(" ")}`);
    const second = await run(only(files), path.join(folder, "second.json"));
    if (second.tally === null) return second.status;
    // A file of which the second run says nothing keeps its failures.
    const both = withFilesAgain(first.tally, second.tally);
    const failedAgain = failedFiles(both);
    for (const file of files)
      print(
        `${failedAgain.includes(file) ? "failed also" : "passed only"} when run alone: ${file}`,
      );
    print(tallyText(both));
    return failedAgain.length > 0 ? Math.max(second.status, 1) : second.status;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Ran {
  /** Never 0 where there is no tally. */
  readonly status: number;
  /** Null where the run ended before its end. */
  readonly tally: Tally | null;
}

async function run([program, ...args]: Command, tallyFile: string): Promise<Ran> {
  const env = { ...process.env, [TALLY_FILE]: tallyFile };
  const child = spawn(program, args, { stdio: "inherit", env });
  const end = () => child.kill();
  process.once("SIGTERM", end);
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  process.off("SIGTERM", end);
  const tally = parseTally(existsSync(tallyFile) ? readFileSync(tallyFile, "utf8") : null);
  return { status: tally === null ? Math.max(status, 1) : status, tally };
}
