import { expect } from "chai";
import type { WriteEntry } from "../../../devserver/write-log.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { canarySettings, CANARIES, checkWorld } from "../../support/check-world.ts";
import { setFaults, type FaultGiven } from "../../support/devserver-client.ts";
import { specYaml } from "../../support/spec-yaml.ts";

/** What goes wrong with one call. `once`: the server has done the work, so whatever must not be sent twice is not. */
const FAULTS: readonly {
  readonly name: string;
  readonly once: boolean;
  readonly fault: FaultGiven;
}[] = [
  { name: "503", once: false, fault: { kind: "status", status: 503 } },
  {
    name: "503-after-work",
    once: true,
    fault: { kind: "status", status: 503, afterWork: true, body: `no ${CANARIES.roomServer}` },
  },
  { name: "hang", once: false, fault: { kind: "hang" } },
  { name: "hang-after-work", once: true, fault: { kind: "hang", at: "body", afterWork: true } },
  { name: "drop", once: false, fault: { kind: "drop" } },
  { name: "drop-after-work", once: true, fault: { kind: "drop", afterWork: true } },
  { name: "html-after-work", once: true, fault: { kind: "invalidJson" } },
];

/** `replace` puts an update (kick, then join) before the other calls, so that the fault meets it. */
const CALLS = [
  { operation: "join", replace: false },
  { operation: "join", replace: true },
  { operation: "kick", replace: false },
  { operation: "kick", replace: true },
  { operation: "seed", replace: false },
  { operation: "promote", replace: false },
  { operation: "delete", replace: false },
  { operation: "policy", replace: false },
] as const;

const CASES = CALLS.flatMap(({ operation, replace }) =>
  FAULTS.map(({ name, once, fault }) => {
    const what = replace ? `update-${operation}` : operation;
    return { room: `room-${what}-${name}`, what, name, once, operation, replace, fault };
  }),
);

type Case = (typeof CASES)[number];

function spec({ room, replace }: Case, version: 1 | 2): string {
  const isNew = version === 2;
  return specYaml({
    roomId: room,
    version,
    entities: [
      { id: "E-changed", kind: "agent", displayName: replace && isNew ? "Kim" : null },
      "E-kept",
      isNew ? "E-new" : "E-old",
    ],
    artifacts: [
      { name: "kept", type: "document", workspace: "shared", seedFrom: "seeds/kept.md" },
      {
        name: isNew ? "new" : "old",
        type: "document",
        workspace: "shared",
        seedFrom: "seeds/any.md",
        promoteAfterSeed: isNew,
      },
    ],
    policies: { maxArtifactsPerEntity: version },
  });
}

describe("a lost answer", function () {
  this.timeout(60_000);
  let world: AgentWorld;
  let writes: readonly WriteEntry[];

  before(async () => {
    world = await AgentWorld.create({
      ...canarySettings(),
      // Longer than any answer takes on a busy machine: a call that is given up by chance is repeated.
      RoomServer__TimeoutSeconds: "3",
      RoomServer__UploadTimeoutSeconds: "3",
      Operator__Reconciliation__ParallelRooms: "32",
      // A pass of 56 rooms five times a second is all that this world would do.
      Operator__Reconciliation__IntervalSeconds: "5",
    });
    world.random = () => 0;
    const files = (version: 1 | 2) =>
      CASES.map((each): [string, string] => [`${each.room}.room.yaml`, spec(each, version)]);
    world.commit({
      "seeds/kept.md": "kept",
      "seeds/any.md": "any",
      ...Object.fromEntries(files(1)),
    });
    await world.start();
    await allVerified();
    const from = (await world.log()).length;
    await setFaults(
      world.roomServerUrl,
      ...CASES.map(({ room, operation, fault }) => ({ ...fault, operation, room, count: 1 })),
    );
    world.commit(Object.fromEntries(files(2)));
    await allVerified();
    writes = (await world.log()).slice(from);
  });

  after(async () => {
    await world.remove();
  });

  async function allVerified(): Promise<void> {
    const oid = world.repository.head() ?? undefined;
    for (const { room } of CASES) await world.verified(room, oid);
  }

  for (const each of CASES) {
    const { room, what, name, once, operation, replace } = each;
    it(`(${name}) to a ${what} changes the room exactly once`, async () => {
      const own = writes.filter((write) => write.room === room);
      const effects = own.filter(({ effect }) => effect).map(({ op, target }) => `${op} ${target}`);
      expect(effects.toSorted()).to.deep.equal(
        [
          ...(replace ? ["join E-changed", "kick E-changed"] : []),
          "delete old",
          "join E-new",
          "kick E-old",
          "policy maxArtifactsPerEntity",
          "promote new",
          "seed new",
        ].toSorted(),
      );
      if (once && (operation === "seed" || operation === "promote")) {
        expect(own.filter(({ op }) => op === operation)).to.have.length(1);
      }
      const { entities, artifacts } = await world.contents(room);
      expect(entities).to.deep.equal(["E-changed", "E-kept", "E-new"]);
      expect(artifacts).to.deep.equal(["kept", "new"]);
    });
  }

  it("leaves one intent before and one outcome after each change, and no secret anywhere", async () => {
    await checkWorld(world);
  });
});
