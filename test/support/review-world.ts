import { specDigest } from "../../agent/spec/digest.ts";
import type { ForgeConfig } from "../../agent/config/config.ts";
import type { IndexedFile } from "../../agent/intake/source-index.ts";
import type { Item } from "../../agent/plan/item.ts";
import type { RoomPreview } from "../../agent/reconcile/preview-room.ts";
import { PullRequestPlanner } from "../../agent/review/pull-request-planner.ts";
import type { RoomOwner } from "../../agent/room/room.ts";
import type { PullRequestRow } from "../../agent/room/shown-plan.ts";
import type { Revision, RevisionFile } from "../../agent/source/revision.ts";
import type { SourceFailure } from "../../agent/source/spec-source.ts";
import type { RoomSpec } from "../../agent/spec/room-spec.ts";
import { readPullRequests } from "../../agent/store/shown-plans.ts";
import { aRoomReview } from "./a-review.ts";
import { aRoomSpec } from "./a-room-spec.ts";
import { aTrail } from "./a-trail.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeForge } from "./fake-forge.ts";
import { MemoryStore } from "./memory-store.ts";

const BASE = "b".repeat(40);
const PLAN = {
  enabled: true,
  forks: false,
  failOnRefusal: false,
  requireReviewedPlan: false,
  intervalMs: 30_000,
  mostPullRequests: 20,
};

/** A planner on doubles: a forge, heads with specs, and rooms whose plans a test says. */
export class ReviewWorld {
  readonly clock = new FakeClock();
  readonly forge = new FakeForge();
  readonly warnings = new Map<string, string>();
  readonly told: string[] = [];
  /** What was logged as an error. */
  readonly defects: unknown[] = [];
  store = new MemoryStore(() => this.clock.nowMs());
  base: string | null = BASE;
  plan: ForgeConfig["plan"] = PLAN;
  publicUrl: string | null = null;
  /** Specs by head and path; null: a file with an error. */
  readonly heads = new Map<string, Readonly<Record<string, RoomSpec | null>>>();
  readonly unreadable = new Map<string, SourceFailure>();
  files: IndexedFile[] = [];
  readonly owners = new Map<string, RoomOwner>();
  /** What a pass would remove of a room. */
  readonly kicks = new Map<string, number>();
  readonly roomFailures = new Map<string, string>();
  previews: string[] = [];
  planner = this.#open();

  /** A head with the spec of each of these rooms, at `<room>.room.yaml`; null: one with an error. */
  head(name: string, rooms: Readonly<Record<string, RoomSpec | null>>): string {
    const head = name.repeat(40).slice(0, 40);
    const files = Object.entries(rooms).map(([room, spec]) => [`${room}.room.yaml`, spec]);
    this.heads.set(head, Object.fromEntries(files));
    return head;
  }

  /** The branch has a room already. */
  has(roomId: string): void {
    const path = `${roomId}.room.yaml`;
    this.owners.set(roomId, { kind: "git", source: "specs", path });
    const seeds: IndexedFile["seeds"] = [];
    const bare = { errors: [], findings: 0, isAsked: false, ignoredBy: null, valid: true, seeds };
    this.files.push({ ...bare, path, oid: roomId, roomId, digest: `branch-${roomId}` });
  }

  /** Looks once, and lets what it started end. */
  async look(ms = 0): Promise<void> {
    this.planner.start();
    await this.clock.advance(ms);
  }

  async restart(): Promise<void> {
    await this.planner.stop();
    this.planner = this.#open();
  }

  async row(number = 7): Promise<PullRequestRow> {
    const row = (await readPullRequests(this.store, "specs")).get(number);
    if (row === undefined) throw new Error("no row");
    return row;
  }

  /** What was asked of the forge since the last call of this. */
  asked(): readonly string[] {
    return this.forge.calls.splice(0);
  }

  #open(): PullRequestPlanner {
    const { clock, forge, warnings } = this;
    let ids = 0;
    const newId = () => {
      ids += 1;
      return `id-${ids}`;
    };
    const plan = () => this.plan;
    const labels = {
      confirm: "confirm",
      dryRun: "dry-run",
      confirmId: null,
      allowedPersons: null,
      requireOtherPerson: false,
    };
    const config = {
      labels,
      get plan() {
        return plan();
      },
    };
    return new PullRequestPlanner({
      source: "specs",
      context: "room-operator/plan",
      branch: "main",
      forge,
      config,
      publicUrl: this.publicUrl,
      base: () => this.base,
      facts: () => ({
        source: "specs",
        files: this.files,
        ownerOf: (roomId) => this.owners.get(roomId) ?? null,
        mayManage: (_source, roomId) => !roomId.startsWith("foreign"),
        claimsElsewhere: () => [],
      }),
      revisions: { readRevision: async ({ head, paths }) => this.#read(head, paths) },
      preview: async ({ roomId, inputs }) => this.#preview(roomId, inputs.digest),
      prunes: async (): Promise<readonly Item[]> => [],
      store: this.store,
      trail: aTrail({ clock, newId }),
      clock,
      random: () => 0.5,
      newId,
      log: {
        info: () => undefined,
        warn: () => undefined,
        error: (given: unknown) => void this.defects.push(given),
      },
      metrics: {
        pullRequestPlanned: (source, result) => this.told.push(`${source} ${result}`),
      },
      warnings: {
        raise: (reason, message) => void warnings.set(reason, message),
        end: (reason) => void warnings.delete(reason),
      },
    });
  }

  #read(head: string, paths: readonly string[]): Revision | SourceFailure {
    const failure = this.unreadable.get(head);
    if (failure !== undefined) return failure;
    const specs = Object.entries(this.heads.get(head) ?? {});
    const files = specs
      .filter(([path]) => paths.includes(path))
      .map(([path, spec]): RevisionFile => {
        const common = { path, oid: head, seeds: [], fingerprints: new Map() };
        if (spec === null) {
          const errors = [{ path, line: 3, column: 5, message: "unknown key" }];
          return { ...common, parsed: { kind: "invalid", roomId: null, errors, warnings: [] } };
        }
        const digest = specDigest(spec);
        return { ...common, parsed: { kind: "valid", spec, digest, warnings: [] } };
      });
    return { kind: "revision", files, ignored: [], paths: specs.map(([path]) => path) };
  }

  #preview(roomId: string, inputs: string): RoomPreview {
    this.previews.push(roomId);
    const message = this.roomFailures.get(roomId);
    if (message !== undefined) return { kind: "failed", message };
    const kicks = this.kicks.get(roomId) ?? 0;
    const { result } = aRoomReview(roomId, {
      kicks,
      digest: `sha256:${roomId}-${kicks}-${inputs}`,
    });
    if (result.kind !== "planned") throw new Error("not planned");
    return { ...result, digest: `sha256:${roomId}-${kicks}-${inputs}` };
  }
}

export function aSpecOf(roomId: string, version = 1): RoomSpec {
  return aRoomSpec({ roomId, version });
}
