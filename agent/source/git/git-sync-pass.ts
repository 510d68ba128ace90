import type { CommitWalk } from "./git-commit-walk.ts";
import { saidBy } from "./git-commit-messages.ts";
import { CommitWork } from "./git-commit-work.ts";
import { toSourceFailure } from "../git-failure.ts";
import { SeedQuota } from "../seed-quota.ts";
import { SeedNames } from "./git-seed-names.ts";
import { seedPaths } from "./git-seeds.ts";
import { hiddenSpecs } from "./git-hidden-specs.ts";
import { inLanes } from "../in-lanes.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { GitSession } from "./git-session.ts";
import { filterListing, type FilteredListing } from "./git-spec-filter.ts";
import { withSignatures } from "./git-signature-check.ts";
import type { RangeCheck } from "./signature/verified-range.ts";
import { changedSpecs } from "./git-spec-changes.ts";
import { SpecFiles } from "./git-spec-files.ts";
import { SpecParsing } from "./git-spec-parsing.ts";
import type { SpecBetween } from "./git-spec-parsing.ts";
import { listingWarnings } from "./git-listing-warnings.ts";
import { listSpecs } from "./git-spec-listing.ts";
import type { ListedSpec, SpecListing } from "./git-spec-listing.ts";
import { changesOtherFiles, recordCommit } from "./git-touches.ts";
import type { TouchQuestion } from "./git-touches.ts";
import type { Ask, WorkerResult } from "./git-worker-messages.ts";
import { WantedBlobs } from "./git-wanted-blobs.ts";
import { ignoredWarnings } from "../spec-filter.ts";
import { unreadWarnings } from "../unread-specs.ts";
import type { KnownLine } from "../known-line.ts";
import { toKnownSeed } from "../spec-source.ts";
import type { CommitRange, CommitRecord, KnownFile, SourceWarning } from "../spec-source.ts";

export interface GitSyncRequest {
  readonly head: string;
  readonly previous: string | null;
  readonly line: KnownLine;
  readonly knownPrint: string;
  readonly notRead: readonly string[];
  readonly credentials: GitCredentials;
  /** Blobs that others who wait for this sync to end will read of the same tree: brought along, and nothing fails by them. */
  readonly alsoWanted: (rootTree: string) => readonly string[];
  readonly signal: AbortSignal;
  /** Gives the main thread something and waits until it was taken; for `known` it answers with it. */
  readonly ask: (ask: Ask) => Promise<readonly KnownFile[]>;
  /** Reports progress. */
  readonly progress: () => void;
  /** Null: no signature is checked. */
  readonly check: RangeCheck | null;
}

const NEW_COMMITS_UNKNOWN =
  "The new commits of the branch cannot be determined: the clone does not have all of its history.";

/** What the head's spec files are compared with. */
interface Sides {
  readonly changed: readonly ListedSpec[];
  readonly known: ReadonlyMap<string, KnownFile>;
  readonly parsing: SpecParsing;
}

type MetCommits = Pick<CommitRange, "returnedTo" | "kept" | "since">;

/** One way through a verified head: what changed, which commits did it, and the files themselves. */
export class SyncPass {
  /** What is known once this sync counts. */
  readonly next = new Map<string, KnownFile>();
  delivered = false;
  readonly #session: GitSession;
  readonly #request: GitSyncRequest;
  readonly #wanted: WantedBlobs;

  constructor(session: GitSession, request: GitSyncRequest) {
    this.#session = session;
    this.#request = request;
    const { head, credentials, signal, progress } = request;
    this.#wanted = new WantedBlobs(session, head, { credentials, signal, onReceived: progress });
  }

  /** `met`: what this head is or is built on, of what was asked. */
  async run(
    walk: CommitWalk,
    known: ReadonlyMap<string, KnownFile>,
    met: MetCommits,
  ): Promise<WorkerResult> {
    const { settings, trees, objects } = this.#session;
    const { head, previous } = this.#request;
    const rootTree = trees.commit(head).tree;
    const listing = this.#list(rootTree);
    const place = { trees, rootTree, folder: settings.path };
    const read = await filterListing(listing, this.#session, this.#wanted);
    const { kept: found, ignored } = read;
    for (const { path } of ignored) this.#remember(known.get(path));
    const listed = [...found, ...hiddenSpecs(listing.found, known, place)];
    await this.#wanted.unusedSeeds(known.values(), rootTree);
    const changed = changedSpecs({
      trees,
      objects,
      listed,
      known,
      rootTree,
      previousTree: previous !== null && objects.has(previous) ? trees.commit(previous).tree : null,
      seedBytes: settings.limits.seedBytes,
      seedTotalBytes: settings.limits.seedTotalBytes,
    });
    await this.#wanted.specs(changed, () => this.#request.alsoWanted(rootTree));
    const kept = unchanged({ listed, changed, known });
    const parsing = new SpecParsing(this.#session, changed);
    await this.#tellCommits(walk, { changed, known, parsing }, met);
    // Whatever the commits between cost: the head has its own time.
    parsing.renew(changed.length);
    const quota = new SeedQuota(settings.limits.seedTotalBytes, kept);
    const files = new SpecFiles(this.#session, {
      rootTree,
      commit: head,
      quota,
      parsing,
      wanted: this.#wanted,
    });
    await files.tell(changed, {
      tell: async (made) => {
        await this.#request.ask({ kind: "files", files: made });
      },
      made: ({ path, oid, seeds }) => {
        this.next.set(path, { path, oid, seeds: seeds.map(toKnownSeed) });
        this.#request.progress();
      },
    });
    for (const file of kept) this.#remember(file);
    return {
      kind: "ready",
      head,
      paths: listed.map((spec) => spec.path).join("\n"),
      oids: listed.map((spec) => spec.oid).join(""),
      ignored,
      warnings: [...listingWarnings(listing, place), ...this.#warningsOf(read)],
      trail: this.#session.trail(head),
    };
  }

  #list(rootTree: string): SpecListing {
    const { settings, trees, listings: memory } = this.#session;
    return listSpecs(trees, rootTree, { folder: settings.path, limits: settings.limits, memory });
  }

  #warningsOf({ others, ignored }: FilteredListing): readonly SourceWarning[] {
    const unread = this.#session.unread.among(others, this.#session, this.#request.notRead);
    return [...unreadWarnings(unread), ...ignoredWarnings(ignored)];
  }

