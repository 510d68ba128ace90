import { expect } from "chai";
import { explain } from "../../../agent/api/explain/explain.ts";
import { toText } from "../../../agent/cli/explain.ts";
import type { Room } from "../../../agent/room/room.ts";
import { unblockOf } from "../../../agent/api/explain/unblock.ts";
import { HEAD } from "../../support/a-verified-room.ts";
import {
  A_PRUNE,
  aCondition,
  aRefusal,
  explainFacts,
  failing,
  refused,
} from "../../support/explain-facts.ts";

describe("what explain says to do about a refusal", () => {
  it("lists a removal and what to do about it once where two guardrails refuse it", () => {
    const items = ["entity/E-1", "entity/E-2"] as const;
    const room = refused({ items });
    const refusals = [
      ...(room.refusals ?? []),
      aRefusal({ reason: "ChangeThresholdExceeded", message: "2 of 3 would be removed", items }),
      aRefusal({ reason: "CriticalPolicyRemoval", message: "1 policy", items: ["policy/p"] }),
    ];
    const { blockedBy } = explain(explainFacts({ room: { ...room, refusals } }));
    const [first, second, third] = blockedBy;
    expect(first?.unblock).to.include("Confirm: lab-01").and.include("Reject: ");
    expect(second?.message).to.equal(
      "2 of 3 would be removed; removals: among those of KickLimitExceeded",
    );
    expect(third?.message).to.equal("1 policy; removals: policy/p");
    for (const other of [second, third])
      expect(other?.unblock).to.equal("See KickLimitExceeded: one confirmation covers both.");
  });

  it("says once how to confirm a dry run and what is refused in it", () => {
    const items = ["entity/E-1"] as const;
    const room = refused({ items });
    const refusals = [
      ...(room.refusals ?? []),
      aRefusal({ reason: "CriticalPolicyRemoval", message: "1 policy", items: ["policy/p"] }),
    ];
    const facts = explainFacts({ room: { ...room, refusals, dryRun: { commit: HEAD } } });
    const [first, second, third] = explain(facts).blockedBy;
    expect(first?.reason).to.equal("DryRun");
    expect(first?.unblock).to.include("Confirm: lab-01");
    expect(second?.unblock).to.match(/^See DryRun: one confirmation covers both\. Reject: /);
    expect(second?.unblock).to.not.include("Confirm: lab-01");
    expect(third?.unblock).to.equal("See KickLimitExceeded: one confirmation covers both.");
  });

  it("names the folder of a source to validate a file from, as a shell takes it", () => {
    const headProblem = { reason: "SpecInvalid", message: "broken", revision: "r" } as const;
    const room = { ...failing("SpecInvalid"), headProblem };
    const commandAt = (url: string) => {
      const info = { name: "specs", url, ref: "local" };
      const { blockedBy } = explain(explainFacts({ room, source: { info } }));
      return /`([^`]+)` checks it first/.exec(blockedBy[0]?.unblock ?? "")?.[1];
    };
    const command = "room-operator validate";
    expect(commandAt("http://git.test/specs.git")).to.equal(`${command} rooms/lab.room.yaml`);
    expect(commandAt("file:///srv/rooms")).to.equal(
      `${command} --root /srv/rooms /srv/rooms/rooms/lab.room.yaml`,
    );
    expect(commandAt("file:///srv/our%20rooms")).to.equal(
      `${command} --root '/srv/our rooms' '/srv/our rooms/rooms/lab.room.yaml'`,
    );
  });

  it("says how a refusal ends that no confirmation allows, next to one that a confirmation does", () => {
    const room = refused({ confirmable: false });
    const refusals = [...(room.refusals ?? []), aRefusal({ reason: "CriticalPolicyRemoval" })];
    const { blockedBy } = explain(explainFacts({ room: { ...room, refusals } }));
    expect(blockedBy[0]?.unblock).to.include("remove fewer at once");
    expect(blockedBy[1]?.unblock).to.include('-m "Confirm: lab-01"');
  });

  it("names the branch to confirm a prune on, though the room has no owner", () => {
    const orphan = aCondition({ type: "Orphaned", status: "True", reason: "PrunePending" });
    const refusal = refused({ reason: "PruneNeedsConfirm" });
    const conditions = [orphan, ...(refusal.conditions ?? [])];
    const prune = { ...refusal, conditions, owner: null, prune: A_PRUNE };
    const answer = explain(explainFacts({ room: prune, source: null }));
    const { blockedBy } = answer;
    expect(blockedBy.filter(({ reason }) => reason.startsWith("Prune"))).to.have.length(1);
    expect(toText(answer)).to.match(/head +none: no spec names the room/);
    const found = blockedBy.find(({ reason }) => reason === "PruneNeedsConfirm");
    expect(found?.unblock).to.include("&& git push` on branch main.");
  });

  it("speaks of no removal where only the version is refused", () => {
    const room = refused({ reason: "SpecVersionRegressed", items: [] });
    const [found] = explain(explainFacts({ room })).blockedBy;
    expect(found?.unblock)
      .to.include('-m "Confirm version" -m "Confirm: lab-01"')
      .and.include("Or raise metadata.version above 4 in rooms/lab.room.yaml")
      .and.not.include("removals");
  });

  it("speaks of no removal where a dry run is ended", () => {
    const unblock = unblockOf("DryRun", explainFacts({ room: { dryRun: { commit: HEAD } } }));
    expect(unblock).to.include('-m "Carry out the plan" -m "Confirm: lab-01"');
    expect(unblock).not.to.include("removals");
  });

  for (const [line, says] of [
    ["Override-Window: urgent", /push .*Override-Window: <reason>/],
    ["override-window: urgent", /push .*Override-Window: <reason>/],
    ["Dry-Run: yes", /^For a dry run, write `Dry-Run: true` .*"Dry-Run: lab-01" && git push` on/],
    ["> dry-run: lab-01", /^For a dry run/],
    ["Shrink it. Dry-Run: true", /^For a dry run/],
    ["Dry-Run: false", /^Write it as the message says/],
    ["confirm: true", /the room: `git commit --allow-empty .*"Confirm: lab-01" && git push`/],
    ["\u2026", /name the room/],
  ] as const) {
    it(`says what to do about \`${line}\` that does not count`, () => {
      const intentIgnored = [{ commit: HEAD, line, reason: "it is late" }];
      const room = { ...failing("SyncWindowClosed"), intentIgnored };
      const { blockedBy } = explain(explainFacts({ room }));
      const found = blockedBy.find(({ reason }) => reason === "IntentIgnored");
      expect(found?.unblock).to.match(says);
    });
  }

  const unblockOfLine = (line: string, room: Partial<Room>) => {
    const intentIgnored = [{ commit: HEAD, line, reason: "it is late" }];
    const { blockedBy } = explain(explainFacts({ room: { ...room, intentIgnored } }));
    return blockedBy.find(({ reason }) => reason === "IntentIgnored")?.unblock;
  };

  it("says how to carry a dry run out where a line that does not count asks for none", () => {
    const dryRun = { ...failing("DryRun"), dryRun: { commit: HEAD } };
    expect(unblockOfLine("Dry-Run: false", dryRun)).to.include('"Confirm: lab-01" && git push`');
    expect(unblockOfLine("dry-run: true", dryRun)).to.equal(
      "None, the room is a dry run already. Next time, write the line as the message says.",
    );
  });

  it("says how to confirm what is refused where a `Confirm` does not count", () => {
    expect(unblockOfLine("confirm: true", refused({})))
      .to.include('-m "Confirm removals" -m "Confirm: lab-01" && git push` on branch main')
      .and.not.include("Reject");
  });
});
