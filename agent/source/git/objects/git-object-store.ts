import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { applyDelta } from "./git-delta.ts";
import { gitFailure } from "../../git-failure.ts";
import { readPackEntry } from "./git-pack-entry.ts";
import type { ObjectType } from "./git-pack-entry.ts";
import { PackFile } from "./git-pack-file.ts";
import { inflateEntry } from "./git-pack-scan.ts";

export interface GitObject {
  readonly type: ObjectType;
  readonly bytes: Buffer;
}

/** Bytes of delta bases kept; a base over a quarter of it is not. */
const BASE_CACHE_BYTES = 16 * 1024 * 1024;

/** git makes no longer chains. */
const MAX_DELTA_CHAIN = 4096;

/**
 * The objects of a clone, by id. Reads packs alone: nothing here writes loose objects. Each object is hashed and compared
 * with its id before it is given out, so a damaged pack or index never yields wrong content: it yields `CorruptPack`.
 */
export class GitObjectStore {
  #folder: string;
  #packs: PackFile[] = [];
  readonly #skipped = new Map<string, number>();
  readonly #bases = new Map<string, GitObject>();
  #baseBytes = 0;

  /** `gitDir` is the bare repository. */
  constructor(gitDir: string) {
    this.#folder = join(gitDir, "objects", "pack");
  }

  /** Opens packs that came and drops packs that went. The newest is asked first: what is new is what is read most. */
  refresh(): void {
    const names = packNames(this.#folder);
    const kept = this.#packs.filter((pack) => names.includes(pack.name));
    for (const pack of this.#packs) if (!kept.includes(pack)) pack.close();
    const opened = names.filter((name) => !kept.some((pack) => pack.name === name));
    this.#packs = kept;
    for (const name of opened) this.#packs.unshift(new PackFile(join(this.#folder, name)));
    this.#bases.clear();
    this.#baseBytes = 0;
  }

  /** The bare repository was moved; what is open on it stays open. */
  movedTo(gitDir: string): void {
    this.#folder = join(gitDir, "objects", "pack");
  }

  has(oid: string): boolean {
    return this.#packs.some((pack) => pack.find(oid) !== -1);
  }

  /** Blobs that came and were too large to keep: their sizes by id. */
  noteSkipped(blobs: ReadonlyMap<string, number>): void {
    for (const [oid, size] of blobs) this.#skipped.set(oid, size);
  }

  /** The size of a blob that came and was too large to keep; null for any other. */
  skippedSize(oid: string): number | null {
    const size = this.#skipped.get(oid);
    return size === undefined || this.has(oid) ? null : size;
  }

  /** Throws `CorruptPack` when the object is absent, damaged or of another type. */
  read(oid: string, type: ObjectType): Buffer {
    const found = this.find(oid);
    if (found === null)
      throw gitFailure("CorruptPack", `The ${type} ${oid} is missing in the clone.`);
    if (found.type !== type) {
      throw gitFailure("CorruptPack", `The object ${oid} is a ${found.type}, not a ${type}.`);
    }
    return found.bytes;
  }

  /** Null when no pack has the object. Throws `CorruptPack` when it is damaged. */
  find(oid: string): GitObject | null {
    for (const pack of this.#packs) {
      const start = pack.find(oid);
      if (start === -1) continue;
      const object = this.#resolve(pack, start);
      const sum = createHash("sha1")
        .update(`${object.type} ${object.bytes.length}\0`)
        .update(object.bytes)
        .digest("hex");
      if (sum !== oid)
        throw gitFailure("CorruptPack", `The object ${oid} in the clone is damaged.`);
      return object;
    }
    return null;
  }

  /** The size of an object, without inflating it where it stands whole in its pack. Null when no pack has it. */
  sizeOf(oid: string): number | null {
    for (const pack of this.#packs) {
      const start = pack.find(oid);
      if (start === -1) continue;
      const entry = readPackEntry(pack.headBytes(start), 0);
      const whole = entry.kind !== "offsetDelta" && entry.kind !== "refDelta";
      return whole ? entry.size : this.#resolve(pack, start).bytes.length;
    }
    return null;
  }

  close(): void {
    for (const pack of this.#packs) pack.close();
    this.#packs = [];
    this.#bases.clear();
  }

  /** Follows deltas down to a whole object, then applies them upwards: one delta and two objects are in memory at a time. */
  #resolve(pack: PackFile, start: number): GitObject {
    const deltas: number[] = [];
    let at = start;
    let object = this.#bases.get(`${pack.name}:${at}`);
    while (object === undefined) {
      const entry = readPackEntry(pack.headBytes(at), 0);
      if (entry.kind !== "offsetDelta" && entry.kind !== "refDelta") {
        object = { type: entry.kind, bytes: inflateAt(pack, at) };
        if (deltas.length > 0) this.#keep(`${pack.name}:${at}`, object);
        break;
      }
      if (deltas.length >= MAX_DELTA_CHAIN) {
        throw gitFailure(
          "CorruptPack",
          `A chain of more than ${MAX_DELTA_CHAIN} deltas is refused.`,
        );
      }
      deltas.push(at);
      at = entry.kind === "offsetDelta" ? at - entry.baseDistance : pack.find(entry.baseOid);
      if (at < 0) throw gitFailure("CorruptPack", "A delta's base is not in its pack.");
      object = this.#bases.get(`${pack.name}:${at}`);
    }
    for (const [index, deltaAt] of deltas.reverse().entries()) {
      object = { type: object.type, bytes: applyDelta(inflateAt(pack, deltaAt), object.bytes) };
      if (index < deltas.length - 1) this.#keep(`${pack.name}:${deltaAt}`, object);
    }
    return object;
  }

  #keep(key: string, object: GitObject): void {
    if (object.bytes.length > BASE_CACHE_BYTES / 4 || this.#bases.has(key)) return;
    this.#bases.set(key, object);
    this.#baseBytes += object.bytes.length;
    for (const [oldest, { bytes }] of this.#bases) {
      if (this.#baseBytes <= BASE_CACHE_BYTES) break;
      this.#bases.delete(oldest);
      this.#baseBytes -= bytes.length;
    }
  }
}

function inflateAt(pack: PackFile, at: number): Buffer {
  const bytes = pack.entryBytes(at);
  const entry = readPackEntry(bytes, 0);
  return inflateEntry(bytes.subarray(entry.dataStart), entry).data;
}

/** Names of the packs that have an index, sorted. */
function packNames(folder: string): readonly string[] {
  const names = new Set(readdirSync(folder));
  return [...names]
    .filter((name) => name.endsWith(".pack") && names.has(name.replace(/\.pack$/, ".idx")))
    .sort();
}
