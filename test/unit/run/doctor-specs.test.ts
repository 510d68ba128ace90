import { expect } from "chai";
import { readSpecs } from "../../../agent/run/doctor-specs.ts";
import type { SourceConfig } from "../../../agent/config/config.ts";
import type { SpecSeed, SyncRequest } from "../../../agent/source/spec-source.ts";
import { aRoomSpec } from "../../support/a-room-spec.ts";

const MANY = 1000;

describe("what doctor reads of a source", () => {
  it("looks at each seed of a spec a few times, however many there are", async () => {
    let looks = 0;
    const seeds = Array.from({ length: MANY }, (_, at): SpecSeed => {
      const seed = { kind: "unusable", reason: "SeedMissing", message: "no file" } as const;
      return Object.defineProperty({ ...seed, path: "" }, "path", {
        get: () => {
          looks += 1;
          return `seeds/${at}.md`;
        },
      });
    });
    const artifacts = seeds.map((_, at) => ({
      name: `a-${at}`,
      type: "document",
      workspace: "main",
      seedFrom: `seeds/${at}.md`,
    }));
    const parsed = {
      kind: "valid",
      spec: aRoomSpec({ artifacts }),
      digest: "d",
      warnings: [],
    } as const;
    const file = { path: "a.room.yaml", oid: "o", text: new Uint8Array(), parsed, seeds };
    const sync = async (request: SyncRequest) => {
      await request.onFiles([file]);
      return { kind: "ready", head: "h", paths: [], trail: [] } as const;
    };
    const source = { name: "specs" } as SourceConfig;
    const { signal } = new AbortController();
    const spec = { name: "specs", sync } as unknown as Parameters<typeof readSpecs>[0];
    const read = await readSpecs(spec, { source, head: "h" }, signal);
    expect(read?.files[0]?.blocked.map(({ item }) => item).at(-1)).to.equal(
      `artifact/a-${MANY - 1}`,
    );
    expect(looks).to.be.below(5 * MANY);
  });
});
