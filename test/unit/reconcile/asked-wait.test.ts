import { expect } from "chai";
import type { EndedAttempt } from "../../../agent/reconcile/ended-pass.ts";
import type { Outcome } from "../../../agent/room/outcome.ts";
import { aJoin, aReport, NOT_DONE, UNCLEAR } from "../../support/an-ending.ts";
import { aReadBack, anAttempt, conclude, partial } from "../../support/an-attempt.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const inIso = (ms: number) => new Date(new FakeClock().nowMs() + ms).toISOString();

function aRead(retryAfterMs: number): EndedAttempt {
  const said = { reason: "RoomServerUnavailable", message: "read: 503", status: null } as const;
  return anAttempt({ kind: "failed", ...said, retryAfterMs }, "PLANNING");
}

const join = aJoin("E-1");
const putOff = (retryAfterMs: number, result: typeof NOT_DONE | typeof UNCLEAR = NOT_DONE) =>
  aReport(join, { ...result, retryAfterMs });

describe("a wait that the RoomServer asks for", () => {
  const forADay: readonly { name: string; attempt: EndedAttempt }[] = [
    { name: "a read", attempt: aRead(DAY_MS) },
    {
      name: "a write that it did not do",
      attempt: aReadBack(partial, { left: [join], reports: [putOff(DAY_MS)] }),
    },
    {
      name: "a write that it may have done",
      attempt: aReadBack(partial, { left: [join], reports: [putOff(DAY_MS, UNCLEAR)] }),
    },
  ];
  for (const { name, attempt } of forADay) {
    it(`is kept to for five minutes, and is in the words of the room: ${name}`, () => {
      const { requeue, row, report } = conclude([attempt]);
      expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 5 * MINUTE_MS });
      const words = `; the RoomServer asked to wait until ${inIso(DAY_MS)} (Retry-After), it is asked again at ${inIso(5 * MINUTE_MS)}`;
      for (const type of ["Ready", "Stalled"]) {
        const condition = row.conditions.find((one) => one.type === type);
        expect(condition?.message, type).to.satisfy((text: string) => text.endsWith(words));
      }
      expect("message" in report.outcome && report.outcome.message).to.include(words);
    });
  }

  it("is what a request is answered with, as far as it is kept to", () => {
    const { outcome } = conclude([aRead(DAY_MS)]).report;
    expect(outcome).to.deep.include({ kind: "failed", retryAfterMs: 5 * MINUTE_MS });
  });

  it("is kept to where it ends sooner than that, and said", () => {
    const { requeue, row } = conclude([aRead(2 * MINUTE_MS)]);
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 2 * MINUTE_MS });
    expect(row.conditions.find(({ type }) => type === "Stalled")?.message).to.equal(
      `read: 503; the RoomServer asked to wait until ${inIso(2 * MINUTE_MS)} (Retry-After), it is not asked before`,
    );
  });

  it("is neither said nor needs a person where it is not longer than a minute", () => {
    const { requeue, row } = conclude([aRead(MINUTE_MS)]);
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: MINUTE_MS });
    expect(row.conditions.map(({ type, message }) => `${type}: ${message}`)).to.deep.equal([
      "Ready: read: 503",
      "Reconciling: read: 503",
    ]);
  });

  it("does not shorten the second read of a room that is not believed", () => {
    const waiting: Outcome = {
      kind: "waiting",
      reason: "SuspiciousRead",
      message: "empty",
      afterMs: 10 * MINUTE_MS,
    };
    const { requeue } = conclude([anAttempt(waiting, "PRE_CHECKS", { reports: [putOff(DAY_MS)] })]);
    expect(requeue).to.deep.equal({ kind: "backoff", atLeastMs: 10 * MINUTE_MS, isFirst: true });
  });
});
