import { expect } from "chai";
import type { Evidence } from "../../support/evidence.ts";
import { checkInvariants, INVARIANTS } from "../../support/invariants.ts";
import { auditOf, change, NEW, OLD, record, ROOM, sound, withAudit, write } from "./sound-world.ts";

/** Another try of what had failed, without records. */
function afterFailure(effect: boolean): Evidence {
  const failed = change("req-first", "entity.joined", "entity/E-3").map((each) =>
    "outcome" in each.metadata
      ? { ...each, metadata: { ...each.metadata, outcome: "failed" } }
      : each,
  );
  const again = { ...write(9, "join", "E-3", "req-again"), effect };
  const world = withAudit([...auditOf(sound()), ...failed]);
  return {
    ...world,
    writes: [...world.writes, again],
    laterWrites: [...world.laterWrites, again],
  };
}

/** What somebody may have done to the books, and the invariant that notices. */
const FORGERIES: readonly {
  readonly name: string;
  readonly noticed: string;
  readonly forged: () => Evidence;
}[] = [
  {
    name: "a kick of somebody whom the spec names",
    noticed: "I1",
    forged: () => ({ ...sound(), named: () => new Set(["entity/E-2"]) }),
  },
  {
    name: "a change in a room without a spec",
    noticed: "I2",
    forged: () => ({ ...sound(), named: () => null }),
  },
  {
    name: "a write that nobody intended",
    noticed: "I3",
    forged: () => withAudit(auditOf(sound()).slice(2)),
  },
  {
    name: "a write that changed the room after one that failed, and has no records",
    noticed: "I3",
    forged: () => ({ ...afterFailure(true), settled: true }),
  },
  {
    name: "an intent written after its write",
    noticed: "I3",
    forged: () => ({
      ...sound(),
      writes: sound().writes.map((each) => ({ ...each, at: "2026-11-26T10:00:00.000Z" })),
    }),
  },
  {
    name: "an intent without an end",
    noticed: "I3",
    forged: () => withAudit(auditOf(sound()).filter(({ action }) => action !== "entity.joined")),
  },
  {
    name: "an end without an intent",
    noticed: "I3",
    forged: () =>
      withAudit([...auditOf(sound()), ...change("req-x", "policy.set", "policy/p").slice(1)]),
  },
  {
    name: "a `done` that never reached the server",
    noticed: "I3",
    forged: () => withAudit([...auditOf(sound()), ...change("req-x", "policy.set", "policy/p")]),
  },
  {
    name: "a change that happened and is called not done",
    noticed: "I3",
    forged: () =>
      withAudit(
        auditOf(sound()).map((each) =>
          each.action === "entity.joined"
            ? { ...each, metadata: { ...each.metadata, outcome: "notDone" } }
            : each,
        ),
      ),
  },
  {
    name: "a change that happened twice",
    noticed: "I4",
    forged: () => ({
      ...sound(),
      laterWrites: [...sound().laterWrites, write(5, "join", "E-3", "req-join")],
    }),
  },
  {
    name: "a confirmation used for an item that it does not cover",
    noticed: "I5",
    forged: () => ({ ...sound(), confirmations: [confirmation(["entity/E-9"])] }),
  },
  {
    name: "a confirmation used for an item twice",
    noticed: "I5",
    forged: () => ({
      ...sound(),
      confirmations: [confirmation(["entity/E-2", "entity/E-2"])],
    }),
  },
  {
    name: "a confirmation used in another room",
    noticed: "I5",
    forged: () => ({
      ...sound(),
      confirmations: [{ ...confirmation([]), roomId: "room-b" }],
    }),
  },
  {
    name: "two of three kicked without a confirmation",
    noticed: "I6",
    forged: () => ({
      ...withAudit([...auditOf(sound()), ...change("req-more", "entity.kicked", "entity/E-4")]),
      laterWrites: [
        write(0, "join", "E-4", null),
        ...sound().laterWrites,
        write(6, "kick", "E-4", "req-more"),
      ],
      changeThreshold: 0.4,
    }),
  },
  {
    name: "a change in a pass that was refused",
    noticed: "I7",
    forged: () => withAudit([...auditOf(sound()), record("room.refused", { outcome: "refused" })]),
  },
  {
    name: "a removal of what was held back",
    noticed: "I7",
    forged: () =>
      withAudit([
        ...auditOf(sound()),
        record("room.failed", { refusals: [{ reason: "Held", items: ["entity/E-2"] }] }),
      ]),
  },
  {
    name: "a revision called verified that no pass found",
    noticed: "I8",
    forged: () => ({
      ...sound(),
      rooms: [{ roomId: ROOM, verifiedRevision: OLD } as Evidence["rooms"][number]],
    }),
  },
  {
    name: "an undo of what was there before",
    noticed: "I10",
    forged: () =>
      withAudit([
        ...auditOf(sound()).slice(0, 2),
        ...change("req-kick", "entity.kicked", "entity/E-2", { phase: "ROLLBACK" }),
        record("room.converged", {}),
      ]),
  },
  {
    name: "a secret in the log",
    noticed: "I12",
    forged: () => ({ ...sound(), outputs: [{ name: "the log", text: "Bearer canary" }] }),
  },
  {
    name: "a record that was taken out of the audit",
    noticed: "I13",
    forged: () => ({ ...sound(), earlierAudit: new Map([[ROOM, auditOf(sound()).slice(1)]]) }),
  },
  {
    name: "an outcome before its intent",
    noticed: "I13",
    forged: () =>
      withAudit([...auditOf(sound()).slice(0, 2).reverse(), ...auditOf(sound()).slice(2)]),
  },
  {
    name: "a prune that no confirmation covers",
    noticed: "I14",
    forged: () => pruned([]),
  },
  {
    name: "a prune of what the agent had not put there",
    noticed: "I14",
    forged: () => ({
      ...withAudit(change("req-prune", "entity.kicked", "entity/E-2", { cause: "prune" })),
      confirmations: [confirmation([])],
    }),
  },
  {
    name: "a label that confirms what nobody had been shown",
    noticed: "I15",
    forged: () => ({ ...byLabel(), labelled: [{ pull: 7, room: ROOM, items: ["entity/E-1"] }] }),
  },
  {
    name: "a label that confirms what was shown in another pull request",
    noticed: "I15",
    forged: () => ({ ...byLabel(), labelled: [{ pull: 8, room: ROOM, items: ["entity/E-2"] }] }),
  },
  {
    name: "a label that confirms twice",
    noticed: "I15",
    forged: () => withAudit([...auditOf(byLabel()), ...auditOf(byLabel()).slice(-1)]),
  },
  {
    name: "a removal that was a dry run",
    noticed: "I16",
    forged: () => ({ ...sound(), rehearsed: new Set([NEW]) }),
  },
];

