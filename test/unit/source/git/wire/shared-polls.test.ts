import { expect } from "chai";
import { gitFailure } from "../../../../../agent/source/git-failure.ts";
import { SharedPolls } from "../../../../../agent/source/git/wire/shared-polls.ts";
import type { PollAsk, PollMember } from "../../../../../agent/source/git/wire/shared-polls.ts";
import { FakeClock, settled } from "../../../../support/fake-clock.ts";
import { rejection } from "../../../../support/rejection.ts";

interface Asked {
  readonly fresh: boolean;
  readonly signal: AbortSignal;
  readonly answer: (head: string) => void;
  readonly fail: (retryAfterMs?: number) => void;
}

describe("SharedPolls", () => {
  let clock: FakeClock;
  let asked: Asked[];
  let polls: SharedPolls;
  let a: PollMember;
  let b: PollMember;
  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    const head = ({ fresh, signal }: { fresh: boolean; signal: AbortSignal }) =>
      new Promise<{ head: string }>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        asked.push({
          fresh,
          signal,
          answer: (found) => resolve({ head: found }),
          fail: (retryAfterMs) => reject(gitFailure("RateLimited", "429", { retryAfterMs })),
        });
      });
    polls = new SharedPolls({ head }, clock);
    a = polls.join();
    b = polls.join();
  });

  const forced = (more: Partial<PollAsk> = {}): PollAsk => ({
    credentials: { kind: "none" },
    signal: new AbortController().signal,
    fresh: false,
    maxAgeMs: null,
    ...more,
  });
  const scheduled = (more: Partial<PollAsk> = {}) => forced({ maxAgeMs: 10_000, ...more });
  const answered = async (head: string) => {
    await settled();
    asked.at(-1)?.answer(head);
    await settled();
  };

  it("joins a scheduled poll to a request that is under way, and a forced one to the next", async () => {
    const first = polls.head(a, scheduled());
    const joined = polls.head(b, scheduled());
    const late = [polls.head(polls.join(), forced()), polls.head(polls.join(), forced())];
    await answered("1");
    expect(await first).to.deep.equal({ found: { head: "1" }, isOwn: true });
    expect(await joined).to.deep.equal({ found: { head: "1" }, isOwn: false });
    await answered("2");
    for (const each of late) expect(await each).to.have.nested.property("found.head", "2");
    expect(asked).to.have.length(2);
  });

  const later: readonly {
    readonly name: string;
    readonly afterMs: number;
    readonly ask: () => PollAsk;
    readonly asks: boolean;
  }[] = [
    { name: "young", afterMs: 9_000, ask: () => scheduled(), asks: false },
    { name: "too old", afterMs: 11_000, ask: () => scheduled(), asks: true },
    { name: "young and the look is forced", afterMs: 1, ask: () => forced(), asks: true },
    {
      name: "young and it has to come over a new connection",
      afterMs: 1,
      ask: () => scheduled({ fresh: true }),
      asks: true,
    },
    {
      name: "young and of another credential",
      afterMs: 1,
      ask: () => scheduled({ credentials: { kind: "bearer", token: "x" } }),
      asks: true,
    },
  ];
  for (const { name, afterMs, ask, asks } of later) {
    it(`${asks ? "asks" : "does not ask"} the server when another's answer is ${name}`, async () => {
      const first = polls.head(a, scheduled());
      await answered("1");
      await first;
      await clock.advance(afterMs);
      const second = polls.head(b, ask());
      await settled();
      expect(asked).to.have.length(asks ? 2 : 1);
      if (asks) await answered("1");
      expect(await second).to.have.property("isOwn", asks);
    });
  }

  it("gives a failure to each source once, however long each waits", async () => {
    const first = polls.head(a, scheduled());
    const joined = polls.head(b, scheduled());
    const failures = [rejection(first), rejection(joined)];
    await settled();
    asked[0]?.fail();
    for (const failure of failures) expect(await failure).to.have.property("code", "RateLimited");
    await clock.advance(50_000);
    const again = rejection(polls.head(a, scheduled()));
    await settled();
    asked[1]?.fail();
    await again;
    await clock.advance(50_000);
    expect(await rejection(polls.head(b, scheduled()))).to.have.property("code", "RateLimited");
    expect(asked).to.have.length(2);
  });

  it("does not ask within Retry-After for a source that has not seen it", async () => {
    const first = rejection(polls.head(a, scheduled()));
    await settled();
    asked[0]?.fail(60_000);
    await first;
    await clock.advance(59_000);
    expect(await rejection(polls.head(b, forced()))).to.have.property("code", "RateLimited");
    await clock.advance(2_000);
    const second = polls.head(polls.join(), forced());
    await answered("1");
    expect(await second).to.have.property("isOwn", true);
  });

  it("tells those who saw something else before, and none who asked", async () => {
    const news: string[] = [];
    a.onNews = () => news.push("a");
    b.onNews = () => news.push("b");
    polls.join().onNews = () => news.push("one that never polled");
    const both = [polls.head(a, scheduled()), polls.head(b, scheduled())];
    await answered("1");
    await Promise.all(both);
    for (const head of ["1", "2"]) {
      const next = polls.head(a, forced());
      await answered(head);
      await next;
    }
    expect(news).to.deep.equal(["b"]);
    polls.leave(b);
    const last = polls.head(a, forced());
    await answered("3");
    await last;
    expect(news).to.deep.equal(["b"]);
  });

  it("ends a request when the last who waits gives it up, not before", async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const first = rejection(polls.head(a, scheduled({ signal: one.signal })));
    const second = rejection(polls.head(b, scheduled({ signal: two.signal })));
    await settled();
    one.abort(new Error("removed"));
    expect((await first).message).to.equal("removed");
    expect(asked[0]?.signal.aborted).to.equal(false);
    two.abort(new Error("stopped"));
    expect((await second).message).to.equal("stopped");
    expect(asked[0]?.signal.aborted).to.equal(true);
    const next = polls.head(a, scheduled());
    await answered("1");
    expect(await next).to.have.property("isOwn", true);
  });
});
