import { expect } from "chai";
import { Poller, type PollEnd } from "../../../../agent/trigger/poller.ts";
import { Announcements } from "../../../../agent/trigger/webhook/announcements.ts";
import { aTrail } from "../../../support/a-trail.ts";
import { FakeClock, settled } from "../../../support/fake-clock.ts";

const OLD = "0".repeat(40);
const A = "a".repeat(40);
const B = "b".repeat(40);
const C = "c".repeat(40);

/** A source at OLD that is polled every 10 s, and whose server shows `shows` from then on. */
async function aSource() {
  const clock = new FakeClock();
  const polls: number[] = [];
  const lines: string[] = [];
  const audited: { action: string; metadata: object }[] = [];
  const gauge: boolean[] = [];
  const history = new Set([OLD]);
  const source = { shows: OLD, head: OLD, fails: false };
  const look = async (): Promise<PollEnd> => {
    polls.push(clock.monotonicMs() / 1000);
    const end = lookOnce();
    announcements.polled(end);
    return end;
  };
  const lookOnce = (): PollEnd => {
    if (source.fails) return { kind: "failed", reason: "Unreachable", message: "refused" };
    const kind = source.shows === source.head ? "unchanged" : "synced";
    source.head = source.shows;
    history.add(source.head);
    return { kind, head: source.head };
  };
  const poller = new Poller({
    name: "specs",
    intervalMs: 10_000,
    askedAt: () => announcements.againAt,
    steadyMs: () => announcements.intervalMs ?? 10_000,
    clock,
    random: () => 0.5,
    look,
    onError: (error) => lines.push(String(error)),
  });
  const line = (fields: { detail?: string }, message: string) => {
    lines.push(fields.detail === undefined ? message : `${message}: ${fields.detail}`);
  };
  const announcements: Announcements = new Announcements({
    source: "specs",
    ref: "main",
    intervalMs: 10_000,
    pollNow: () => poller.pollNow(),
    waitsUntil: () => poller.waitsUntil,
    head: () => source.head,
    knows: (commit) => history.has(commit),
    clock,
    store: {
      write: async (changes: readonly { record?: { action: string; metadata: object } }[]) => {
        for (const { record } of changes) if (record !== undefined) audited.push(record);
      },
    } as never,
    trail: aTrail(),
    log: { debug: () => undefined, info: line, warn: line } as never,
    metrics: { setAnnouncedMissing: (_source, is) => gauge.push(is) },
  });
  poller.start();
  await settled();
  const announce = async (commit: string | null, before: string | null = source.head) => {
    announcements.announce({ commit, before });
    await settled();
  };
  return { clock, polls, lines, audited, gauge, source, history, announcements, announce, poller };
}

