import { execFileSync } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { z } from "zod";
import { ProgramTree } from "./program-tree.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const choice = z.object({ main: z.string(), isBuilt: z.boolean(), why: z.string().optional() });
const record = z.tuple([z.number(), z.number(), z.number(), z.string()]);

/** What the launcher has of `bin/bundle.js`, which is no TypeScript. */
interface BundleModule {
  findProgram(root: string, command?: string): Promise<unknown>;
  readRecorded(file: string): Promise<{ record: unknown }>;
}

const bundle = (await import(
  pathToFileURL(join(ROOT, "bin/bundle.js")).href
)) as unknown as BundleModule;

/** What the launcher of a package would run, and why the sources. */
export async function findProgram(root: string, command?: string): Promise<z.infer<typeof choice>> {
  return choice.parse(await bundle.findProgram(root, command));
}

export async function recordOf(file: string): Promise<z.infer<typeof record>> {
  return record.parse((await bundle.readRecorded(file)).record);
}

/** Programs that commands of tests do not start: with them a build takes seven times as long. */
const UNUSED = [
  "cli/run.ts",
  "source/git/git-worker-program.ts",
  "store/sqlite-check-worker.ts",
  "store/sqlite-log-trim-worker.ts",
];

/** A program in a folder of its own that was built there, with the commands of people or, as in `ProgramTree`, of tests. */
export class BuiltTree extends ProgramTree {
  constructor({ commands }: { readonly commands: "real" | "test" }) {
    super({ packages: true });
    if (commands === "real") {
      for (const part of ["agent", "devserver", "specs-example", "seeds"])
        cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    } else {
      for (const program of UNUSED)
        writeFileSync(join(this.folder, "agent", program), "export {};\n");
    }
    this.build();
  }

  /** Gives what it printed. */
  build(): string {
    const given = { cwd: this.folder, stdio: "pipe", encoding: "utf8" } as const;
    return execFileSync(process.execPath, ["bin/build.js"], given);
  }

  /** The program that its launcher would run. */
  choice(): Promise<z.infer<typeof choice>> {
    return findProgram(this.folder);
  }
}
