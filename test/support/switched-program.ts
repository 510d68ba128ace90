import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What `switched-run.ts` needs beside the agent. */
const SUPPORT = ["switched-run", "switches", "devserver-client", "fetch-again", "eventually"];

/**
 * A copy of launcher and agent whose `run` command obeys the switches of `switches.ts`; nothing else of it differs from the
 * program that people start.
 */
export class SwitchedProgram {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator-switched-"));
  readonly launcher = join(this.folder, "bin/room-operator.js");
  /** Code compiled for the real program serves this one, too. */
  readonly env = { NODE_COMPILE_CACHE: join(ROOT, ".cache/node") };

  constructor() {
    for (const part of ["bin", "agent", "package.json"]) {
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    mkdirSync(join(this.folder, "test/support"), { recursive: true });
    for (const name of SUPPORT) {
      const file = `test/support/${name}.ts`;
      cpSync(join(ROOT, file), join(this.folder, file));
    }
    writeFileSync(
      join(this.folder, "agent/cli/run.ts"),
      'export { run } from "../../test/support/switched-run.ts";\n',
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
