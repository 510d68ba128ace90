import { expect } from "chai";
import {
  FAILING_MS,
  failingSinceAfter,
  isFailing,
  type PassEnd,
} from "../../../agent/room/failing.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";

const NOW_MS = Date.parse("2026-01-01T00:01:00.000Z");
const NOW = "2026-01-01T00:01:00.000Z";
const BEFORE = "2026-01-01T00:00:00.000Z";
const SAID = { reason: "RoomServerUnavailable", message: "503" } as const;

const DOUBT = {
  kind: "empty",
  message: "empty",
  since: BEFORE,
  digest: "d",
  seenAt: BEFORE,
  acceptedAt: null,
} as const;

const end = (outcome: Outcome, suspicion: typeof DOUBT | null = null): PassEnd => ({
  outcome,
  trust: { suspicion },
});
const failed = end({ kind: "failed", ...SAID, status: null, retryAfterMs: null });

describe("since when the passes over a room have failed", () => {
  const cases: readonly {
    name: string;
    ends: readonly PassEnd[];
    want: "begins" | "lasts" | "ends";
  }[] = [
    { name: "a read or all writes that failed", ends: [failed], want: "begins" },
    { name: "some writes that failed", ends: [end({ kind: "partial", ...SAID })], want: "begins" },
    { name: "too many passes", ends: [end({ kind: "stalled", ...SAID })], want: "begins" },
    {
      name: "a read that is not believed",
      ends: [end({ kind: "waiting", ...SAID, afterMs: 5 }, DOUBT)],
      want: "begins",
    },
    {
      name: "a refused plan, and the older spec could not be kept",
      ends: [end({ kind: "refused", refusals: [] }), failed],
      want: "begins",
    },
    { name: "a newer revision", ends: [end({ kind: "superseded" })], want: "lasts" },
    { name: "a stop", ends: [end({ kind: "stopping", ...SAID })], want: "lasts" },
    { name: "convergence", ends: [end({ kind: "converged" })], want: "ends" },
    { name: "a refusal", ends: [end({ kind: "refused", refusals: [] })], want: "ends" },
    { name: "a dry run", ends: [end({ kind: "planned" })], want: "ends" },
    { name: "a batch of removals", ends: [end({ kind: "batch", ...SAID })], want: "ends" },
    {
      name: "a wait for something else",
      ends: [end({ kind: "waiting", ...SAID, afterMs: 5 })],
      want: "ends",
    },
    { name: "no spec to carry out", ends: [], want: "ends" },
  ];
  for (const { name, ends, want } of cases) {
    it(`${want} with ${name}`, () => {
      const first = failingSinceAfter({}, ends, NOW_MS);
      const later = failingSinceAfter({ failingSince: BEFORE }, ends, NOW_MS);
      const wanted = { begins: [NOW, BEFORE], lasts: [null, BEFORE], ends: [null, null] };
      expect([first, later]).to.deep.equal(wanted[want]);
    });
  }

  it("needs a person after a minute, and not before", () => {
    const sinceMs = Date.parse(BEFORE);
    expect(isFailing({ failingSince: BEFORE }, sinceMs + FAILING_MS - 1)).to.equal(false);
    expect(isFailing({ failingSince: BEFORE }, sinceMs + FAILING_MS)).to.equal(true);
    expect(isFailing({ failingSince: BEFORE }, sinceMs - FAILING_MS)).to.equal(false);
    expect(isFailing({ failingSince: null }, sinceMs)).to.equal(false);
    expect(isFailing({}, sinceMs)).to.equal(false);
  });
});
