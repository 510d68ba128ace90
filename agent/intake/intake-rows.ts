import { joined, withoutStop } from "../kernel/joined.ts";
import { inputsDigest } from "../spec/digest.ts";
import { countProblems } from "../spec/problems.ts";
import type { CommitRange, SeedFile, SpecFile, SpecSeed } from "../source/spec-source.ts";
import { toIso } from "../kernel/clock.ts";
import type { RoomInputs, SeedRef } from "../room/room.ts";
import type { FileRow, HistoryRow } from "../room/rows.ts";
import type { StoreChange } from "../store/store.ts";

/** Who made what is being ingested: the newest commit that touched the file, or the head where none is known. */
export interface Provenance {
  readonly author: string | null;
  readonly committedAt: string | null;
}

export const UNKNOWN_PROVENANCE: Provenance = { author: null, committedAt: null };

/** By path, the newest commit of a fetch that touched the file. Of a first head it is not known who touched what. */
export function provenances(range: CommitRange): ReadonlyMap<string, Provenance> {
  const { history, headOnly = false, commits } = range;
  const byPath = new Map<string, Provenance>();
  if (history === "first" || headOnly) return byPath;
  for (const { author, committedAtMs, touches } of commits) {
    const provenance = { author, committedAt: toIso(committedAtMs) };
    for (const { path } of touches) byPath.set(path, provenance);
  }
  return byPath;
}

/** A file as a row; its inputs are known only when it is valid. */
export function toFileRow(
  file: Omit<SpecFile, "text">,
  at: { readonly source: string; readonly revision: string },
  from: Provenance,
): FileRow {
  const { parsed } = file;
  const common = { source: at.source, path: file.path, oid: file.oid };
  if (parsed.kind === "invalid") {
    const { roomId, errors, warnings } = parsed;
    return { ...common, roomId, valid: false, errors, warnings, inputs: null };
  }
  const seeds = file.seeds.map(toSeedRef);
  const inputs: RoomInputs = {
    digest: inputsDigest(parsed.digest, seeds),
    specOid: file.oid,
    specDigest: parsed.digest,
    specVersion: parsed.spec.metadata.version,
    path: file.path,
    seeds,
    revision: at.revision,
    ...from,
  };
  const { roomId } = parsed.spec.spec;
  return { ...common, roomId, valid: true, errors: [], warnings: parsed.warnings, inputs };
}

/** A seed as its room's inputs name it, without its bytes. */
export function toSeedRef(seed: SpecSeed): SeedRef {
  if (seed.kind === "unusable") return seed;
  const { path, kind, oid, size } = seed;
  return { path, kind, oid, size };
}

/** A file as before that its room takes its inputs from only now. */
export function observedAt(file: FileRow, revision: string): FileRow {
  return file.inputs === null ? file : { ...file, inputs: { ...file.inputs, revision } };
}

/** What has to be durable before a room refers to the file: its text and parsed form. Its seeds were written before. */
export function specChanges({ oid, text, parsed, packed }: SpecFile): readonly StoreChange[] {
  if (parsed.kind === "invalid") return [];
  const already = packed === undefined ? {} : { packed };
  return [{ kind: "spec", specOid: oid, text, spec: parsed.spec, ...already }];
}

/** The bytes of the seeds that can be used. */
export function seedChanges(seeds: readonly SeedFile[]): readonly StoreChange[] {
  return seeds.flatMap((seed): readonly StoreChange[] =>
    seed.kind === "present" ? [{ kind: "seed", oid: seed.oid, bytes: seed.bytes }] : [],
  );
}

/** What is wrong with a file, as one text for people. */
export function problemText(file: Pick<FileRow, "errors">): string {
  const first = file.errors
    .filter(({ further }) => further === undefined)
    .slice(0, 3)
    .map(({ path, line, column, message }) => `${path}:${line}:${column}: ${message}`);
  const left = countProblems(file.errors) - first.length;
  const more = left > 0 ? ` (and ${left} more)` : "";
  return `${more === "" ? joined(first) : withoutStop(joined(first))}${more}`;
}

/** The history row of inputs that were observed. */
export function observedRow(roomId: string, inputs: RoomInputs, nowIso: string): HistoryRow {
  const { specVersion, specDigest, digest, revision, path, specOid, author } = inputs;
  return {
    roomId,
    specVersion,
    specDigest,
    inputsDigest: digest,
    revision,
    path,
    specOid,
    author,
    time: nowIso,
    outcome: "observed",
  };
}
