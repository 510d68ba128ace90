import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { DEFAULT_ROOM_ID_PATTERN } from "../config/to-config.ts";
import { tooManyBytes } from "../spec/decode-text.ts";
import { quoted } from "../spec/finding.ts";
import { isMisnamed, isSpecName } from "../source/git/git-spec-listing.ts";
import { mayBePointer, POINTER_NAMES, pointerKindOf } from "../spec/content-pointer.ts";
import { parseSpec } from "../spec/parse-spec.ts";
import { placeInSpec } from "../spec/place-in-spec.ts";
import type { RoomSpec, SpecProblem } from "../spec/room-spec.ts";
import { findRepositoryRoot, kindOf } from "./find-spec-files.ts";

/** Defaults of the agent: offline there is no configuration to ask. */
const SPEC_BYTES = 1_048_576;
const ROOM_ID_PATTERN = new RegExp(DEFAULT_ROOM_ID_PATTERN["operator-rest"]);

export interface FileReport {
  /** As it is shown. */
  readonly path: string;
  /** The room the file describes; null when that is not known. */
  readonly roomId: string | null;
  readonly errors: readonly SpecProblem[];
  readonly warnings: readonly SpecProblem[];
  /** The named folder in which seeds were looked for, as no folder above has `.git`; absent: none was. */
  readonly assumedRoot?: string;
}

export interface SpecFilePlace {
  /** Absolute. */
  readonly file: string;
  readonly shownAs: string;
  /** Where `seedFrom` begins; null: the nearest folder with `.git`. */
  readonly root: string | null;
  /** The folder that the file was found in, where one was named: `seedFrom` begins there if no folder above has `.git`. */
  readonly searched: string | null;
}

/** Judges one file as the agent would, its seeds included. Rejects when the file cannot be read. */
export async function checkSpecFile(place: SpecFilePlace): Promise<FileReport> {
  const { file, shownAs } = place;
  const odd = await oddFile(file);
  if (odd !== null) {
    return { path: shownAs, roomId: null, errors: [atTop(shownAs, odd)], warnings: [] };
  }
  const bytes = await readFile(file);
  const parsed = parseSpec(bytes, {
    path: shownAs,
    maxBytes: SPEC_BYTES,
    roomIdPattern: ROOM_ID_PATTERN,
  });
  const roomId = parsed.kind === "valid" ? parsed.spec.spec.roomId : parsed.roomId;
  const name = path.basename(file);
  const misnamed = isMisnamed(name) ? [oddName(shownAs)] : [];
  const naming = isSpecName(name) || isMisnamed(name) ? [] : [oddName(shownAs)];
  const { errors, assumedRoot = null } =
    parsed.kind === "valid"
      ? await seedErrors(parsed.spec, bytes, place)
      : { errors: parsed.errors };
  return {
    path: shownAs,
    roomId,
    errors: [...misnamed, ...errors],
    warnings: [...naming, ...parsed.warnings],
    ...(assumedRoot === null ? {} : { assumedRoot }),
  };
}

/** What is said of a file that the agent passes over because of its name. */
export const ODD_NAME =
  "the agent reads only files named *.room.yaml, *.room.yml or *.room.json: rename it";

/** An error where the name seems to be meant as a spec's, as it is for the agent; else a warning. */
export function oddName(shownAs: string): SpecProblem {
  return atTop(shownAs, ODD_NAME);
}

export function atTop(shownAs: string, message: string): SpecProblem {
  return { path: shownAs, line: 1, column: 1, message };
}

/** Why a file is not even read, or null. */
async function oddFile(file: string): Promise<string | null> {
  const kind = await kindOf(file);
  if (kind === "link")
    return "is a symbolic link, which the agent does not follow: commit the file";
  if (kind === "other") return "is not a regular file: commit a file";
  const { size } = await stat(file);
  return size > SPEC_BYTES ? tooManyBytes(size, SPEC_BYTES) : null;
}

/** One error for each `seedFrom` that is not a regular file of the repository. */
async function seedErrors(
  spec: RoomSpec,
  bytes: Uint8Array,
  { file, shownAs, root, searched }: SpecFilePlace,
): Promise<{ readonly errors: readonly SpecProblem[]; readonly assumedRoot?: string | null }> {
  const seeds = spec.spec.artifacts.flatMap(({ seedFrom }, position) =>
    seedFrom === null ? [] : [{ seedFrom, position }],
  );
  if (seeds.length === 0) return { errors: [] };
  const known = root ?? (await findRepositoryRoot(path.dirname(file)));
  const base = known ?? searched;
  const errors: SpecProblem[] = [];
  for (const { seedFrom, position } of seeds) {
    const message = base === null ? NO_ROOT : await seedProblem({ base, known }, seedFrom);
    if (message === null) continue;
    const member = ["spec", "artifacts", position, "seedFrom"];
    errors.push(placeInSpec(bytes, shownAs, { path: member, message }));
  }
  return { errors, assumedRoot: known === null ? base : null };
}

const NO_ROOT = "cannot be checked, because no folder above the file has .git: pass --root DIR";

async function pointerProblem(file: string): Promise<string | null> {
  const { size } = await stat(file);
  const pointer = mayBePointer(size) ? pointerKindOf(await readFile(file)) : null;
  if (pointer === null) return null;
  return `the file is ${POINTER_NAMES[pointer]}, and the agent does not read the content behind it: commit the file itself`;
}

/** Walks down segment by segment, because git does not follow links on the way either. */
async function seedProblem(
  { base, known }: { readonly base: string; readonly known: string | null },
  seedFrom: string,
): Promise<string | null> {
  const segments = seedFrom.split("/");
  for (const position of segments.keys()) {
    const at = segments.slice(0, position + 1).join("/");
    const kind = await kindOf(path.join(base, at));
    const wanted = position === segments.length - 1 ? "file" : "folder";
    if (kind === wanted) {
      const problem = kind === "file" ? await pointerProblem(path.join(base, at)) : null;
      if (problem !== null) return problem;
      continue;
    }
    if (kind === "missing")
      return `file ${quoted(seedFrom)} is missing in ${quoted(base)}: add it${known === null ? ", or pass --root DIR" : ""}`;
    const what = { file: "a file", folder: "a folder", link: "a symbolic link", other: "a device" };
    return `${quoted(at)} is ${what[kind]}, not a regular ${wanted}: name a file of the repository`;
  }
  return null;
}
