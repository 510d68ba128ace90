import { toKnownSeed } from "../source/spec-source.ts";
import type { KnownFile } from "../source/spec-source.ts";
import { inSteps, inTurns } from "../kernel/in-turns.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import { pendingPrune } from "../room/prune.ts";
import { sourcesOfRoom } from "../room/sources-of-room.ts";
import type { NotRead, RoomInputs, RoomOwner, Room, WaitsFor } from "../room/room.ts";
import type { FileRow } from "../room/rows.ts";
import type { Store } from "../store/store.ts";
import { problemText } from "./intake-rows.ts";

/** What the agent keeps in memory of one spec file: enough to see what a new snapshot changes without reading the store. */
export interface IndexedFile extends KnownFile {
  readonly roomId: string | null;
  readonly valid: boolean;
  readonly errors: readonly SpecProblem[];
  /** Errors and warnings that are kept. */
  readonly findings: number;
  /** Its row keeps a dry run that was asked for while its room was not the source's. */
  readonly isAsked: boolean;
  /** Of its inputs; null: it is not valid. */
  readonly digest: string | null;
  /** Why it must not be read; null: it may. It names no room then. */
  readonly ignoredBy: string | null;
}

/** The spec files of one source, by path and by the room they name. */
export class SourceIndex {
  readonly #files = new Map<string, IndexedFile>();
  readonly #byRoom = new Map<string, Set<string>>();
  #broken = 0;
  #findings = 0;
  #ignored = 0;
  readonly #onClaim: () => void;

  /** `onClaim`: called when a file names another room than before. */
  constructor(onClaim: () => void) {
    this.#onClaim = onClaim;
  }

  /** How many files are not valid. */
  get broken(): number {
    return this.#broken;
  }

  /** How many findings are kept, of all files together. */
  get findings(): number {
    return this.#findings;
  }

  /** How many files must not be read. */
  get ignored(): number {
    return this.#ignored;
  }

  get(path: string): IndexedFile | undefined {
    return this.#files.get(path);
  }

