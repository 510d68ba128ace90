import { expect } from "chai";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import type { SeedFile } from "../../../agent/source/spec-source.ts";
import { inputsDigest, specDigest } from "../../../agent/spec/digest.ts";
import { PostedInputs } from "../../../agent/request/posted-inputs.ts";
import type { SeedReader } from "../../../agent/source/seed-reader.ts";
import type { ApplySpec } from "../../../agent/request/requests.ts";
import { A_ROOM, aRoomSpec } from "../../support/a-room-spec.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { rejection } from "../../support/rejection.ts";

const spec = aRoomSpec({
  version: 3,
  artifacts: [
    { name: "notes", seedFrom: "seeds/a.md" },
    { name: "copy", seedFrom: "seeds/a.md" },
    { name: "plan", seedFrom: "seeds/b.md" },
    { name: "kept", seedFrom: null },
  ],
});
const missing = {
  path: "seeds/b.md",
  kind: "unusable",
  reason: "SeedMissing",
  message: "not in the tree",
} satisfies SeedFile;

/** A reader that has `seeds/a.md` with its own name as content and nothing else. */
function aReader(name: string): SeedReader & { readonly asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  return {
    name,
    asked,
    readSeeds: async (paths) => {
      asked.push(paths);
      return paths.map((path) =>
        path === "seeds/a.md"
          ? { path, kind: "present", oid: `oid-${name}`, size: 4, bytes: Buffer.from(name) }
          : { ...missing, path },
      );
    },
  };
}

function aPosted(
  sources: readonly SeedReader[],
  folder: SeedReader | null = null,
  owner: string | null = null,
) {
  const { signal } = new AbortController();
  const mayManage = (source: string) => source !== "evil";
  const sourceOf = () => owner;
  const clock = new FakeClock();
  return new PostedInputs({ sources, mayManage, sourceOf, folder, clock, signal });
}

function aPost(source: string | null = null): ApplySpec {
  const request = { roomId: A_ROOM, correlationId: "c", actor: "ada", confirm: false };
  const text = Buffer.from("text");
  return {
    ...request,
    dryRun: false,
    spec,
    digest: specDigest(spec),
    text,
    source,
    override: false,
  };
}

/** Where the seeds came from: the id of the one that every reader has, or why there is none. */
async function origin(posted: PostedInputs, source: string | null = null): Promise<string> {
  const end = await posted.toInputs(aPost(source));
  if (end.kind === "rejected") return `${end.status} ${end.code}`;
  const [first] = end.inputs.seeds;
  return first?.kind === "present" ? first.oid : String(first?.reason);
}

describe("PostedInputs", () => {
  it("makes inputs of a spec and its seeds, each file read once", async () => {
    const reader = aReader("main");
    const end = await aPosted([reader]).toInputs(aPost());
    const seeds = [
      { path: "seeds/a.md", kind: "present", oid: "oid-main", size: 4 } as const,
      missing,
    ];
    const digest = specDigest(spec);
    expect(end).to.deep.equal({
      kind: "inputs",
      inputs: {
        digest: inputsDigest(digest, seeds),
        specOid: `api:${digest}`,
        specDigest: digest,
        specVersion: 3,
        path: null,
        seeds,
        revision: `api@sha256:${digest}`,
        author: "ada",
        committedAt: "2026-01-01T00:00:00.000Z",
      },
      changes: [
        { kind: "spec", specOid: `api:${digest}`, text: Buffer.from("text"), spec },
        { kind: "seed", oid: "oid-main", bytes: Buffer.from("main") },
      ],
    });
    expect(reader.asked).to.deep.equal([["seeds/a.md", "seeds/b.md"]]);
  });

  it("reads the source that is named, the only one, or the folder", async () => {
    const [main, other, folder] = [aReader("main"), aReader("other"), aReader("SeedRoot")];
    expect(await origin(aPosted([main, other], folder), "other")).to.equal("oid-other");
    expect(await origin(aPosted([main], folder))).to.equal("oid-main");
    expect(await origin(aPosted([main, other], folder))).to.equal("oid-SeedRoot");
    expect(await origin(aPosted([], folder))).to.equal("oid-SeedRoot");
    expect(await origin(aPosted([main, other]))).to.equal("NoSeedSource");
    expect(await origin(aPosted([]))).to.equal("NoSeedSource");
    expect(await origin(aPosted([main], folder), "none")).to.equal("404 UnknownSource");
  });

  it("reads the source that has the room where there are several, and no other is named", async () => {
    const [main, other, folder] = [aReader("main"), aReader("other"), aReader("SeedRoot")];
    expect(await origin(aPosted([main, other], folder, "other"))).to.equal("oid-other");
    expect(await origin(aPosted([main, other], folder, "other"), "main")).to.equal("oid-main");
    expect(await origin(aPosted([main, other], folder, "gone"))).to.equal("oid-SeedRoot");
    expect(await origin(aPosted([main, aReader("evil")], folder, "evil"))).to.equal("oid-SeedRoot");
  });

  it("reads nothing from a source that may not manage the room", async () => {
    const [evil, folder] = [aReader("evil"), aReader("SeedRoot")];
    expect(await origin(aPosted([evil], folder), "evil")).to.equal("409 RoomNotAllowed");
    expect(await origin(aPosted([evil], folder))).to.equal("oid-SeedRoot");
    expect(evil.asked).to.deep.equal([]);
  });

  it("is rejected with the reason when the source has no snapshot", async () => {
    const readSeeds = () =>
      Promise.reject(new OperatorError("SourceUnavailable", "no snapshot yet"));
    expect(await origin(aPosted([{ name: "main", readSeeds }]))).to.equal("503 SourceUnavailable");
  });

  it("does not hide a defect", async () => {
    const readSeeds = () => Promise.reject(new TypeError("oops"));
    const reading = aPosted([{ name: "main", readSeeds }]).toInputs(aPost());
    expect(await rejection(reading)).to.be.instanceOf(TypeError);
  });
});
