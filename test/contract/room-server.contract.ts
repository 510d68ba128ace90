import { expect } from "chai";
import type { RoomServer } from "../../agent/roomserver/room-server.ts";
import { artifactFingerprint } from "../../agent/spec/fingerprint.ts";
import type { Room } from "../../devserver/room.ts";
import { aCall } from "../support/a-call.ts";
import { A_ROOM, anArtifact, anEntity, aResource } from "../support/a-room-spec.ts";
import { rejection } from "../support/rejection.ts";

/** A RoomServer and the ways a test has around it. */
export interface RoomServerWorld {
  readonly server: RoomServer;
  /** How many writes have changed a room so far. */
  effects(): Promise<number>;
  /** Changes a room behind the server's callers. */
  change(roomId: string, make: (room: Room) => Room): Promise<void>;
  stop(): Promise<void>;
}

const HELLO = new TextEncoder().encode("hello");

/** What every RoomServer promises, whatever it speaks. */
export function roomServerContract(name: string, makeWorld: () => Promise<RoomServerWorld>): void {
  describe(`${name} as a RoomServer`, () => {
    let world: RoomServerWorld;
    let server: RoomServer;

    beforeEach(async () => {
      world = await makeWorld();
      server = world.server;
    });
    afterEach(() => world.stop());

    const state = async () => {
      const read = await server.readState(A_ROOM, aCall());
      if (read.kind !== "ok") throw new Error(`no state: ${read.message}`);
      return read.value;
    };

    it("shows an unknown room as an empty one", async () => {
      expect(await state()).to.deep.equal({
        roomId: A_ROOM,
        entities: [],
        artifacts: [],
        policies: {},
        resources: [],
      });
    });

    it("shows an entity with the attributes it joined with", async () => {
      const entity = anEntity({
        id: "E-scribe",
        kind: "orchestrator",
        displayName: "Scribe – écriture",
        visibility: "owner",
        ownerUserId: "user-7",
        capabilities: ["text.write", "read_artifacts"],
        policy: {
          allow_commands_from: "orchestrator",
          sandbox_mode: true,
          env_whitelist: ["LANG"],
          scopes: ["net:*"],
          rateLimit: { perMinute: 30 },
        },
      });
      expect(await server.join(A_ROOM, entity, aCall())).to.deep.equal({ kind: "done" });
      const [observed] = (await state()).entities;
      expect(observed).to.deep.include({
        id: "E-scribe",
        kind: "orchestrator",
        displayName: "Scribe – écriture",
        visibility: "owner",
        ownerUserId: "user-7",
        capabilities: ["text.write", "read_artifacts"],
      });
      expect(observed?.policy).to.deep.equal(entity.policy);
    });

    it("answers a second join with `already` and leaves the attributes as they are", async () => {
      await server.join(A_ROOM, anEntity("E-1"), aCall());
      const again = await server.join(A_ROOM, anEntity({ id: "E-1", kind: "npc" }), aCall());
      expect(again).to.include({ kind: "already", status: 409 });
      expect((await state()).entities.map(({ kind }) => kind)).to.deep.equal(["agent"]);
    });

    it("kicks an entity, and answers `already` when it is gone", async () => {
      await server.join(A_ROOM, anEntity("E-1"), aCall());
      await server.join(A_ROOM, anEntity("E-2"), aCall());
      expect(await server.kick(A_ROOM, "E-1", aCall())).to.deep.equal({ kind: "done" });
      expect(await server.kick(A_ROOM, "E-1", aCall())).to.include({
        kind: "already",
        status: 404,
      });
      expect((await state()).entities.map(({ id }) => id)).to.deep.equal(["E-2"]);
    });

    it("reports the fingerprint of what was seeded, in state and by name", async () => {
      const artifact = anArtifact({
        name: "relatório",
        workspace: "análise",
        tags: ["ação", "データ"],
      });
      expect(await server.readFingerprint(A_ROOM, artifact.name, aCall())).to.deep.equal({
        kind: "ok",
        value: null,
      });
      const seeded = await server.seed(A_ROOM, { artifact, bytes: HELLO }, aCall());
      expect(seeded).to.deep.equal({ kind: "done" });
      const fingerprint = artifactFingerprint(artifact, HELLO);
      expect(await server.readFingerprint(A_ROOM, artifact.name, aCall())).to.deep.equal({
        kind: "ok",
        value: fingerprint,
      });
      expect((await state()).artifacts).to.deep.equal([
        {
          name: "relatório",
          type: "document",
          workspace: "análise",
          tags: ["ação", "データ"],
          fingerprint,
          size: HELLO.length,
          isPromoted: false,
        },
      ]);
    });

    for (const { what, bytes } of [
      { what: "no bytes", bytes: new Uint8Array() },
      { what: "bytes that are no text", bytes: Uint8Array.of(0, 255, 16, 128, 13, 10, 45, 45) },
      { what: "a megabyte", bytes: new Uint8Array(1_000_003).fill(0xa7) },
    ]) {
      it(`carries a seed of ${what} unchanged`, async () => {
        const artifact = anArtifact("blob");
        await server.seed(A_ROOM, { artifact, bytes }, aCall());
        const [observed] = (await state()).artifacts;
        expect(observed?.fingerprint).to.equal(artifactFingerprint(artifact, bytes));
      });
    }

    it("replaces an artifact that is seeded again, which is not promoted then", async () => {
      const artifact = anArtifact("notes");
      await server.seed(A_ROOM, { artifact, bytes: HELLO }, aCall());
      await server.promote(A_ROOM, "notes", aCall());
      await server.seed(A_ROOM, { artifact, bytes: new Uint8Array() }, aCall());
      const { artifacts } = await state();
      expect(artifacts).to.have.length(1);
      expect(artifacts[0]?.fingerprint).to.equal(artifactFingerprint(artifact, new Uint8Array()));
      expect(artifacts[0]?.isPromoted).to.equal(false);
    });

    it("promotes once, and a second time changes nothing", async () => {
      await server.seed(A_ROOM, { artifact: anArtifact("notes"), bytes: HELLO }, aCall());
      expect(await server.promote(A_ROOM, "notes", aCall())).to.deep.equal({ kind: "done" });
      const effects = await world.effects();
      expect(await server.promote(A_ROOM, "notes", aCall())).to.deep.equal({ kind: "done" });
      expect(await world.effects()).to.equal(effects);
      expect((await state()).artifacts[0]?.isPromoted).to.equal(true);
    });

    it("refuses to promote what is not there", async () => {
      const result = await server.promote(A_ROOM, "notes", aCall());
      expect(result).to.include({ kind: "refused", status: 404 });
    });

    it("deletes an artifact, and answers `already` when it is gone", async () => {
      await server.seed(A_ROOM, { artifact: anArtifact("notes"), bytes: HELLO }, aCall());
      expect(await server.deleteArtifact(A_ROOM, "notes", aCall())).to.deep.equal({ kind: "done" });
      expect(await server.deleteArtifact(A_ROOM, "notes", aCall())).to.include({
        kind: "already",
        status: 404,
      });
      expect((await state()).artifacts).to.deep.equal([]);
    });

    it("keeps the JSON type of policy values", async () => {
      const call = aCall();
      await server.setPolicy(A_ROOM, { policy: "dmVisibilityDefault", value: "owner" }, call);
      await server.setPolicy(A_ROOM, { policy: "allowResourceCreation", value: true }, call);
      await server.setPolicy(A_ROOM, { policy: "maxArtifactsPerEntity", value: 7 }, call);
      expect((await state()).policies).to.deep.equal({
        dmVisibilityDefault: "owner",
        allowResourceCreation: true,
        maxArtifactsPerEntity: 7,
      });
    });

    it("shows a resource that was ensured", async () => {
      const resource = aResource({ name: "search", config: { timeout: "30s" } });
      expect(await server.ensureResource(A_ROOM, resource, aCall())).to.deep.equal({
        kind: "done",
      });
      const [observed] = (await state()).resources;
      expect(observed).to.deep.include({
        name: "search",
        type: "mcp-tool",
        config: { timeout: "30s" },
      });
    });

    for (const name of ["a/b", "50% off", "a b?c#d", 'say "hi"', "..x", "日本", "a\\b", "seed"]) {
      it(`reaches the artifact and the entity called ${JSON.stringify(name)} by name`, async () => {
        await server.join(A_ROOM, anEntity("E-bystander"), aCall());
        await server.join(A_ROOM, anEntity(name), aCall());
        await server.seed(A_ROOM, { artifact: anArtifact(name), bytes: HELLO }, aCall());
        await server.promote(A_ROOM, name, aCall());
        const seeded = await state();
        expect(seeded.artifacts.map((artifact) => artifact.name)).to.deep.equal([name]);
        expect(seeded.artifacts[0]?.isPromoted).to.equal(true);
        const read = await server.readFingerprint(A_ROOM, name, aCall());
        expect(read).to.include({ kind: "ok", value: seeded.artifacts[0]?.fingerprint });
        await server.deleteArtifact(A_ROOM, name, aCall());
        await server.kick(A_ROOM, name, aCall());
        const left = await state();
        expect(left.artifacts).to.deep.equal([]);
        expect(left.entities.map(({ id }) => id)).to.deep.equal(["E-bystander"]);
      });
    }

    it("keeps rooms apart", async () => {
      await server.join("room-other1", anEntity("E-1"), aCall());
      expect((await state()).entities).to.deep.equal([]);
    });

    it("sees what somebody else changed", async () => {
      await server.join(A_ROOM, anEntity("E-1"), aCall());
      await world.change(A_ROOM, (room) => ({ ...room, entities: [], policies: { extra: [1] } }));
      const { entities, policies } = await state();
      expect(entities).to.deep.equal([]);
      expect(policies).to.deep.equal({ extra: [1] });
    });

    it("changes nothing by reading", async () => {
      await server.join(A_ROOM, anEntity("E-1"), aCall());
      const effects = await world.effects();
      await state();
      await server.readFingerprint(A_ROOM, "notes", aCall());
      expect(await world.effects()).to.equal(effects);
    });

    it("rejects with the signal's reason, and does nothing, when aborted before", async () => {
      const signal = AbortSignal.abort(new Error("stopping"));
      const error = await rejection(server.join(A_ROOM, anEntity("E-1"), aCall({ signal })));
      expect(error.message).to.equal("stopping");
      expect((await state()).entities).to.deep.equal([]);
    });

    it("closes twice without complaint", async () => {
      await server.close();
      await server.close();
    });
  });
}
