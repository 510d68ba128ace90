import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import type { WriteEntry } from "../../../devserver/write-log.ts";
import type { Evidence } from "../../support/evidence.ts";
import { checkInvariants, INVARIANTS } from "../../support/invariants.ts";

const ROOM = "room-a";
const OLD = `main@sha1:${"a".repeat(40)}`;
const NEW = `main@sha1:${"b".repeat(40)}`;

/** One change of the forged pass: its intent and its outcome. */
function change(
  requestId: string,
  action: string,
  item: string,
  more: Record<string, string | boolean> = {},
): readonly AuditRecord[] {
  const metadata = { room: ROOM, revision: NEW, requestId, item, ...more };
  return [
    record(`${action}.intended`, metadata),
    record(action, { ...metadata, outcome: "done", ...more }),
  ];
}

function record(action: string, metadata: AuditRecord["metadata"]): AuditRecord {
  return {
    type: "event",
    action,
    correlationId: "pass-1",
    timestamp: "2026-11-26T10:00:01.000Z",
    operatorVersion: "0.1.0",
    specVersion: 2,
    metadata: { room: ROOM, revision: NEW, ...metadata },
  };
}

function write(seq: number, op: WriteEntry["op"], target: string, requestId: string | null) {
  const at = "2026-11-26T10:00:02.000Z";
  return { seq, at, op, room: ROOM, target, requestId, effect: true };
}

/** E-1 and E-2 were there; a pass at NEW, which names E-1 and E-3, joins E-3 and kicks E-2. */
function sound(): Evidence {
  const ours = [write(3, "join", "E-3", "req-join"), write(4, "kick", "E-2", "req-kick")];
  const audit = [
    ...change("req-join", "entity.joined", "entity/E-3"),
    ...change("req-kick", "entity.kicked", "entity/E-2"),
    record("room.converged", { outcome: "converged" }),
  ];
  return {
    writes: ours,
    laterWrites: [write(1, "join", "E-1", null), write(2, "join", "E-2", null), ...ours],
    audit: new Map([[ROOM, audit]]),
    earlierAudit: new Map([[ROOM, audit.slice(0, 2)]]),
    rooms: [{ roomId: ROOM, verifiedRevision: NEW } as Evidence["rooms"][number]],
    confirmations: [],
    named: (revision) => (revision === NEW ? new Set(["entity/E-1", "entity/E-3"]) : null),
    changeThreshold: 0.5,
    settled: true,
    outputs: [{ name: "the log", text: "all is well" }],
    secrets: ["canary"],
  };
}

const withAudit = (audit: readonly AuditRecord[]): Evidence => ({
  ...sound(),
  audit: new Map([[ROOM, audit]]),
  earlierAudit: new Map(),
});

const auditOf = (evidence: Evidence) => evidence.audit.get(ROOM) ?? [];

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
];

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

  it("let an intent be open while something is at fault", () => {
    const [intent] = change("req-open", "artifact.seeded", "artifact/a");
    const evidence = withAudit([...auditOf(sound()), ...(intent === undefined ? [] : [intent])]);
    expect(() => checkInvariants({ ...evidence, settled: false })).to.not.throw();
    expect(() => checkInvariants(evidence)).to.throw("req-open has not ended");
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
