import { promises as fs, renameSync } from "node:fs";
import { join } from "node:path";
import { makeClonePrivate } from "./git-private-clone.ts";
import type { CloneBirth, CloneSize } from "./git-rotation-rule.ts";

/** The ref that says what later fetches build on. Nothing but `settle` moves it. */
export const SYNCED_REF = "refs/agent/synced";

/** Blobs that came and were too large to keep: a line of id and size each. */
const SKIPPED_FILE = "skipped-blobs";

/** Says when the clone was made and what it weighed then. */
const BIRTH_FILE = "clone.json";

/** Of one that is forgotten the id is asked for again, and it is skipped again. */
const MOST_SKIPPED = 10_000;

/** The bare repository a source keeps, and the few files of it that are ours to write. It can be thrown away at any time. */
export class CloneFolder {
  readonly path: string;
  readonly #url: string;

  constructor(path: string, url: string) {
    this.path = path;
    this.#url = url;
  }

  get packFolder(): string {
    return join(this.path, "objects", "pack");
  }

  /** False once it was deleted. */
  async isThere(): Promise<boolean> {
    return exists(this.packFolder);
  }

  /**
   * Ends an interrupted rotation: restores the old clone if no new one is in its place, and deletes the leftovers
   * next to it.
   */
  async recover(): Promise<void> {
    const old = asideOf(this.path);
    if (!(await exists(this.path)) && (await exists(old))) await fs.rename(old, this.path);
    await remove(old);
    await remove(newOf(this.path));
  }

