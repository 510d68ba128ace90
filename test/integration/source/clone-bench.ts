import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../../agent/kernel/clock.ts";
import type { CloneEvent } from "../../../agent/source/git/git-clone-events.ts";
import { ROTATION_LIMITS } from "../../../agent/source/git/git-rotation-rule.ts";
import { eventually } from "../../support/eventually.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

interface Observed {
  readonly events: CloneEvent[];
  monotonicAheadMs: number;
  wallAheadMs: number;
}

/** A followed repository whose clone is looked at: more than three packs are too many for it, and its clocks can be moved. */
export class CloneBench {
  readonly git: GitSourceBench;
  /** What happened to the clone, oldest first, and how far its clocks are ahead. */
  readonly seen: Observed;

  private constructor(git: GitSourceBench, seen: Observed) {
    this.git = git;
    this.seen = seen;
  }

  /** A first commit is followed. `folder`: where the clone lies. */
  static async start(options: { readonly folder?: string } = {}): Promise<CloneBench> {
    const seen: Observed = { events: [], monotonicAheadMs: 0, wallAheadMs: 0 };
    const git = await GitSourceBench.start({
      ...options,
      onClone: (event) => seen.events.push(event),
      clock: {
        ...systemClock,
        monotonicMs: () => performance.now() + seen.monotonicAheadMs,
        nowMs: () => Date.now() + seen.wallAheadMs,
      },
      tuning: { rotation: { ...ROTATION_LIMITS, packs: 3 } },
      timeoutMs: 60_000,
      pollTimeoutMs: 20_000,
    });
    const bench = new CloneBench(git, seen);
    bench.push(1);
    await git.follow();
    return bench;
  }

  /** Commits a new version of the one room and its seed. */
  push(version: number, message = `Version ${version}`): string {
    const spec = specText("room-a", { version, seeds: ["s.md"] });
    return this.git.repository.commit({ "a.room.yaml": spec, "s.md": `${version}` }, { message });
  }

  /** Follows commits until there is one pack more than is allowed. */
  async fill(): Promise<void> {
    for (let version = 2; version <= 4; version += 1) {
      this.push(version);
      const { result } = await this.git.follow();
      if (result.kind !== "ready") throw new Error(JSON.stringify(result));
    }
  }

  packs(): readonly string[] {
    const names = readdirSync(join(this.git.folder, "objects", "pack"));
    return names.filter((name) => name.endsWith(".pack"));
  }

  /** What lies beside the clone. */
  beside(): readonly string[] {
    return [".new", ".old"].filter((end) => existsSync(this.git.folder + end));
  }

  /** Files of the clone that this process has open, its worker included. */
  openFiles(): readonly string[] {
    return readdirSync("/proc/self/fd").flatMap((fd) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${fd}`);
        return path.startsWith(this.git.folder) ? [path] : [];
      } catch {
        // Closed between the two calls.
        return [];
      }
    });
  }

  /** Waits until the look behind the first sync is over. */
  looked(): Promise<boolean> {
    const path = join(this.git.folder, "clone.json");
    return eventually("the clone has a beginning", () => existsSync(path));
  }

  /** Waits for so many events of a kind; gives the last. */
  heard(kind: CloneEvent["kind"], count = 1): Promise<CloneEvent> {
    return eventually(`${count} × ${kind}`, () => {
      const heard = this.seen.events.filter((event) => event.kind === kind);
      return heard.length < count ? undefined : heard.at(-1);
    });
  }

  messages(range: { commits: readonly { message: string }[] } | null): readonly string[] {
    return range?.commits.map(({ message }) => message) ?? [];
  }
}
