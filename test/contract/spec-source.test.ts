import { toKnownSeed } from "../../agent/source/spec-source.ts";
import type { KnownFile, SeedBytes, SpecFile } from "../../agent/source/spec-source.ts";
import { FakeSpecSource } from "../support/fake-spec-source.ts";
import type { Told } from "../support/git-source-bench.ts";
import { specSourceContract, type SpecSourceRig } from "./spec-source.contract.ts";

const toKnown = ({ path, oid, seeds }: SpecFile): KnownFile => ({
  path,
  oid,
  seeds: seeds.map(toKnownSeed),
});

/** Remembers what a store would. */
class FakeRig implements SpecSourceRig {
  readonly source = new FakeSpecSource();
  readonly signal = new AbortController().signal;
  #now: Remembered = { head: null, known: [] };
  #before: Remembered = { head: null, known: [] };

  commit(files: Parameters<SpecSourceRig["commit"]>[0], message?: string): string {
    return this.source.commit(files as Record<string, string | null>, message);
  }

  async follow(): Promise<Told> {
    const order: string[] = [];
    const files: SpecFile[] = [];
    const seeds: SeedBytes[] = [];
    let range: Told["range"] = null;
    const { head: previous, known } = this.#now;
    const request = {
      head: this.source.head,
      previous,
      known,
      onCommits: async (told: NonNullable<Told["range"]>) => {
        range = told;
        order.push("commits");
      },
      onSeed: async (seed: SeedBytes) => {
        seeds.push(seed);
        order.push(`seed:${seed.bytes.length}`);
      },
      onFiles: async (batch: readonly SpecFile[]) => {
        files.push(...batch);
        order.push(`files:${batch.length}`);
      },
    };
    const result = await this.source.sync(request, this.signal);
    this.#before = this.#now;
    if (result.kind === "ready") {
      const byPath = new Map([...known, ...files.map(toKnown)].map((file) => [file.path, file]));
      const next = result.paths.flatMap(({ path }) => byPath.get(path) ?? []);
      this.#now = { head: this.source.head, known: next };
    }
    return { result, range, files, seeds, order };
  }

  forgetLast(): void {
    this.#now = this.#before;
  }

  async restart(): Promise<void> {
    await this.source.close();
    this.source.reopen();
  }

  async stop(): Promise<void> {
    await this.source.close();
  }
}

interface Remembered {
  readonly head: string | null;
  readonly known: readonly KnownFile[];
}

describe("a source in memory keeps to the contract of SpecSource", () => {
  specSourceContract(async () => new FakeRig());
});