  #remember(file: KnownFile | undefined): void {
    if (file !== undefined) this.next.set(file.path, file);
  }

  async #tellCommits(walk: CommitWalk, sides: Sides, met: MetCommits): Promise<void> {
    const range = await this.#rangeOf(walk, sides);
    const returned = { ...range, ...met };
    const { check } = this.#request;
    const full = check === null ? returned : await withSignatures(returned, check);
    this.delivered = true;
    await this.#request.ask({ kind: "commits", range: full });
  }

  /**
   * A commit between that goes over a limit cannot be looked at, although the head is within it: what was said meanwhile
   * confirms as little as in a rewritten history, and the source continues. Of both the head alone is reported then, and of a
   * commit over a limit what it says.
   */
  async #rangeOf(walk: CommitWalk, sides: Sides): Promise<CommitRange> {
    const { history } = walk;
    const isBuiltOn = history === "first" || history === "descends";
    const found = isBuiltOn ? history : "rewritten";
    try {
      if (isBuiltOn || walk.oids.length > 0)
        return { history: found, commits: await this.#recordsOf(walk, sides) };
    } catch (error) {
      const failure = toSourceFailure(error);
      if (failure?.reason !== "LimitExceeded" || history === "first") throw error;
      return {
        ...this.#headAlone(sides),
        unread: failure.message,
        said: saidBy(walk.oids, this.#session.trees),
      };
    }
    const alone = this.#headAlone(sides);
    return history === "ancestor" ? alone : { ...alone, unread: NEW_COMMITS_UNKNOWN };
  }

  /** The head, as if it had done all that changed since the last sync. */
  #headAlone({ changed }: Sides): CommitRange {
    const { head } = this.#request;
    const { tree: _, ...commit } = this.#session.trees.commit(head);
    const touches = changed.map(({ path, oid }) => ({ path, before: null, after: oid }));
    return { history: "rewritten", headOnly: true, commits: [{ oid: head, ...commit, touches }] };
  }

  async #recordsOf(walk: CommitWalk, sides: Sides): Promise<readonly CommitRecord[]> {
    const { changed, known, parsing } = sides;
    const seeds = new SeedNames();
    const most = this.#session.settings.limits.commitFiles;
    const question: Omit<TouchQuestion, "work"> = {
      trees: this.#session.trees,
      folder: this.#session.settings.path,
      limits: this.#session.settings.limits,
      isShallow: (oid) => this.#session.isShallow(oid),
      specsBySeed: seeds.specsBySeed,
      namesSeed: (specOid, seed) => seeds.has(specOid, seed),
    };
    if (
      walk.history !== "first" &&
      mayChangeSeeds(walk.oids, { ...question, work: new CommitWork(most) })
    ) {
      for (const { path, oid, seeds: named } of known.values()) {
        seeds.note(
          { path, oid },
          named.map((seed) => seed.path),
        );
      }
      await inLanes(changed, async (spec) => {
        seeds.note(spec, seedPaths(await parsing.peek(spec)));
      });
      await this.#noteBetween(
        specsBetween(walk, { ...question, work: new CommitWork(most) }),
        seeds,
        parsing,
      );
    }
    const work = new CommitWork(most);
    const records = walk.oids.map((oid) => work.record(recordCommit(oid, { ...question, work })));
    if (walk.history !== "first") await this.#wanted.confirmed(records);
    return records;
  }

  /** Specs that were there in a commit between and are not at either end name seeds, too. */
  async #noteBetween(
    specs: readonly SpecBetween[],
    seeds: SeedNames,
    parsing: SpecParsing,
  ): Promise<void> {
    await this.#wanted.specs(specs);
    const byOid = Map.groupBy(specs, ({ oid }) => oid);
    await inLanes([...byOid], async ([oid, [first, ...others]]) => {
      if (first === undefined || seeds.knows(oid)) return;
      const named = await parsing.seedsBetween(first);
      for (const spec of [first, ...others]) seeds.note(spec, named);
    });
  }
}

/** What is known of the files that did not change. */
function unchanged({
  listed,
  changed,
  known,
}: Pick<Sides, "changed" | "known"> & { readonly listed: readonly ListedSpec[] }): KnownFile[] {
  const paths = new Set(changed.map(({ path }) => path));
  return listed.flatMap(({ path }) => (paths.has(path) ? [] : (known.get(path) ?? [])));
}

/** The spec files that the commits of a walk changed, as each left them. */
function specsBetween(walk: CommitWalk, question: TouchQuestion): readonly SpecBetween[] {
  const nothing: TouchQuestion = { ...question, specsBySeed: new Map() };
  return walk.oids.flatMap((commit) =>
    recordCommit(commit, nothing).touches.flatMap(({ path, after }) =>
      after === null ? [] : [{ path, oid: after }],
    ),
  );
}

/** A commit whose changes are too many to read may have changed anything. */
function mayChangeSeeds(oids: readonly string[], question: TouchQuestion): boolean {
  try {
    return oids.some((oid) => changesOtherFiles(oid, question));
  } catch (error) {
    if (toSourceFailure(error)?.reason === "LimitExceeded") return true;
    throw error;
  }
}
