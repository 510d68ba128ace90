import { expect } from "chai";
import { roomSync, syncSummary, type RoomSync } from "../../../agent/review/sync-summary.ts";
import { emptyRoom } from "../../../agent/room/empty-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { someInputs } from "../../support/some-inputs.ts";

const head = someInputs({ digest: "new" });
const row = (given: Partial<Room> = {}): Room => ({
  ...emptyRoom("room-a", { kind: "git", source: "specs", path: "a.room.yaml" }),
  head,
  ...given,
});
const condition = (
  type: "AwaitingConfirm" | "Stalled" | "Ready",
  reason: Room["warnings"][0]["reason"],
) =>
  ({
    type,
    status: type === "Ready" ? "False" : "True",
    reason,
    message: "m",
    lastTransitionTime: "2026-05-01T12:00:00.000Z",
  }) as const;

describe("roomSync", () => {
  const rows: readonly (readonly [string, Partial<Room>, boolean, RoomSync])[] = [
    ["verified at its newest inputs", { verified: head }, true, { kind: "verified" }],
    ["before a pass has ended", {}, false, { kind: "waiting", reason: "NotYetReconciled" }],
    [
      "before a pass has ended, whatever an older one found",
      { conditions: [condition("AwaitingConfirm", "ChangeThresholdExceeded")] },
      false,
      { kind: "waiting", reason: "NotYetReconciled" },
    ],
    [
      "refused",
      { conditions: [condition("AwaitingConfirm", "ChangeThresholdExceeded")] },
      true,
      { kind: "stopped", reason: "ChangeThresholdExceeded" },
    ],
    [
      "held until the forge answers",
      { conditions: [condition("AwaitingConfirm", "IntentUnknown")] },
      true,
      { kind: "waiting", reason: "IntentUnknown" },
    ],
    [
      "not reached",
      { conditions: [condition("Ready", "Unreachable")] },
      true,
      { kind: "waiting", reason: "Unreachable" },
    ],
    ["a dry run", { dryRun: { commit: "c" } }, true, { kind: "dryRun" }],
    [
      "a spec that cannot be used",
      { headProblem: { reason: "SpecInvalid", message: "m", revision: "r" } },
      false,
      { kind: "stopped", reason: "SpecInvalid" },
    ],
    ["overridden", { overridden: true }, true, { kind: "stopped", reason: "Overridden" }],
  ];
  for (const [name, given, isJudged, expected] of rows)
    it(`is ${expected.kind}: ${name}`, () => {
      expect(roomSync(row(given), isJudged)).to.deep.equal(expected);
    });
});

describe("syncSummary", () => {
  const stopped = (count: number) =>
    Array.from({ length: count }, (_, at): [string, RoomSync] => [
      `room-${at}`,
      { kind: "stopped", reason: "SpecInvalid" },
    ]);
  const verified: [string, RoomSync] = ["room-v", { kind: "verified" }];
  const waiting: [string, RoomSync] = ["room-w", { kind: "waiting", reason: "Unreachable" }];
  const dry: [string, RoomSync] = ["room-d", { kind: "dryRun" }];
  const rows: readonly (readonly [readonly [string, RoomSync][], string])[] = [
    [[], "success: 0 rooms verified"],
    [[verified], "success: 1 room verified"],
    [[verified, dry], "success: 1 room verified, 1 planned only (dry run)"],
    [[verified, waiting], "pending: rooms are being synced"],
    [[waiting, ...stopped(1)], "failure: 1 of 2 rooms not synced: room-0: SpecInvalid"],
    [
      stopped(5),
      "failure: 5 of 5 rooms not synced: room-0: SpecInvalid, room-1: SpecInvalid, room-2: SpecInvalid, 2 more",
    ],
  ];
  for (const [rooms, expected] of rows)
    it(`says "${expected}"`, () => {
      const { state, description } = syncSummary(rooms);
      expect(`${state}: ${description}`).to.equal(expected);
    });
});