describe("Announcements", () => {
  it("poll at once, and no more when the poll shows the commit", async () => {
    const { clock, polls, source, announce, announcements, poller } = await aSource();
    await clock.advance(3000);
    source.shows = A;
    await announce(A);
    expect(polls).to.deep.equal([0, 3]);
    await clock.advance(9000);
    expect(polls).to.deep.equal([0, 3]);
    expect(announcements.missing).to.equal(null);
    await poller.stop();
  });

  it("poll again with growing pauses until the commit is visible", async () => {
    const { clock, polls, source, announce, poller } = await aSource();
    await announce(A);
    await clock.advance(3400);
    source.shows = A;
    await clock.advance(6000);
    expect(polls).to.deep.equal([0, 0, 0.5, 1.5, 3.5]);
    await poller.stop();
  });

  it("show when the next poll is while the commit is not visible", async () => {
    const { clock, polls, announce, poller } = await aSource();
    await announce(A);
    const shown = [];
    for (let at = 0; at < 4; at += 1) {
      const waitMs = Date.parse(poller.live.nextPoll ?? "") - clock.nowMs();
      shown.push((clock.monotonicMs() + waitMs) / 1000);
      await clock.advance(waitMs);
    }
    expect(shown).to.deep.equal([0.5, 1.5, 3.5, 7.5]);
    expect(polls).to.deep.equal([0, 0, ...shown]);
    await poller.stop();
  });

  it("warn once when two minutes of polls do not show it, and take that back when it comes", async () => {
    const { clock, lines, audited, gauge, source, announce, announcements, poller } =
      await aSource();
    await announce(A);
    await clock.advance(119_000);
    expect(announcements.missing).to.equal(null);
    await clock.advance(60_000);
    const { message = "", reason } = announcements.missing ?? {};
    expect(reason).to.equal("AnnouncedCommitMissing");
    expect(message).to.equal(
      `a webhook announced commit ${A} of main at 2026-01-01T00:00:00.000Z, and 10 polls since then do not show it: the source stays at ${OLD}`,
    );
    await clock.advance(600_000);
    expect(lines).to.deep.equal([`announced commit is missing: ${message}`]);
    expect(audited[0]?.metadata).to.include({ commit: A, head: OLD, message, reason });
    source.shows = B;
    await clock.advance(11_000);
    expect(announcements.missing).to.equal(null);
    expect(lines[1]).to.equal("announced commit is missing no more");
    expect(audited.map(({ action }) => action)).to.deep.equal([
      "source.commitMissing",
      "source.commitFound",
    ]);
    expect(gauge).to.deep.equal([true, false]);
    await poller.stop();
  });

  it("keep the warning while a replay of an older push is shown", async () => {
    const { clock, announce, announcements, history, poller } = await aSource();
    history.add(B);
    await announce(A);
    await clock.advance(180_000);
    await announce(B);
    expect(announcements.missing?.message).to.include(A);
    await poller.stop();
  });

  it("wait for a source that fails, which says so itself", async () => {
    const { clock, source, announce, announcements, poller } = await aSource();
    source.fails = true;
    await announce(A);
    await clock.advance(600_000);
    expect(announcements.missing).to.equal(null);
    source.fails = false;
    source.shows = A;
    await clock.advance(60_000);
    expect(announcements.missing).to.equal(null);
    await poller.stop();
  });

  for (const [name, shows, asked, isMissing] of [
    ["a newer head", B, null, false],
    ["a head from before the push, of a replica that lags", C, C, true],
    ["the head of then", OLD, null, true],
  ] as const) {
    it(`${isMissing ? "are not content with" : "take"} ${name}`, async () => {
      const { clock, source, announce, announcements, poller } = await aSource();
      source.shows = shows;
      await announce(A, asked ?? OLD);
      await clock.advance(180_000);
      expect(announcements.missing !== null).to.equal(isMissing);
      await poller.stop();
    });
  }

  it("are not content with what an earlier webhook announced", async () => {
    const { clock, source, announce, polls, poller } = await aSource();
    await announce(B, OLD);
    await announce(A, C);
    source.shows = B;
    await clock.advance(600);
    expect(source.head).to.equal(B);
    const before = polls.length;
    await clock.advance(1100);
    expect(polls.length).to.equal(before + 1);
    await poller.stop();
  });

  it("let the interval grow while webhooks announce each head, and back at once when one is missed", async () => {
    const { clock, polls, source, announce, announcements, lines, poller } = await aSource();
    expect(announcements.intervalMs).to.equal(10_000);
    source.shows = A;
    await announce(A);
    expect(announcements.intervalMs).to.equal(60_000);
    await clock.advance(59_000);
    expect(polls).to.deep.equal([0, 0]);
    source.shows = B;
    await clock.advance(2000);
    expect(source.head).to.equal(B);
    expect(announcements.intervalMs).to.equal(10_000);
    expect(lines).to.deep.equal(["poll found what no webhook announced"]);
    await clock.advance(10_000);
    expect(polls).to.deep.equal([0, 0, 60, 70]);
    // The delivery was only late.
    await announce(B);
    expect(announcements.intervalMs).to.equal(60_000);
    await poller.stop();
  });

  it("do not let the interval grow by a replay of what was there", async () => {
    const { announce, announcements, history, poller } = await aSource();
    history.add(A);
    await announce(A);
    await announce(C);
    expect(announcements.intervalMs).to.equal(10_000);
    await poller.stop();
  });

  it("back off from the configured interval while the source fails", async () => {
    const { clock, polls, source, announce, poller } = await aSource();
    source.shows = A;
    await announce(A);
    source.fails = true;
    await clock.advance(200_000);
    // 60 s after the good one, then 2, 4 and 5 times 10 s.
    expect(polls).to.deep.equal([0, 0, 60, 80, 120, 170]);
    await poller.stop();
  });

  it("let the source be polled as configured again when a commit is missing", async () => {
    const { clock, source, announce, announcements, poller } = await aSource();
    source.shows = A;
    await announce(A);
    await announce(C, B);
    expect(announcements.intervalMs).to.equal(60_000);
    await clock.advance(180_000);
    expect(announcements.missing?.message).to.include(C);
    expect(announcements.intervalMs).to.equal(10_000);
    await poller.stop();
  });

  it("count a webhook without a commit, as of a tag, for the head that is found next or was just found", async () => {
    const { clock, source, announce, announcements, poller } = await aSource();
    source.shows = A;
    await announce(null);
    expect(source.head).to.equal(A);
    expect(announcements.intervalMs).to.equal(60_000);
    source.shows = B;
    await clock.advance(61_000);
    expect(announcements.intervalMs).to.equal(10_000);
    await announce(null);
    expect(announcements.intervalMs).to.equal(60_000);
    await poller.stop();
  });

  it("are polled as configured while a webhook without a commit brought nothing yet", async () => {
    const { clock, source, announce, announcements, poller } = await aSource();
    source.shows = A;
    await announce(A);
    await clock.advance(61_000);
    expect(announcements.intervalMs).to.equal(60_000);
    await announce(null);
    expect(announcements.intervalMs).to.equal(10_000);
    source.shows = B;
    await clock.advance(11_000);
    expect(announcements.intervalMs).to.equal(60_000);
    // What is found much later is not what it meant.
    await clock.advance(61_000);
    await announce(null);
    await clock.advance(61_000);
    source.shows = C;
    await clock.advance(11_000);
    expect(source.head).to.equal(C);
    expect(announcements.intervalMs).to.equal(10_000);
    await poller.stop();
  });

  it("look for a commit although a webhook without one comes after it", async () => {
    const { clock, source, announce, poller } = await aSource();
    await announce(A);
    await announce(null);
    source.shows = A;
    await clock.advance(600);
    expect(source.head).to.equal(A);
    await poller.stop();
  });

  it("ask for no poll after a stop", async () => {
    const { clock, polls, announce, announcements, poller } = await aSource();
    await announce(A);
    announcements.stop();
    await poller.stop();
    const before = polls.length;
    await announce(B);
    await clock.advance(60_000);
    expect(polls.length).to.equal(before);
    expect(clock.sleeping).to.equal(0);
  });
});
