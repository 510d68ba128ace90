import { expect } from "chai";
import { hashSchema, joinBody, stateSchema } from "../../../agent/roomserver/rest-wire.ts";
import { anEntity } from "../../support/a-room-spec.ts";

const HASH = "84d5f3e924fe7993df48fbbaea1ffbb05bf947636d583fb82c69e6259e748656";

describe("stateSchema", () => {
  it("reads the answer of the contract, and leaves out what it does not need", async () => {
    const answer = {
      roomId: "room-harbor7",
      status: "active",
      entities: [
        {
          id: "E-lead",
          kind: "orchestrator",
          displayName: null,
          visibility: "team",
          ownerUserId: null,
          capabilities: [],
          policy: {
            allow_commands_from: "any",
            sandbox_mode: false,
            env_whitelist: [],
            scopes: [],
          },
          isConnected: true,
        },
      ],
      artifacts: [],
      policies: { dmVisibilityDefault: "team" },
      resources: [],
      lastUpdated: "2025-01-02T03:04:05Z",
    };
    expect(await stateSchema.parseAsync(answer)).to.deep.equal({
      roomId: "room-harbor7",
      entities: [
        {
          id: "E-lead",
          kind: "orchestrator",
          displayName: null,
          visibility: "team",
          ownerUserId: null,
          capabilities: [],
          policy: {
            allow_commands_from: "any",
            sandbox_mode: false,
            env_whitelist: [],
            scopes: [],
          },
        },
      ],
      artifacts: [],
      policies: { dmVisibilityDefault: "team" },
      resources: [],
    });
  });

  it("keeps what the server does not say absent", async () => {
    const state = await stateSchema.parseAsync({
      roomId: "r",
      entities: [{ id: "E-1" }, { id: "E-2", policy: null, kind: null }],
      artifacts: [{ name: "notes" }, { name: "b", tags: null, isPromoted: null, hash: null }],
    });
    expect(state).to.deep.equal({
      roomId: "r",
      entities: [{ id: "E-1" }, { id: "E-2" }],
      artifacts: [{ name: "notes" }, { name: "b", tags: [] }],
      resources: [],
    });
    expect(state.entities[0]).to.have.all.keys("id");
    expect(state.artifacts[0]).to.have.all.keys("name");
  });

  it("keeps members of an entity's policy that are null apart from those that are not there", async () => {
    const state = await stateSchema.parseAsync({
      roomId: "r",
      entities: [{ id: "E-1", policy: { scopes: null, rateLimit: { perMinute: 3, extra: 1 } } }],
      artifacts: [],
    });
    expect(state.entities[0]?.policy).to.deep.equal({ scopes: null, rateLimit: { perMinute: 3 } });
  });

  it("takes member names in any letter case", async () => {
    const state = await stateSchema.parseAsync({
      RoomID: "r",
      Entities: [{ Id: "E-1", DisplayName: "One", Policy: { Sandbox_Mode: true } }],
      ARTIFACTS: [{ Name: "notes", ContentHash: HASH, IsPromoted: true }],
      Policies: { DmVisibilityDefault: "team" },
    });
    expect(state).to.deep.equal({
      roomId: "r",
      entities: [{ id: "E-1", displayName: "One", policy: { sandbox_mode: true } }],
      artifacts: [{ name: "notes", fingerprint: HASH, isPromoted: true }],
      policies: { DmVisibilityDefault: "team" },
      resources: [],
    });
  });

  for (const { name, artifact, want } of [
    { name: "`hash`", artifact: { hash: HASH }, want: HASH },
    { name: "`contentHash`", artifact: { contentHash: HASH }, want: HASH },
    { name: "upper case", artifact: { hash: HASH.toUpperCase() }, want: HASH },
    {
      name: "`contentHash` beside a null",
      artifact: { hash: null, contentHash: HASH },
      want: HASH,
    },
    { name: "no hex digest", artifact: { hash: "sha1:abc" }, want: undefined },
    { name: "an empty text", artifact: { hash: "" }, want: undefined },
  ]) {
    it(`reads ${name} as the fingerprint ${want?.slice(0, 6)}`, async () => {
      const state = await stateSchema.parseAsync({
        roomId: "r",
        entities: [],
        artifacts: [{ name: "a", ...artifact }],
      });
      expect(state.artifacts[0]?.fingerprint).to.equal(want);
    });
  }

  it("keeps a policy called `__proto__` from changing anything", async () => {
    const answer: unknown = JSON.parse(
      '{"roomId":"r","entities":[],"artifacts":[],"policies":{"__proto__":{"polluted":true},"a":1}}',
    );
    const { policies } = await stateSchema.parseAsync(answer);
    expect(Object.getPrototypeOf(policies)).to.equal(Object.prototype);
    expect((policies as Record<string, unknown>)["polluted"]).to.equal(undefined);
    expect(policies?.["a"]).to.equal(1);
  });

  const whole = { roomId: "r", entities: [], artifacts: [], policies: {}, resources: [] };
  for (const { name, answer } of [
    { name: "no roomId", answer: { ...whole, roomId: undefined } },
    { name: "a roomId that is null", answer: { ...whole, roomId: null } },
    { name: "no entities", answer: { ...whole, entities: undefined } },
    { name: "entities that are null", answer: { ...whole, entities: null } },
    { name: "no artifacts", answer: { ...whole, artifacts: undefined } },
    { name: "artifacts as a map", answer: { ...whole, artifacts: { notes: {} } } },
    { name: "an entity without an id", answer: { ...whole, entities: [{ kind: "agent" }] } },
    { name: "an id that is a number", answer: { ...whole, entities: [{ id: 7 }] } },
    { name: "a null among the entities", answer: { ...whole, entities: [null] } },
    { name: "policies as a list", answer: { ...whole, policies: [] } },
    {
      name: "sandbox_mode as a text",
      answer: { ...whole, entities: [{ id: "E-1", policy: { sandbox_mode: "true" } }] },
    },
    { name: "a list", answer: [whole] },
    { name: "a text", answer: "state" },
    { name: "null", answer: null },
  ]) {
    it(`refuses ${name}`, async () => {
      expect((await stateSchema.safeParseAsync(answer)).success).to.equal(false);
    });
  }
});

describe("hashSchema", () => {
  it("reads the fingerprint", async () => {
    expect(hashSchema.parse({ hash: HASH })).to.equal(HASH);
    expect(hashSchema.parse({ ContentHash: HASH.toUpperCase() })).to.equal(HASH);
  });

  for (const answer of [{}, { hash: null }, { hash: "abc" }, { hash: 7 }, HASH, null]) {
    it(`refuses ${JSON.stringify(answer)?.slice(0, 30)}`, async () => {
      expect(hashSchema.safeParse(answer).success).to.equal(false);
    });
  }
});

describe("joinBody", () => {
  it("is the body of the contract: nulls are sent, rateLimit only where a spec asks for it", async () => {
    const entity = anEntity({ id: "E-scribe", policy: { scopes: ["net:*"] } });
    expect(JSON.parse(JSON.stringify(joinBody("room-harbor7", entity)))).to.deep.equal({
      roomId: "room-harbor7",
      entityId: "E-scribe",
      kind: "agent",
      displayName: null,
      visibility: "team",
      ownerUserId: null,
      capabilities: [],
      policy: {
        allow_commands_from: "any",
        sandbox_mode: false,
        env_whitelist: [],
        scopes: ["net:*"],
      },
    });
    const limited = anEntity({ id: "E-1", policy: { rateLimit: { perMinute: 3 } } });
    expect(joinBody("r", limited)).to.have.nested.property("policy.rateLimit.perMinute", 3);
  });
});
