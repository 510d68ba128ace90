import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

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
    for (const part of ["bin", "agent", "package.json", "test/support", "test/faults"]) {
      cpSync(join(ROOT, part), join(this.folder, part), { recursive: true });
    }
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    writeFileSync(
      join(this.folder, "agent/cli/run.ts"),
      'export { run } from "../../test/faults/switched-run.ts";\n',
    );
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
