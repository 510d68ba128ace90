import type { Forge, ForgeFailure, PullRequest } from "../forge/forge.ts";
import { toFileRow, UNKNOWN_PROVENANCE } from "../intake/intake-rows.ts";
import type { Item } from "../plan/item.ts";
import type { DesiredRoom, SeedState } from "../plan/plan.ts";
import type { PreviewRequest, RoomPreview } from "../reconcile/preview-room.ts";
import { toRevision } from "../room/revision.ts";
import type { Revision, RevisionReader } from "../source/revision.ts";
import type { SourceFailure } from "../source/spec-source.ts";
import { touchedFiles } from "./touched-files.ts";
import {
  touchedRooms,
  type BranchFacts,
  type TouchedRoom,
  type ValidFile,
} from "./touched-rooms.ts";
import type { Review, ReviewProblem, RoomReview } from "./review.ts";

/** Rooms of one pull request that are planned. */
const MOST_ROOMS = 1000;

/** Rooms that cannot be read, after which no more are asked for. */
const MOST_FAILURES = 3;

export interface ReviewDeps {
  readonly branch: string;
  readonly facts: () => BranchFacts;
  readonly forge: { readonly pullRequests: Pick<Forge["pullRequests"], "files"> };
  readonly revisions: RevisionReader;
  readonly preview: (request: PreviewRequest, signal: AbortSignal) => Promise<RoomPreview>;
  /** What is removed from a room of the source whose spec file goes, once a person confirms it. */
  readonly prunes: (roomId: string) => Promise<readonly Item[]>;
  readonly correlationId: string;
}

/**
 * Plans all that a pull request touches at its head, and writes nothing. `base`: the head of the branch. What the forge does not
 * say is a failure; what git or a room does not say is in the review. Rejects with the reason of `signal`, and with the store's
 * `StoreUnavailable`.
 */
export async function reviewPullRequest(
  { number, headSha: head }: Pick<PullRequest, "number" | "headSha">,
  {
    base,
    deps,
    signal,
  }: { readonly base: string; readonly deps: ReviewDeps; readonly signal: AbortSignal },
): Promise<Review | ForgeFailure> {
  const changed = await deps.forge.pullRequests.files(number, signal);
  if (changed.kind === "failed") return changed;
  const facts = deps.facts();
  const { list, isWhole } = changed.value;
  const { paths, isIgnoreChanged } = touchedFiles(list, facts.files);
  const about = { source: facts.source, number, head, base, baseBranch: deps.branch };
  const empty = { ...about, rooms: [], invalid: [], ignored: [] };
  const cut = isWhole ? [] : [cutList(list.length)];
  const read = await readSpecs({ head, paths, isIgnoreChanged }, { deps, signal });
  if (read.kind === "failed") return { ...empty, problems: [...cut, unread(read)] };
  const { rooms, invalid, ignored } = touchedRooms(read.paths, read.revision, facts);
  const planned: RoomReview[] = [];
  for (const room of rooms.slice(0, MOST_ROOMS)) {
    const failed = planned.filter(({ result }) => result.kind === "failed");
    // A RoomServer that is down is not asked for each of them.
    if (failed.length >= MOST_FAILURES) planned.push(asFailed(room, failed.at(-1)));
    else planned.push(await reviewRoom(room, { head, facts, deps, signal }));
  }
  const many = rooms.length > MOST_ROOMS ? [tooMany(rooms.length)] : [];
  return { ...about, rooms: planned, invalid, ignored, problems: [...cut, ...many] };
}

interface Asking {
  readonly deps: ReviewDeps;
  readonly signal: AbortSignal;
}

type ReadSpecs =
  | SourceFailure
  | { readonly kind: "read"; readonly paths: readonly string[]; readonly revision: Revision };