  /** The files that name a room; with `brokenAt`: those of them, and of the file there, that are not valid. */
  pathsOf(roomId: string, brokenAt?: string): readonly string[] {
    const named = [...(this.#byRoom.get(roomId) ?? [])];
    if (brokenAt === undefined) return named;
    return [...new Set([...named, brokenAt])].filter(
      (path) => this.#files.get(path)?.valid === false,
    );
  }

  put(row: FileRow): void {
    const file = toIndexedFile(row);
    const before = this.#remove(row.path);
    if (claimOf(before) !== claimOf(file)) this.#onClaim();
    this.#files.set(file.path, file);
    if (!file.valid) this.#broken += 1;
    if (file.ignoredBy !== null) this.#ignored += 1;
    this.#findings += file.findings;
    if (file.roomId === null || file.ignoredBy !== null) return;
    const paths = this.#byRoom.get(file.roomId) ?? new Set();
    this.#byRoom.set(file.roomId, paths.add(file.path));
  }

  drop(path: string): void {
    if (claimOf(this.#remove(path)) !== null) this.#onClaim();
  }

  #remove(path: string): IndexedFile | undefined {
    const file = this.#files.get(path);
    if (file === undefined) return undefined;
    this.#files.delete(path);
    if (!file.valid) this.#broken -= 1;
    if (file.ignoredBy !== null) this.#ignored -= 1;
    this.#findings -= file.findings;
    if (file.roomId !== null) this.#byRoom.get(file.roomId)?.delete(path);
    return file;
  }

  files(): IterableIterator<IndexedFile> {
    return this.#files.values();
  }
}

/** The room that a file names, if it may be read. */
function claimOf(file: IndexedFile | undefined): string | null {
  return file === undefined || file.ignoredBy !== null ? null : file.roomId;
}

/** The files on record of a source. In turns, however many they are. */
export async function loadIndex(
  source: string,
  { store, owners }: { readonly store: Pick<Store, "readFiles">; readonly owners: RoomOwners },
): Promise<SourceIndex> {
  const files = await store.readFiles(source);
  const index = new SourceIndex(() => owners.noteChange());
  await inTurns(inSteps(files, (file) => index.put(file)));
  return index;
}

export function toIndexedFile(row: FileRow): IndexedFile {
  const { path, oid, roomId, valid, errors, warnings, inputs, ignoredBy = null } = row;
  const seeds = (inputs?.seeds ?? []).map(toKnownSeed);
  const findings = errors.length + warnings.length;
  const isAsked = (row.asked ?? null) !== null;
  const digest = inputs?.digest ?? null;
  return { path, oid, roomId, valid, errors, findings, seeds, isAsked, digest, ignoredBy };
}

/** What is known of a room's standing without reading its row. */
export interface RoomStandingFact {
  readonly owner: RoomOwner | null;
  /** Why its newest spec may not be used, in words; null when it may. */
  readonly problem: string | null;
  /** The file that the problem is about, where its name is why it is not read; absent or null: it is about something else. */
  readonly notRead?: NotRead | null;
  /** Where its spec is that the problem is about; absent: it is about something else. */
  readonly waitsFor?: WaitsFor;
  /** As of `Room`. */
  readonly notReadLeft?: NotRead;
  /** Of one without an owner, the sources that it holds back; absent: none. */
  readonly heldBack?: readonly string[];
  /** What it took from its file last: "unusable": nothing that can be used; null: not known. */
  readonly took: TakenFile | "unusable" | null;
  /** The commit that accepted the lower version of its file, which may be applied since; null: not known. Absent: none is accepted. */
  readonly acceptedBy?: string | null;
  /** True when its owner lost it by configuration: it has no owner and is not an orphan. */
  readonly lost: boolean;
  /** The source that had the room, while a prune of it waits; null: none does. */
  readonly prunedBy: string | null;
}

type TakenFile = Pick<RoomInputs, "digest" | "specOid">;

export function standingFact(row: Room): RoomStandingFact {
  const { owner, headProblem, notReadLeft, lostOwner, overridden, overriddenFile, head } = row;
  const took = overridden ? overriddenFile : (head ?? "unusable");
  return {
    owner,
    problem: headProblem?.message ?? null,
    notRead: headProblem?.notRead ?? null,
    ...(headProblem?.waitsFor === undefined ? {} : { waitsFor: headProblem.waitsFor }),
    ...(notReadLeft === undefined ? {} : { notReadLeft }),
    ...(owner === null && headProblem !== null ? { heldBack: sourcesOfRoom(row) } : {}),
    ...(row.versionConfirmed === null || row.versionConfirmed !== head?.digest
      ? {}
      : { acceptedBy: row.versionConfirmedBy?.commit ?? null }),
    lost: lostOwner !== null,
    prunedBy: owner === null ? (pendingPrune(row)?.source ?? null) : null,
    took:
      took === null || took === "unusable" ? took : { digest: took.digest, specOid: took.specOid },
  };
}

/** It has no owner, and neither the configuration nor a prune that waits says why. */
export function isOrphanFact({ owner, lost, prunedBy }: RoomStandingFact): boolean {
  return owner === null && !lost && prunedBy === null;
}

/** Whether a room has what its file says now. It has not where the file was read while the room was not its own. */
export function hasTaken({ problem, took }: RoomStandingFact, file: IndexedFile): boolean {
  if (!file.valid && problem !== null) return problem === problemText(file);
  if (problem !== null) return false;
  if (took === null) return true;
  if (took === "unusable") return !file.valid;
  return file.valid && took.digest === file.digest && took.specOid === file.oid;
}

/** Who owns which room, of all sources; one object shared by everything that takes rooms over or lets them go. */
export class RoomOwners {
  readonly #facts = new Map<string, RoomStandingFact>();
  readonly #byFile = new Map<string, string>();
  readonly #meant = new Set<string>();
  readonly #left = new Set<string>();
  readonly #pruned = new Map<string, string>();
  readonly #accepted = new Map<string, string | null>();
  #moment = 0;

  /** Another number as soon as who owns what may be decided otherwise: see `noteChange`. */
  get moment(): number {
    return this.#moment;
  }

  /** A file names another room, or other sources are configured, or may manage other rooms. Owners are noted here already. */
  noteChange(): void {
    this.#moment += 1;
  }

  get(roomId: string): RoomOwner | null {
    return this.#facts.get(roomId)?.owner ?? null;
  }

  factOf(roomId: string): RoomStandingFact | null {
    return this.#facts.get(roomId) ?? null;
  }

  /** The room a file is the recorded owner of, whatever the file says now. */
  ownedBy(source: string, path: string): string | null {
    return this.#byFile.get(fileKey(source, path)) ?? null;
  }

  set(roomId: string, fact: RoomStandingFact): void {
    const known = this.factOf(roomId);
    const before = known?.owner;
    if (before?.kind === "git") this.#byFile.delete(fileKey(before.source, before.path));
    this.#facts.set(roomId, fact);
    const { owner } = fact;
    if (known === null || known.lost !== fact.lost || !isSameOwner(known.owner, owner))
      this.noteChange();
    if (owner?.kind === "git") this.#byFile.set(fileKey(owner.source, owner.path), roomId);
    if (isOrphanFact(fact) && fact.problem !== null) this.#meant.add(roomId);
    else this.#meant.delete(roomId);
    if (isOrphanFact(fact) && fact.notReadLeft !== undefined) this.#left.add(roomId);
    else this.#left.delete(roomId);
    if (fact.acceptedBy === undefined) this.#accepted.delete(roomId);
    else this.#accepted.set(roomId, fact.acceptedBy);
    if (fact.prunedBy === null) this.#pruned.delete(roomId);
    else this.#pruned.set(roomId, fact.prunedBy);
  }

  /** Forgets a room. */
  drop(roomId: string): void {
    const before = this.get(roomId);
    if (before?.kind === "git") this.#byFile.delete(fileKey(before.source, before.path));
    this.#facts.delete(roomId);
    this.#meant.delete(roomId);
    this.#left.delete(roomId);
    this.#pruned.delete(roomId);
    this.#accepted.delete(roomId);
    this.noteChange();
  }

  *all(): Generator<Pick<RoomStandingFact, "owner" | "lost"> & { readonly roomId: string }, void> {
    for (const [roomId, { owner, lost }] of this.#facts) yield { roomId, owner, lost };
  }

  /** The rooms without an owner of which it is on record that a file is meant for them. */
  meantByFiles(): ReadonlySet<string> {
    return this.#meant;
  }

  /** The rooms that a source had and that wait for their prune. */
  prunesOf(source: string): readonly string[] {
    return [...this.#pruned].flatMap(([roomId, by]) => (by === source ? [roomId] : []));
  }

  /** The rooms of a source of which a lower version was accepted, each with the commit that did; null: not known. */
  acceptedOf(source: string): readonly (readonly [string, string | null])[] {
    return [...this.#accepted].filter(([roomId]) => {
      const owner = this.get(roomId);
      return owner?.kind === "git" && owner.source === source;
    });
  }

  /** The rooms without an owner that have a `notReadLeft`. */
  leftByFiles(): ReadonlySet<string> {
    return this.#left;
  }
}

export function isSameOwner(a: RoomOwner | null, b: RoomOwner | null): boolean {
  if (a?.kind !== "git" || b?.kind !== "git") return a?.kind === b?.kind;
  return a.source === b.source && a.path === b.path;
}

/** Source names hold no blank. */
function fileKey(source: string, path: string): string {
  return `${source} ${path}`;
}