  /** The folder in which a replacement of this clone is made. */
  spare(): CloneFolder {
    return new CloneFolder(newOf(this.path), this.#url);
  }

  /** The folder of the clone for commits that are not followed. */
  side(): CloneFolder {
    return new CloneFolder(`${this.path}.side`, this.#url);
  }

  /**
   * Puts another clone, made in the `spare` folder, in its place; this one is moved aside until `removeAside`. If the process
   * ends between the two steps, `recover` completes them.
   */
  giveWayTo(other: CloneFolder): void {
    renameSync(this.path, asideOf(this.path));
    try {
      renameSync(other.path, this.path);
    } catch (error) {
      renameSync(asideOf(this.path), this.path);
      throw error;
    }
  }

  async removeAside(): Promise<void> {
    await remove(asideOf(this.path));
  }

  async remove(): Promise<void> {
    await remove(this.path);
  }

  /**
   * Makes the repository if there is none, and takes away what an interrupted run left behind. One with a file in the place of a folder is
   * made from nothing, unless that file stands for the whole clone: it may be a person's. Safe to repeat.
   */
  async open(): Promise<void> {
    try {
      await this.#openIt();
    } catch (error) {
      if (!isOther(error) || (await isFile(this.path))) throw error;
      await this.remove();
      await this.#openIt();
    }
  }

  async #openIt(): Promise<void> {
    await fs.mkdir(this.packFolder, { recursive: true, mode: 0o700 });
    await makeClonePrivate(this.path);
    if (!(await this.#isRepositoryOf(this.#url))) await this.#makeRepository();
    await this.synced();
    await this.sweep();
  }

  /** Takes away halves of packs, temporary and lock files, and refs that are not ours. */
  async sweep(): Promise<void> {
    const names = new Set(await fs.readdir(this.packFolder));
    for (const name of names) {
      const twin = name.endsWith(".pack")
        ? name.replace(/\.pack$/, ".idx")
        : name.replace(/\.idx$/, ".pack");
      if (!names.has(twin) || twin === name) await this.#remove(join("objects", "pack", name));
    }
    for (const name of await fs.readdir(this.path)) {
      if (/\.(?:lock|tmp)$/.test(name)) await this.#remove(name);
    }
    await this.#remove(join("refs", "remotes"));
    await this.#remove("packed-refs");
  }

  async packs(): Promise<readonly string[]> {
    return (await fs.readdir(this.packFolder)).filter((name) => name.endsWith(".pack"));
  }

  async size(): Promise<CloneSize> {
    const packs = await this.packs();
    const stats = await Promise.all(packs.map((name) => fs.stat(join(this.packFolder, name))));
    return { packs: packs.length, bytes: stats.reduce((sum, { size }) => sum + size, 0) };
  }

  /** Null where it is not known. */
  async birth(): Promise<CloneBirth | null> {
    const text = await this.#readText(BIRTH_FILE);
    try {
      return toBirth(JSON.parse(text || "null"));
    } catch (error) {
      if (error instanceof SyntaxError) return null;
      throw error;
    }
  }

  async writeBirth(birth: CloneBirth): Promise<void> {
    await this.#writeText(BIRTH_FILE, `${JSON.stringify(birth)}\n`);
  }

  /** Takes away every pack that is not among `kept`, with its index. */
  async keepPacks(kept: readonly string[]): Promise<void> {
    for (const name of await fs.readdir(this.packFolder)) {
      if (!kept.includes(name.replace(/\.idx$/, ".pack"))) {
        await this.#remove(join("objects", "pack", name));
      }
    }
  }

  /** The commits whose parents this clone was never given. */
  async shallow(): Promise<ReadonlySet<string>> {
    const text = await this.#readText("shallow");
    return new Set(text.split("\n").filter((line) => line !== ""));
  }

  async writeShallow(oids: ReadonlySet<string>): Promise<void> {
    if (oids.size === 0) await this.#remove("shallow");
    else await this.#writeText("shallow", `${[...oids].join("\n")}\n`);
  }

  /** Sizes by id of the blobs that came and were too large to keep. */
  async skipped(): Promise<ReadonlyMap<string, number>> {
    const lines = (await this.#readText(SKIPPED_FILE)).matchAll(/^([0-9a-f]{40}) (\d{1,15})$/gm);
    return new Map(Array.from(lines, ([, oid = "", size]) => [oid, Number(size)]));
  }

  async noteSkipped(blobs: ReadonlyMap<string, number>): Promise<void> {
    if (blobs.size === 0) return;
    const all = new Map([...(await this.skipped()), ...blobs]);
    const lines = Array.from(all, ([oid, size]) => `${oid} ${size}\n`);
    await this.#writeText(SKIPPED_FILE, lines.slice(-MOST_SKIPPED).join(""));
  }

  async synced(): Promise<string | null> {
    const text = (await this.#readText(SYNCED_REF)).trim();
    return /^[0-9a-f]{40}$/.test(text) ? text : null;
  }

  async writeSynced(oid: string): Promise<void> {
    if ((await this.synced()) !== oid) await this.#writeText(SYNCED_REF, `${oid}\n`);
  }

  /** Throws the whole clone away and starts an empty one. */
  async discard(): Promise<void> {
    // A file in its place is left, and opening fails.
    if (!(await isFile(this.path))) await this.remove();
    await this.open();
  }

  /** Empty where the file is missing; what stands in its place is removed. */
  async #readText(name: string): Promise<string> {
    try {
      return await fs.readFile(join(this.path, name), "utf8");
    } catch (error) {
      if (isAbsence(error)) return "";
      if (codeOf(error) !== "EISDIR" && codeOf(error) !== "ELOOP") throw error;
      await this.#remove(name);
      return "";
    }
  }

  /** Whole or not at all: written aside, then renamed. */
  async #writeText(name: string, text: string): Promise<void> {
    const path = join(this.path, name);
    await fs.mkdir(join(path, ".."), { recursive: true });
    await fs.writeFile(`${path}.tmp`, text);
    await fs.rename(`${path}.tmp`, path);
  }

  async #isRepositoryOf(url: string): Promise<boolean> {
    const isRepository = /^(?:ref: \S|[0-9a-f]{40}\s*$)/.test(await this.#readText("HEAD"));
    const config = (await this.#readText("config")).split("\n");
    return isRepository && config.includes(`\turl = ${url}`);
  }

  async #makeRepository(): Promise<void> {
    // Loaded when it is needed: most starts find their clones.
    const { makeBareRepository } = await import("./bare-repository.ts");
    // What is left of another would be taken for a whole one, and what a link leads to is not ours.
    await this.#remove("config");
    await this.#remove("HEAD");
    await makeBareRepository(this.path, this.#url);
  }

  async #remove(name: string): Promise<void> {
    await remove(join(this.path, name));
  }
}

/** No name of a source has a dot in it, so neither of these is another source's clone. */
function newOf(path: string): string {
  return `${path}.new`;
}

function asideOf(path: string): string {
  return `${path}.old`;
}

async function exists(path: string): Promise<boolean> {
  try {
    await fs.stat(path);
    return true;
  } catch (error) {
    if (isAbsence(error) || isOther(error)) return false;
    throw error;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await exists(path)) && (await fs.lstat(path)).isFile();
}

function isAbsence(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}

/** There is something else in the place of a file or a folder. */
function isOther(error: unknown): boolean {
  return ["EISDIR", "ENOTDIR", "EEXIST", "ELOOP"].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

async function remove(path: string): Promise<void> {
  await fs.rm(path, { recursive: true, force: true });
}

/** By hand: a schema library would be the better half of what each git thread loads. */
function toBirth(value: unknown): CloneBirth | null {
  const { atMs, bytes } = (value ?? {}) as Partial<Record<keyof CloneBirth, unknown>>;
  return isAmount(atMs) && isAmount(bytes) ? { atMs, bytes } : null;
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && value >= 0;
}
