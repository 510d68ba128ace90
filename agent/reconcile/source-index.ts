import { toKnownSeed } from "../source/spec-source.ts";
import type { KnownFile } from "../source/spec-source.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import type { FileRow, RoomOwner, RoomRow } from "../store/rows.ts";

/** What the agent keeps in memory of one spec file: enough to see what a new snapshot changes without reading the store. */
export interface IndexedFile extends KnownFile {
  readonly roomId: string | null;
  readonly valid: boolean;
  readonly errors: readonly SpecProblem[];
  /** Errors and warnings that are kept. */
  readonly findings: number;
  /** Its row keeps a dry run that was asked for while its room was not the source's. */
  readonly isAsked: boolean;
}

/** The spec files of one source, by path and by the room they name. */
export class SourceIndex {
  readonly #files = new Map<string, IndexedFile>();
  readonly #byRoom = new Map<string, Set<string>>();
  #broken = 0;
  #findings = 0;

  constructor(rows: readonly FileRow[]) {
    for (const row of rows) this.put(row);
  }

  get size(): number {
    return this.#files.size;
  }

  /** How many files are not valid. */
  get broken(): number {
    return this.#broken;
  }

  /** How many findings are kept, of all files together. */
  get findings(): number {
    return this.#findings;
  }

  get(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  /** The files that name a room. */
  pathsOf(roomId: string): readonly string[] {
    return [...(this.#byRoom.get(roomId) ?? [])];
  }

  put(row: FileRow): void {
    this.drop(row.path);
    const file = toIndexedFile(row);
    this.#files.set(file.path, file);
    if (!file.valid) this.#broken += 1;
    this.#findings += file.findings;
    if (file.roomId === null) return;
    const paths = this.#byRoom.get(file.roomId) ?? new Set();
    this.#byRoom.set(file.roomId, paths.add(file.path));
  }

  drop(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    if (!file.valid) this.#broken -= 1;
    this.#findings -= file.findings;
    if (file.roomId !== null) this.#byRoom.get(file.roomId)?.delete(path);
  }

  files(): IterableIterator<IndexedFile> {
    return this.#files.values();
  }
}

export function toIndexedFile(row: FileRow): IndexedFile {
  const { path, oid, roomId, valid, errors, warnings, inputs } = row;
  const seeds = (inputs?.seeds ?? []).map(toKnownSeed);
  const findings = errors.length + warnings.length;
  const isAsked = (row.asked ?? null) !== null;
  return { path, oid, roomId, valid, errors, findings, seeds, isAsked };
}

/** What is known of a room's standing without reading its row. */
export interface RoomStandingFact {
  readonly owner: RoomOwner | null;
  /** True when its newest spec may not be used. */
  readonly troubled: boolean;
  /** True when its owner lost it by configuration: no orphan, although nobody owns it. */
  readonly lost: boolean;
}

export function standingFact({ owner, headProblem, lostOwner }: RoomRow): RoomStandingFact {
  return { owner, troubled: headProblem !== null, lost: (lostOwner ?? null) !== null };
}

/** Who owns which room, of all sources; one object shared by everything that takes rooms over or lets them go. */
export class RoomOwners {
  readonly #facts = new Map<string, RoomStandingFact>();
  readonly #byFile = new Map<string, string>();

  get(roomId: string): RoomOwner | null {
    return this.#facts.get(roomId)?.owner ?? null;
  }

  isTroubled(roomId: string): boolean {
    return this.#facts.get(roomId)?.troubled ?? false;
  }

  /** The room a file is the recorded owner of, whatever the file says now. */
  ownedBy(source: string, path: string): string | null {
    return this.#byFile.get(fileKey(source, path)) ?? null;
  }

  set(roomId: string, fact: RoomStandingFact): void {
    const before = this.get(roomId);
    if (before?.kind === "git") this.#byFile.delete(fileKey(before.source, before.path));
    this.#facts.set(roomId, fact);
    const { owner } = fact;
    if (owner?.kind === "git") this.#byFile.set(fileKey(owner.source, owner.path), roomId);
  }

  /** Forgets a room. */
  drop(roomId: string): void {
    const before = this.get(roomId);
    if (before?.kind === "git") this.#byFile.delete(fileKey(before.source, before.path));
    this.#facts.delete(roomId);
  }

  all(): readonly (Pick<RoomStandingFact, "owner" | "lost"> & { readonly roomId: string })[] {
    return [...this.#facts].map(([roomId, { owner, lost }]) => ({ roomId, owner, lost }));
  }
}

/** Source names hold no blank. */
function fileKey(source: string, path: string): string {
  return `${source} ${path}`;
}
