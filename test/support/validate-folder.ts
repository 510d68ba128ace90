import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { validate } from "../../agent/cli/validate.ts";
import { RecordedIo } from "./command-io.ts";

/** A small spec; `rest`: more members of `spec`. */
export const smallSpec = (roomId: string, rest = "") =>
  `metadata: { version: 1 }\nspec:\n  roomId: ${roomId}\n${rest}`;

/** A temporary folder in which `validate` is run. */
export class ValidateFolder {
  readonly path = mkdtempSync(path.join(tmpdir(), "validate-"));

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const target = path.join(this.path, name);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }

  async run(...args: readonly string[]): Promise<{ code: number; io: RecordedIo }> {
    const io = new RecordedIo(this.path);
    return { code: await validate(args, io), io };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
