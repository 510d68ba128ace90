import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { toRoomView } from "../../../agent/api/room-view.ts";
import { unblockOf } from "../../../agent/api/explain/unblock.ts";
import { toText } from "../../../agent/cli/explain.ts";
import { isReason, REASONS, type Reason } from "../../../agent/status/reasons.ts";
import { aReadySource, HEAD } from "../../support/a-verified-room.ts";
import type { Room } from "../../../agent/room/room.ts";
import { anIgnored } from "./explain-other-rows.ts";
import {
  aCondition,
  aRefusal,
  explainFacts,
  failing,
  refused,
  SINCE,
} from "../../support/explain-facts.ts";

describe("explain", () => {
  it("says of a room that is as its newest spec says that it is at head", () => {
    const answer = explain(explainFacts({ place: { kind: "running" } }));
    expect(answer).to.deep.equal({
      roomId: "lab-01",
      source: "specs",
      path: "rooms/lab.room.yaml",
      head: `main@sha1:${HEAD}`,
      lastPoll: SINCE,
      verifiedRevision: `main@sha1:${HEAD}`,
      atHead: true,
      needsPerson: null,
      planDigest: null,
      blockedBy: [],
    });
  });

  it("names the head of the source, too, where that does not change the room", () => {
    const observedHead = "e".repeat(40);
    const row = aReadySource({ observedHead });
    const answer = explain(explainFacts({ source: { row } }));
    expect(answer).to.include({ atHead: true, head: `main@sha1:${HEAD}` });
    expect(answer.sourceHead).to.equal(`main@sha1:${observedHead}`);
    expect(toText(answer)).to.equal(
      [
        "lab-01 is at head",
        "  source    specs, rooms/lab.room.yaml",
        `  head      main@sha1:${observedHead}, which does not change this room`,
        `  changed   main@sha1:${HEAD}, the newest revision that does`,
        `  polled    at ${SINCE}`,
        `  verified  main@sha1:${HEAD}`,
        "",
      ].join("\n"),
    );
  });

  it("says of a room at head why it needs a person, in the words of /status and health", () => {
    const blocked = [
      { item: "artifact/a" as const, reason: "SeedMissing" as const, message: "no such file" },
    ];
    const facts = explainFacts({ room: { blocked } });
    const { atHead, needsPerson } = explain(facts);
    expect(atHead).to.equal(true);
    expect(needsPerson).to.deep.equal({
      reason: "SeedMissing",
      message: "artifact/a: no such file",
    });
    expect(needsPerson).to.deep.equal(toRoomView(facts.room, new Set(), []).needsPerson);
  });

  it("shows a file that may not have the room, which is at head by its owner, as /status does", () => {
    const claim = { path: "b.yaml", reason: "ClaimedTwice" as const, message: "a and b name it" };
    for (const source of ["specs", "other"]) {
      const facts = explainFacts({ claims: [{ source, ...claim }] });
      const answer = explain(facts);
      const message = `source ${source}: a and b name it`;
      expect(answer.blockedBy).to.have.length(1);
      expect(answer.blockedBy[0]).to.include({ reason: "ClaimedTwice", message });
      const of = (path: string, its: string) =>
        source === "specs" ? path : `${path} of source "${its}"`;
      const owned = of("rooms/lab.room.yaml", "specs");
      expect(answer.blockedBy[0]?.unblock).to.equal(
        `${owned} has room lab-01: delete ${of("b.yaml", "other")}, or give it another spec.roomId. To let it have the room, delete ${owned} instead.`,
      );
      expect(answer.atHead).to.equal(true);
      expect(answer.needsPerson).to.equal(null);
      expect(toRoomView(facts.room, new Set(), []).needsPerson).to.equal(null);
    }
  });

  it("says of a damaged store that it is damaged, and what to do about that", () => {
    const store = { ok: false, message: "store /x is damaged (cut off)", damaged: true as const };
    const [first] = explain(explainFacts({ agent: { store } })).blockedBy;
    expect(first).to.include({ reason: "StoreDamaged" });
    expect(first?.unblock).to.include("The store is damaged in docs/operations.md");
  });

  it("has something to do for every reason that can hold a room back", () => {
    const places = ["room", "refusal", "blocked", "source"];
    const words = Object.keys(REASONS).filter(isReason);
    const told = words.filter((word) => places.includes(REASONS[word].place));
    expect(told.length).to.be.above(50);
    for (const reason of told.filter((word) => word !== "Converged")) {
      const unblock = unblockOf(reason, explainFacts({}));
      expect(
        unblock,
        `${reason} has no next step: give it one in status/*-reasons.ts`,
      ).not.to.match(/^Read the message, and ask/);
      expect(unblock).to.match(/\.$/);
      expect(unblock).not.to.include("<roomId>");
    }
  });

  it("sends to what is known of the room for a reason nobody explained", () => {
    expect(unblockOf("Odd" as Reason, explainFacts({}))).to.include("GET /status/rooms/lab-01");
  });

  for (const [lastOutcome, says] of [
    ["converged", /^None, the agent corrects it/],
    ["partial/ActionsFailed", /^Each pass tries to correct it, and the last one failed/],
    ["failed/Refused", /^Each pass tries to correct it, and the last one failed/],
    ["refused", /^The drift is not corrected as long as/],
  ] as const)
    it(`says of drift what the agent does about it after a pass that ended ${lastOutcome}`, () => {
      const room = { lastOutcome, refusedUpdates: [] };
      expect(unblockOf("DriftDetected", explainFacts({ room }))).to.match(says);
    });

  it("does not say of drift that each pass tries to correct what is not tried again", () => {
    const named = {
      item: "entity/E-1",
      inputs: "1",
      digest: "d",
      triedAt: "",
      status: 400,
    } as const;
    const refusedUpdates = [named];
    const room = { lastOutcome: "failed/Refused", refusedUpdates };
    expect(unblockOf("DriftDetected", explainFacts({ room }))).to.match(
      /tried again after an hour/,
    );
  });

  for (const [reason, first] of [
    ["UnrelatedHistory", true],
    ["SourceEmptied", true],
    ["SignatureMissing", true],
    ["Timeout", false],
  ] as const)
    it(`tells that a source fails (${reason}) ${first ? "before" : "behind"} what a commit would confirm`, () => {
      const { blockedBy } = explain(
        explainFacts({
          row: { lastError: { reason, message: "no", since: SINCE } },
          room: refused({ reason: "HistoryRewritten" }),
        }),
      );
      const reasons = blockedBy.map((one) => one.reason).slice(0, 2);
      const want = first ? [reason, "HistoryRewritten"] : ["HistoryRewritten", reason];
      expect(reasons).to.deep.equal(want);
    });

  it("tells everything that stands in the way, what decides first", () => {
    const answer = explain(
      explainFacts({
        agent: { stopping: true },
        row: { lastError: { reason: "Timeout", message: "no answer", since: SINCE } },
        room: {
          ...refused({}),
          dryRun: { commit: HEAD },
          blocked: [{ item: "artifact/a", reason: "SeedMissing", message: "no such file" }],
          intentIgnored: [{ commit: HEAD, line: "confirm: yes", reason: "not the exact key" }],
        },
        place: { kind: "waiting", dueInMs: 1000, held: true },
      }),
    );
    expect(answer.blockedBy.map(({ reason }) => reason)).to.deep.equal([
      "ShuttingDown",
      "DryRun",
      "KickLimitExceeded",
      "Timeout",
      "PassDue",
      "SeedMissing",
      "IntentIgnored",
    ]);
  });

  it("tells of each reason since when it holds, not since when the room is not ready", () => {
    const reasonsSince = { KickLimitExceeded: "2026-02-01T00:00:00.000Z" };
    const [told] = explain(explainFacts({ room: { ...refused({}), reasonsSince } })).blockedBy;
    expect(told).to.include({ reason: "KickLimitExceeded", since: reasonsSince.KickLimitExceeded });
  });

  it("tells once what head and the spec enforced beside it are refused for", () => {
    const twice = { ...refused({}), refusals: [aRefusal({}), aRefusal({})] };
    expect(explain(explainFacts({ room: twice })).blockedBy).to.have.length(1);
  });

  it("says of a suspended room what waits behind the suspension, and that it has to end first", () => {
    const message = "Ada suspended room lab-01";
    const gate = aCondition({ type: "Suspended", status: "True", reason: "Suspended", message });
    for (const behind of [refused({}), { dryRun: { commit: HEAD } }]) {
      const room = { ...behind, conditions: [gate, aCondition({ reason: "Suspended", message })] };
      const facts = explainFacts({ room });
      const [first, second] = explain(facts).blockedBy;
      expect(first?.reason).to.equal("Suspended");
      expect(second?.unblock).to.match(/^End the suspension first: .*POST \/apply/);
      const hint = toRoomView(facts.room, new Set(), []).howToConfirm;
      expect(hint).to.include(message).and.include("Confirm: lab-01");
    }
    const room = { conditions: [gate] };
    expect(toRoomView(explainFacts({ room }).room, new Set(), []).howToConfirm).to.equal(null);
  });

  it("names no other command than the message does to end a suspension", () => {
    expect(unblockOf("Suspended", explainFacts({}))).to.match(/^Run the `room-operator resume …` /);
  });

  it("does not tell of words that do not count where the newest spec is verified and nothing is refused", () => {
    const intentIgnored = [{ commit: HEAD, line: "confirm: yes", reason: "not the exact key" }];
    const { verified } = explainFacts({}).room;
    const reasons = (room: Partial<Room>) =>
      explain(explainFacts({ room: { ...room, intentIgnored } })).blockedBy.map(
        ({ reason }) => reason,
      );
    const unreached = failing("RoomServerUnavailable");
    expect(reasons(unreached)).to.include("IntentIgnored");
    expect(reasons({ ...unreached, head: verified })).to.not.include("IntentIgnored");
    expect(reasons({ ...refused({}), head: verified })).to.include("IntentIgnored");
  });

  it("does not tell of words that do not count once the room is at head", () => {
    const intentIgnored = [{ commit: HEAD, line: "confirm: yes", reason: "not the exact key" }];
    expect(explain(explainFacts({ room: { intentIgnored } })).blockedBy).to.deep.equal([]);
  });

  describe("lines of commits that count for no room", () => {
    const told = (line: string, room: Partial<Room> = refused({})) =>
      explain(explainFacts({ room, row: { warnings: [anIgnored(line)] } }))
        .blockedBy.filter(({ reason }) => reason === "IntentIgnored")
        .map(({ unblock }) => unblock.replace(/ Without git: .*/, ""));
    const push =
      'Confirm: `git commit --allow-empty -m "Confirm removals" -m "Confirm: lab-01" && git push` on branch main.';
    const PLAN_ONLY =
      'For a dry run, write `Dry-Run: true` in the last paragraph of the next commit that changes the room, or name it in an empty one: `git commit --allow-empty -m "Plan only" -m "Dry-Run: lab-01" && git push` on branch main.';
    const asked = `Did you mean lab-01? ${push}`;

    for (const [line, unblocks] of [
      ["Confirm: lab01", [asked]],
      ["Confirm: Lab-01", [asked]],
      ["Confirm: office-7, lab-1", [asked]],
      ["confirm: lab-01", [push]],
      ["Confirm: true", [push]],
      ["Dry-Run: true", [PLAN_ONLY]],
      ["Dry-Run: lab01", [`Did you mean lab-01? ${PLAN_ONLY}`]],
      ["confirm = yes", [push]],
      ["Confirm:", [push]],
      ["\u2026", [push]],
      ["Confirm: office-7", []],
      ["Confirm: office-7, true", []],
    ] as const) {
      it(`shows ${unblocks.length === 0 ? "not " : ""}\`${line}\` in a room that waits for a confirmation`, () => {
        expect(told(line)).to.deep.equal(unblocks);
      });
    }

    it("shows a name without its number in a dry run", () => {
      const dryRun = { ...failing("DryRun"), dryRun: { commit: HEAD } };
      expect(told("Confirm: lab", dryRun)).to.deep.equal([
        asked.replace("Confirm removals", "Carry out the plan"),
      ]);
    });

    it("shows them in a dry run", () => {
      const dryRun = { ...failing("DryRun"), dryRun: { commit: HEAD } };
      expect(told("Confirm: lab01", dryRun)).to.deep.equal([
        asked.replace("Confirm removals", "Carry out the plan"),
      ]);
    });

    it("shows none in a room that does not wait for a confirmation", () => {
      expect(told("Confirm: lab01", refused({ confirmable: false }))).to.deep.equal([]);
      expect(told("Confirm: lab01", failing("RoomServerUnavailable"))).to.deep.equal([]);
      expect(told("Confirm: lab01", {})).to.deep.equal([]);
    });

    it("shows no other warning of the source", () => {
      const warnings = [{ reason: "CommitsNotRead" as const, message: "too many" }];
      const { blockedBy } = explain(explainFacts({ room: refused({}), row: { warnings } }));
      expect(blockedBy.map(({ reason }) => reason)).to.deep.equal(["KickLimitExceeded"]);
    });
  });
});
