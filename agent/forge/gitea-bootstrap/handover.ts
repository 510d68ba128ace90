import { fileProblem } from "../../kernel/file-problem.ts";
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { makeFolder } from "../../kernel/make-folder.ts";
import { Secret } from "../../kernel/secret.ts";

/** What of Gitea was set up, with the ids that it got: written after each step, and read by the next run. */
const made = z.object({
  repositoryId: z.number().optional(),
  /** Gitea's ids by the label's name. */
  labels: z.record(z.string(), z.number()).optional(),
  webhook: z.object({ id: z.number(), secretDigest: z.string() }).optional(),
  /** True once a run came to its end. */
  isComplete: z.boolean().optional(),
});

export type Made = z.infer<typeof made>;

export type SecretFile = "bot-token" | "webhook-secret";

const MADE_FILE = "gitea-ids.json";
const PRIVATE = 0o600;

/**
 * The folder in which secrets and ids are handed to the agent. Each file is for its owner alone, and is replaced as a whole: who
 * reads it meets the old one or the new one.
 */
export class Handover {
  readonly folder: string;

  /** Makes the folder. Throws OperatorError `SetupFilesUnusable`. */
  constructor(folder: string) {
    this.folder = folder;
    this.#writing(() => {
      makeFolder(folder, 0o700);
      // A folder that is there may belong to somebody else.
      this.#replace("writable", "");
      rmSync(join(folder, "writable"));
    });
  }

  get made(): Made {
    const text = this.#read(MADE_FILE);
    if (text === null) return {};
    try {
      return made.parse(JSON.parse(text));
    } catch {
      throw new OperatorError(
        "SetupFilesUnusable",
        `${join(this.folder, MADE_FILE)} cannot be read as what an earlier run wrote: delete it and run this again`,
      );
    }
  }

  /** Adds to what was made. */
  note(more: Partial<Made>): void {
    const text = `${JSON.stringify({ ...this.made, ...more }, null, 2)}\n`;
    this.#writing(() => this.#replace(MADE_FILE, text));
  }

  /** Null: it is not there, or empty. */
  secret(name: SecretFile): Secret | null {
    const text = this.#read(name)?.trim() ?? "";
    return text === "" ? null : new Secret(text);
  }

  keep(name: SecretFile, secret: Secret): void {
    this.#writing(() => this.#replace(name, `${secret.reveal()}\n`));
  }

  #read(name: string): string | null {
    const path = join(this.folder, name);
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
      throw this.#unusable("read", error);
    }
  }

  #replace(name: string, text: string): void {
    const path = join(this.folder, name);
    const fresh = `${path}.new`;
    rmSync(fresh, { force: true });
    const file = openSync(fresh, "wx", PRIVATE);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  }

  #writing(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw this.#unusable("write to", error);
    }
  }

  #unusable(what: string, error: unknown): OperatorError {
    const uid = process.getuid?.() ?? "unknown";
    return new OperatorError(
      "SetupFilesUnusable",
      `cannot ${what} ${this.folder} as user ${uid}${ownerOf(this.folder)} (${fileProblem(error)}): give the folder to that user (chown -R ${uid} ${this.folder}), or name another with --handover`,
      { cause: error },
    );
  }
}

function ownerOf(folder: string): string {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats === undefined ? "" : `; it belongs to user ${stats.uid}`;
}
