import { expect } from "chai";
import { isFetch } from "../../faults/git-requests.ts";
import type { GitFault } from "../../support/git-server.ts";
import { SharedSources } from "../../support/shared-sources.ts";

/** A moment of a shared sync: `die` is called when it has come. */
interface Moment {
  readonly name: string;
  readonly arrange: (shared: SharedSources, die: () => void) => void;
}

const DELIVERIES = ["onCommits", "onSeed", "onFiles"] as const;

const MOMENTS: readonly Moment[] = [
  {
    name: "the commits are asked for",
    arrange: (shared, die) => atFetch(shared, 1, die),
  },
  {
    name: "a part of the commits has come",
    arrange: (shared, die) =>
      atFetch(shared, 1, () => setTimeout(die, 50), { kind: "hangAfter", bytes: 300 }),
  },
  {
    name: "the files of specs are asked for",
    arrange: (shared, die) => atFetch(shared, 2, die),
  },
  {
    name: "seeds are asked for",
    arrange: (shared, die) => atFetch(shared, 3, die),
  },
  ...DELIVERIES.map((delivery) => ({
    name: `${delivery} of the first source is waited for`,
    arrange: (shared: SharedSources, die: () => void) => {
      const { source } = shared.first;
      const sync = source.sync.bind(source);
      source.sync = (request, signal) => {
        const dying = async () => {
          die();
          return new Promise<never>(() => undefined);
        };
        return sync({ ...request, [delivery]: dying }, signal);
      };
    },
  })),
  {
    name: "the first source settles",
    arrange: ({ first: { source } }, die) => {
      const settle = source.settle.bind(source);
      source.settle = (...given) => {
        die();
        return settle(...given);
      };
    },
  },
];

function atFetch(
  { first: { server } }: SharedSources,
  nth: number,
  onFetch: () => void,
  fault: GitFault = { kind: "hang" },
): void {
  let fetches = 0;
  server.fault = (request) => {
    if (!isFetch(request)) return undefined;
    fetches += 1;
    if (fetches !== nth) return undefined;
    onFetch();
    return fault;
  };
}

describe("git sources whose worker is killed while", () => {
  let shared: SharedSources;
  afterEach(() => shared.stop());

  for (const { name, arrange } of MOMENTS) {
    it(`${name} lose nothing and have one clone`, async () => {
      shared = await SharedSources.start(["a", "b", "c"], { filter: true });
      const heads = [shared.push(1, ["a", "b", "c"], { seeds: true })];
      let deaths = 0;
      arrange(shared, () => {
        deaths += 1;
        if (deaths === 1) void shared.endThread();
      });
      const seen = (await shared.followAll()).map(({ files }) => files.length);
      expect(deaths, "the moment came").to.be.above(0);
      shared.first.server.heal();
      // What stands before the class's own methods.
      for (const name of ["sync", "settle"]) Reflect.deleteProperty(shared.first.source, name);
      const again = await shared.followAll({});
      for (const { result } of again) expect(result).to.include({ kind: "ready", head: heads[0] });
      const files = again.map(({ files: told }, index) => Math.max(told.length, seen[index] ?? 0));
      expect(files).to.deep.equal([1, 1, 1]);
      heads.push(shared.push(2));
      const next = await shared.followAll({});
      for (const { result, range } of next) {
        expect(result).to.include({ kind: "ready", head: heads[1] });
        expect(range?.history).to.equal("descends");
      }
      expect(shared.folders).to.deep.equal(["a"]);
    });
  }
});
