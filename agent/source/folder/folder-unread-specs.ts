import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../kernel/clock.ts";
import { isAbsent } from "./folder-failure.ts";
import { printOf } from "./folder-file.ts";
import type { FolderReader } from "./folder-reader.ts";
import { PrintMemory } from "./print-memory.ts";
import { saysRoomSpec, UNREAD_LIMITS } from "../unread-specs.ts";

interface Reading {
  readonly base: string;
  readonly reader: FolderReader;
}

/** Which files that are not read because of their name say that they are a RoomSpec. What did not change is not read again. */
export class FolderUnreadSpecs {
  readonly #memory: PrintMemory<boolean>;
  /** The paths of those that said so last. */
  #said: ReadonlySet<string> = new Set();

  constructor(clock: Pick<Clock, "monotonicMs">) {
    this.#memory = new PrintMemory(clock);
  }

  /**
   * The paths of those that say so. Nothing fails by a file that cannot be read, or is written meanwhile: it says what it said the
   * last time.
   */
  async among(
    paths: readonly string[],
    reading: Reading,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    this.#memory.begin();
    const unread: string[] = [];
    for (const path of paths) {
      signal.throwIfAborted();
      if (await this.#saysSo(path, reading)) unread.push(path);
    }
    this.#memory.keep();
    this.#said = new Set(unread);
    return unread.sort();
  }

  async #saysSo(path: string, { base, reader }: Reading): Promise<boolean> {
    try {
      const stat = await lstat(join(base, path), { bigint: true });
      if (!stat.isFile() || stat.size > UNREAD_LIMITS.bytes) return false;
      const print = printOf(stat);
      return await this.#memory.valueOf({ path, print }, async () =>
        saysRoomSpec(await reader.read({ base, path, print })),
      );
    } catch (error) {
      return !isAbsent(error) && this.#said.has(path);
    }
  }
}
