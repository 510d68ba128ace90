import { expect } from "chai";
import type { Attempt } from "../../../agent/roomserver/retry.ts";
import {
  createRoomCaller,
  type Operation,
  type RoomCallerOptions,
  type Rule,
  type SentCall,
} from "../../../agent/roomserver/room-caller.ts";
import type { CallFailure } from "../../../agent/roomserver/room-server.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const CALL = {
  signal: new AbortController().signal,
  correlationId: "pass-1",
  requestId: "call-1",
  priority: "git",
} as const;

const LATER: Attempt<CallFailure> = {
  kind: "transient",
  resend: true,
  failure: { kind: "unavailable", message: "later", maybeDone: false },
};

/** A dialect that speaks no HTTP: its answers are words. */
function aDialect(given: Partial<RoomCallerOptions> = {}) {
  const clock = new FakeClock();
  const sent: SentCall[] = [];
  const starts: number[] = [];
  const perform = createRoomCaller({
    retry: { maxAttempts: 3, initialDelayMs: 100, maxDelayMs: 1000, jitterFactor: 0 },
    rateLimitPerSecond: 0,
    clock,
    random: () => 0,
    onCall: (call) => sent.push(call),
    ...given,
  });
  /** Says one word after the other; `later` asks to come again, and null is no answer. */
  const say = (operation: Operation, words: readonly (string | null)[]) => {
    let at = 0;
    return perform<string>({ operation, roomId: "r", call: CALL }, async (paced) => {
      const word = await paced(
        async () => {
          starts.push(clock.monotonicMs());
          await clock.sleep(5, CALL.signal);
          return words[at++] ?? null;
        },
        (answer) => ({
          status: answer === null ? null : 200,
          failure: answer === null ? "reset" : null,
        }),
      );
      return word === null || word === "later" ? LATER : { kind: "final", value: word };
    });
  };
  return { clock, sent, starts, perform, say };
}

describe("RoomCaller", () => {
  it("repeats what a dialect calls transient, and reports each request", async () => {
    const { clock, sent, starts, say } = aDialect();
    const ended = say("join", [null, "later", "done"]);
    await clock.advance(1000);
    expect(await ended).to.equal("done");
    const told = { operation: "join", durationMs: 5 };
    expect(sent).to.deep.equal([
      { ...told, status: null, failure: "reset" },
      { ...told, status: 200, failure: null },
      { ...told, status: 200, failure: null },
    ]);
    expect(starts.map((ms) => ms - (starts[0] ?? 0))).to.deep.equal([0, 105, 310]);
  });

  it("gives the last failure once the attempts are used up", async () => {
    const { clock, sent, say } = aDialect();
    const ended = say("kick", ["later", "later", "later", "done"]);
    await clock.advance(10_000);
    expect(await ended).to.include({ kind: "unavailable", message: "later" });
    expect(sent).to.have.length(3);
  });

  it("sends no faster than the rate limit, and counts no wait for it as the call's", async () => {
    const { clock, sent, starts, say } = aDialect({ rateLimitPerSecond: 1 });
    const ended = Promise.all([say("join", ["a"]), say("join", ["b"])]);
    await clock.advance(2000);
    expect(await ended).to.deep.equal(["a", "b"]);
    expect((starts[1] ?? 0) - (starts[0] ?? 0)).to.equal(1000);
    expect(sent.map(({ durationMs }) => durationMs)).to.deep.equal([5, 5]);
  });

  for (const { what, words, want } of [
    { what: "that it has ended", words: [null, "done"], want: [null] },
    { what: "its second failure", words: [null, "later", "done"], want: ["later", null] },
  ])
    it(`reports what it sees of the server in the words of the failure: ${what}`, async () => {
      const seen: unknown[] = [];
      const { clock, say } = aDialect({ onServer: (one) => seen.push(one?.message ?? null) });
      const ended = say("join", words);
      await clock.advance(1000);
      await ended;
      expect(seen).to.deep.equal(want);
    });

  it("reports a time-out at once", async () => {
    const seen: unknown[] = [];
    const { clock, perform } = aDialect({ onServer: (one) => seen.push(one) });
    const slow = perform<string>({ operation: "join", roomId: "r", call: CALL }, async (paced) => {
      await paced(
        async () => null,
        () => ({ status: null, failure: "timeout" }),
      );
      return LATER;
    });
    await clock.advance(10);
    expect(seen).to.deep.equal([LATER.failure]);
    await clock.advance(10_000);
    await slow;
  });

  for (const { operation, failure, want } of [
    { operation: "readState", failure: "timeout", want: 1 },
    { operation: "readFingerprint", failure: "timeout", want: 1 },
    { operation: "readState", failure: "reset", want: 3 },
    { operation: "join", failure: "timeout", want: 3 },
    { operation: "setPolicy", failure: "timeout", want: 3 },
  ] as const)
    it(`sends ${operation} ${want === 1 ? "once" : `${want} times`} where it ends with ${failure}`, async () => {
      const { clock, sent, perform } = aDialect();
      const ended = perform<string>({ operation, roomId: "r", call: CALL }, async (paced) => {
        await paced(
          async () => null,
          () => ({ status: null, failure }),
        );
        return LATER;
      });
      await clock.advance(10_000);
      expect(await ended).to.deep.equal(LATER.failure);
      expect(sent).to.have.length(want);
    });

  it("reports 429 once the attempts are used up, and a token that is refused at once", async () => {
    const seen: unknown[] = [];
    const { clock, perform } = aDialect({ onServer: (one) => seen.push(one) });
    const busy = perform<string>({ operation: "join", roomId: "r", call: CALL }, async (paced) => {
      await paced(
        async () => null,
        () => ({ status: 429, failure: null }),
      );
      return LATER;
    });
    await clock.advance(10_000);
    await busy;
    expect(seen).to.deep.equal([LATER.failure]);
    const refused = { kind: "unauthorized", status: 401, message: "no" } as const;
    await perform<string>({ operation: "join", roomId: "r", call: CALL }, async () => ({
      kind: "final",
      value: refused,
    }));
    expect(seen.at(-1)).to.deep.equal(refused);
  });

  it("reports nothing of an attempt that sends nothing", async () => {
    const { sent, perform } = aDialect();
    const value = await perform<string>(
      { operation: "join", roomId: "r", call: CALL },
      async () => ({
        kind: "final",
        value: "not sent",
      }),
    );
    expect([value, sent]).to.deep.equal(["not sent", []]);
  });

  for (const { operation, want } of [
    { operation: "readState", want: { isWrite: false, isRepeatable: true } },
    { operation: "readFingerprint", want: { isWrite: false, isRepeatable: true } },
    { operation: "join", want: { isWrite: true, isRepeatable: true } },
    { operation: "kick", want: { isWrite: true, isRepeatable: true } },
    { operation: "deleteArtifact", want: { isWrite: true, isRepeatable: true } },
    { operation: "setPolicy", want: { isWrite: true, isRepeatable: true } },
    { operation: "seed", want: { isWrite: true, isRepeatable: false } },
    { operation: "promote", want: { isWrite: true, isRepeatable: false } },
    { operation: "ensureResource", want: { isWrite: true, isRepeatable: false } },
  ] satisfies readonly { operation: Operation; want: Rule }[]) {
    it(`has one rule for ${operation}, whatever the dialect`, async () => {
      const { perform } = aDialect();
      const rule = await perform<Rule>(
        { operation, roomId: "r", call: CALL },
        async (_paced, rule) => ({
          kind: "final",
          value: rule,
        }),
      );
      expect(rule).to.deep.equal(want);
    });
  }
});
