import { expect } from "chai";
import { aRoomSpec } from "../support/a-room-spec.ts";
import type { StoreContext } from "./store-context.ts";

/** Spec texts and seeds, by their keys. */
export function blobFacts(context: StoreContext): void {
  describe("specs and seeds", () => {
    const text = new TextEncoder().encode("apiVersion: v1\n");
    const spec = aRoomSpec({
      version: 7,
      entities: ["E-1"],
      resources: [
        { name: "search", config: JSON.parse('{"__proto__":{"a":[null,1.5,"\\u0000"]}}') },
      ],
    });

    it("has nothing for a key it never got", async () => {
      expect(await context.store.readSpec("spec-1")).to.equal(null);
      expect(await context.store.readSpecText("spec-1")).to.equal(null);
      expect(await context.store.readSeed("seed-1")).to.equal(null);
    });

    it("gives back a spec parsed and as text, also after a restart", async () => {
      await context.store.write([{ kind: "spec", specOid: "api:abc", text, spec }]);
      for (const restart of [false, true]) {
        const store = restart ? await context.reopen() : context.store;
        const read = await store.readSpec("api:abc");
        expect(read).to.deep.equal(spec);
        expect(JSON.stringify(read)).to.equal(JSON.stringify(spec));
        expect(await store.readSpecText("api:abc")).to.deep.equal(text);
      }
    });

    it("gives back a seed byte for byte, also an empty one", async () => {
      const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index % 256);
      await context.store.write([
        { kind: "seed", oid: "seed-1", bytes },
        { kind: "seed", oid: "empty", bytes: new Uint8Array() },
        // A view into a larger buffer, as what is read from a pack often is.
        { kind: "seed", oid: "view", bytes: bytes.subarray(10, 13) },
      ]);
      expect(await context.store.readSeed("seed-1")).to.deep.equal(bytes);
      expect(await context.store.readSeed("empty")).to.deep.equal(new Uint8Array());
      expect(await context.store.readSeed("view")).to.deep.equal(Uint8Array.of(10, 11, 12));
    });

    it("takes a seed of 16 MiB", async () => {
      const bytes = new Uint8Array(16 * 1024 * 1024).fill(7);
      await context.store.write([{ kind: "seed", oid: "large", bytes }]);
      const read = await context.store.readSeed("large");
      expect(read !== null && Buffer.compare(read, bytes) === 0).to.equal(true);
    });

    it("keeps what a key meant first", async () => {
      const other = new TextEncoder().encode("other");
      await context.store.write([
        { kind: "spec", specOid: "spec-1", text, spec },
        { kind: "seed", oid: "seed-1", bytes: text },
      ]);
      await context.store.write([
        { kind: "spec", specOid: "spec-1", text: other, spec: aRoomSpec() },
        { kind: "seed", oid: "seed-1", bytes: other },
      ]);
      expect(await context.store.readSpecText("spec-1")).to.deep.equal(text);
      expect(await context.store.readSpec("spec-1")).to.deep.equal(spec);
      expect(await context.store.readSeed("seed-1")).to.deep.equal(text);
    });

    it("keeps a spec and a seed of the same key apart", async () => {
      const other = new TextEncoder().encode("other");
      await context.store.write([
        { kind: "spec", specOid: "same", text, spec },
        { kind: "seed", oid: "same", bytes: other },
      ]);
      expect(await context.store.readSpecText("same")).to.deep.equal(text);
      expect(await context.store.readSeed("same")).to.deep.equal(other);
    });
  });
}
