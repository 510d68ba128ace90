import { artifactFingerprint } from "../../spec/fingerprint.ts";
import { parseTask } from "../parse-pool.ts";
import type { ParseWatch } from "../parse-thread.ts";
import type { Revision, RevisionFile } from "../revision.ts";
import { SeedQuota } from "../seed-quota.ts";
import type { SpecFile } from "../spec-source.ts";
import { hiddenSpecs } from "./git-hidden-specs.ts";
import { needBlobs } from "./git-needed-blobs.ts";
import type { BlobCall, OpenClone } from "./git-open-clone.ts";
import { PACKS_OF_SPECS } from "./git-session.ts";
import type { ReadableClone } from "./git-session.ts";
import type { SideClone } from "./git-side-clone.ts";
import { filterListing } from "./git-spec-filter.ts";
import { SpecFiles } from "./git-spec-files.ts";
import { listSpecs } from "./git-spec-listing.ts";
import { SpecParsing } from "./git-spec-parsing.ts";
import { WantedBlobs } from "./git-wanted-blobs.ts";
import type { GitWorkerSettings } from "./git-worker-messages.ts";

export interface RevisionPlace {
  readonly clone: SideClone;
  /** Of the source that it is read for. */
  readonly settings: GitWorkerSettings;
}

export interface ReadRevisionRequest {
  readonly head: string;
  readonly paths: readonly string[];
  readonly call: BlobCall;
}

/** The spec files of a commit at some paths, as a sync would read them: same path, patterns, limits and parser. */
export async function readRevision(
  { clone, settings }: RevisionPlace,
  { head, paths, call }: ReadRevisionRequest,
): Promise<Revision> {
  const at = await clone.bring(head, call);
  const reading = toReadable({ at, clone, settings }, head);
  const { trees } = at;
  const rootTree = trees.commit(head).tree;
  const wanted = new WantedBlobs(reading, head, call);
  const listing = listSpecs(trees, rootTree, { folder: settings.path, limits: settings.limits });
  const { kept, ignored } = await filterListing(listing, reading, wanted);
  const asked = new Set(paths);
  const known = new Map(paths.map((path) => [path, { path, oid: "", seeds: [] }]));
  const hidden = hiddenSpecs(listing.found, known, { trees, rootTree, folder: settings.path });
  const chosen = [...kept.filter(({ path }) => asked.has(path)), ...hidden];
  await wanted.specs(chosen);
  const parsing = new SpecParsing(reading, chosen);
  const quota = new SeedQuota(settings.limits.seedTotalBytes);
  const files = new SpecFiles(reading, { rootTree, commit: head, quota, parsing, wanted });
  const made: RevisionFile[] = [];
  await files.tell(chosen, {
    tell: async () => undefined,
    made: (file) => {
      made.push(toRevisionFile(file, at));
      call.onReceived();
    },
  });
  return { kind: "revision", files: made, ignored, paths: kept.map(({ path }) => path) };
}

/** What reads a clone, over this one. */
function toReadable(
  { at, clone, settings }: RevisionPlace & { readonly at: OpenClone },
  head: string,
) {
  const { limits } = settings;
  const mostBytes = limits.seedTotalBytes + PACKS_OF_SPECS * limits.packBytes;
  const readable: ReadableClone = {
    settings,
    objects: at.objects,
    trees: at.trees,
    need: (oids, call) => {
      const wanted = { oids: Array.from(oids), head, counting: null, commits: 0 };
      return needBlobs(at, wanted, { ...call, mostBytes });
    },
    parse: (path: string, bytes: Buffer, watch?: ParseWatch) =>
      clone.parsers.parse(parseTask(path, bytes, settings), watch),
    // Asked for commits between two heads alone.
    specBytes: () => null,
  };
  return readable;
}

function toRevisionFile(
  { path, oid, parsed, seeds }: SpecFile,
  { objects }: OpenClone,
): RevisionFile {
  const fingerprints = new Map<string, string>();
  const oids = new Map(seeds.map((seed) => [seed.path, seed.kind === "present" ? seed.oid : null]));
  for (const artifact of parsed.kind === "valid" ? parsed.spec.spec.artifacts : []) {
    const oid = artifact.seedFrom === null ? null : (oids.get(artifact.seedFrom) ?? null);
    if (oid === null) continue;
    fingerprints.set(artifact.name, artifactFingerprint(artifact, objects.read(oid, "blob")));
  }
  return { path, oid, parsed, seeds, fingerprints };
}