/** A label of pull request 7 confirms E-2, which its person had been shown. */
function byLabel(): Evidence {
  const said = { via: "label confirm of pull request #7", commit: "b".repeat(40) };
  const given = { ...confirmation([]), origin: "label", originId: `7@${"b".repeat(40)}` };
  return {
    ...withAudit([...auditOf(sound()), record("confirm", said)]),
    confirmations: [given],
    labelled: [{ pull: 7, room: ROOM, items: ["entity/E-2"] }],
  };
}

/** A pass that prunes takes E-3 out again. `by`: the ids of confirmations of that. */
function pruned(by: readonly string[]): Evidence {
  const cause = { cause: "prune" };
  const audit = [...auditOf(sound()), ...change("req-prune", "entity.kicked", "entity/E-3", cause)];
  const confirmations = by.map((id) => ({ id, roomId: ROOM, items: ["entity/E-3"], used: [] }));
  return { ...withAudit(audit), confirmations, named: () => null };
}

function confirmation(used: readonly string[]) {
  return { id: `commit/1/${ROOM}`, roomId: ROOM, items: ["entity/E-2"], used };
}

describe("invariants", () => {
  it("hold of a sound world, each of them", () => {
    expect(checkInvariants(sound())).to.deep.equal(Object.keys(INVARIANTS));
  });

  it("let an undo take out what its pass had added, whoever names it", () => {
    const undo = change("req-undo", "entity.kicked", "entity/E-3", { phase: "ROLLBACK" });
    const undone = write(5, "kick", "E-3", "req-undo");
    const { writes, laterWrites } = sound();
    const evidence = {
      ...withAudit([...auditOf(sound()), ...undo]),
      writes: [...writes, undone],
      laterWrites: [...laterWrites, undone],
    };
    expect(() => checkInvariants(evidence)).to.not.throw();
  });

  it("let a label confirm once what was shown", () => {
    expect(() => checkInvariants(byLabel())).to.not.throw();
  });

  it("let an intent be open while something is at fault", () => {
    const [intent] = change("req-open", "artifact.seeded", "artifact/a");
    const evidence = withAudit([...auditOf(sound()), ...(intent === undefined ? [] : [intent])]);
    expect(() => checkInvariants({ ...evidence, settled: false })).to.not.throw();
    expect(() => checkInvariants(evidence)).to.throw("req-open has not ended");
  });

  it("let another try of what had failed have no records where it changed nothing or has not ended", () => {
    expect(checkInvariants(afterFailure(false))).to.include("I3");
    expect(checkInvariants({ ...afterFailure(true), settled: false })).to.include("I3");
    expect(() => checkInvariants(afterFailure(true))).to.throw("(req-again) was not intended");
  });

  for (const { name, noticed, forged } of FORGERIES) {
    it(`(${noticed}) notice ${name}`, () => {
      const evidence = forged();
      expect(INVARIANTS[noticed]?.(evidence)).to.not.deep.equal([]);
      expect(() => checkInvariants(evidence)).to.throw(`${noticed} `);
    });
  }

  it("are each shown to be able to fail", () => {
    const noticed = new Set(FORGERIES.map((each) => each.noticed));
    expect([...noticed].sort()).to.deep.equal(Object.keys(INVARIANTS).sort());
  });
});