/** Where another `.roomignore` lets other files in, those are touched as well. */
async function readSpecs(
  {
    head,
    paths,
    isIgnoreChanged,
  }: { head: string; paths: readonly string[]; isIgnoreChanged: boolean },
  { deps, signal }: Asking,
): Promise<ReadSpecs> {
  const revision = await deps.revisions.readRevision({ head, paths }, signal);
  if (revision.kind === "failed") return revision;
  if (!isIgnoreChanged) return { kind: "read", paths, revision };
  const known = new Map(Array.from(deps.facts().files, (file) => [file.path, file]));
  const readable = new Set(revision.paths);
  const fewer = [...known.values()].filter(
    ({ path, ignoredBy }) => ignoredBy === null && !readable.has(path),
  );
  const more = revision.paths.filter((path) => (known.get(path)?.ignoredBy ?? null) !== null);
  const fresh = revision.paths.filter((path) => !known.has(path));
  const all = [...new Set([...paths, ...fewer.map(({ path }) => path), ...more, ...fresh])];
  const again = await deps.revisions.readRevision({ head, paths: all }, signal);
  return again.kind === "failed" ? again : { kind: "read", paths: all, revision: again };
}

async function reviewRoom(
  room: TouchedRoom,
  { head, facts, deps, signal }: Asking & { readonly head: string; readonly facts: BranchFacts },
): Promise<RoomReview> {
  const { roomId } = room;
  const isNew = facts.ownerOf(roomId) === null;
  const bare = { roomId, isNew, seeds: [], warnings: [] };
  if (room.kind === "rejected") {
    const { path, reason, message } = room;
    return { ...bare, path, result: { kind: "rejected", reason, message } };
  }
  if (room.kind === "gone") {
    const prunes = await deps.prunes(roomId);
    return { ...bare, path: room.path, result: { kind: "gone", prunes } };
  }
  const { file } = room;
  const { source } = facts;
  const revision = toRevision(null, head);
  const { inputs } = toFileRow(file, { source, revision }, UNKNOWN_PROVENANCE);
  if (inputs === null) throw new TypeError(`${file.path} has no inputs`);
  const desired = toDesired(file);
  const { correlationId } = deps;
  const request = { roomId, source, path: file.path, inputs, desired, correlationId };
  const result = await deps.preview(request, signal);
  const seeds = file.seeds.flatMap((seed) => (seed.kind === "unusable" ? [seed] : []));
  const { warnings } = file.parsed;
  return { roomId, path: file.path, isNew, result, seeds, warnings };
}

function asFailed(room: TouchedRoom, like: RoomReview | undefined): RoomReview {
  const path = room.kind === "planned" ? room.file.path : room.path;
  const { roomId } = room;
  const result = like?.result ?? { kind: "failed", message: "not asked for" };
  return { roomId, path, isNew: false, result, seeds: [], warnings: [] };
}

function toDesired({ parsed: { spec }, seeds, fingerprints }: ValidFile): DesiredRoom {
  const byPath = new Map(seeds.map((seed) => [seed.path, seed]));
  const states = new Map<string, SeedState>();
  for (const { name, seedFrom } of spec.spec.artifacts) {
    const seed = seedFrom === null ? undefined : byPath.get(seedFrom);
    if (seed === undefined) continue;
    const fingerprint = fingerprints.get(name) ?? "";
    states.set(name, seed.kind === "present" ? { ...seed, fingerprint } : seed);
  }
  return { spec, seeds: states };
}

/** Reasons that stay as long as the head does. */
const LASTING = new Set<SourceFailure["reason"]>([
  "LimitExceeded",
  "IgnoreFileInvalid",
  "NotACommit",
]);

function unread({ reason, message }: SourceFailure): ReviewProblem {
  return {
    isPassing: !LASTING.has(reason),
    message: `The head cannot be read: ${reason}: ${message}`,
  };
}

function cutList(count: number): ReviewProblem {
  const message = `The forge lists only the first ${count} changed files, so this cannot be planned whole: split the pull request.`;
  return { isPassing: false, message };
}

function tooMany(count: number): ReviewProblem {
  const message = `It touches ${count} rooms, and at most ${MOST_ROOMS} are planned: split the pull request.`;
  return { isPassing: false, message };
}
