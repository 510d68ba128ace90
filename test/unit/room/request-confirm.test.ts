import { expect } from "chai";
import {
  confirmAtArrival,
  judgeConfirm,
  type RequestConfirm,
} from "../../../agent/room/request-confirm.ts";
import type { Refusal } from "../../../agent/guardrail/guardrail.ts";
import type { Item } from "../../../agent/plan/item.ts";
import { planDigest } from "../../../agent/plan/plan-digest.ts";
import { aPlan, kicks } from "../../support/a-plan-input.ts";
import { anInput, aRoomRow } from "../../support/a-row.ts";

const GIT = anInput("1");
const POSTED = { ...anInput("1"), path: null };
const entities = (...ids: readonly string[]) => ids.map((id): Item => `entity/${id}`);

function refusal(items: readonly Item[]): Refusal {
  const guardrail = "kick-limit";
  const reason = "KickLimitExceeded";
  return { guardrail, reason, effect: "refusal", message: "m", items, confirmable: true };
}

const plan = aPlan(kicks("E-1", "E-2", "E-3"));
const REFUSED = aRoomRow({
  head: GIT,
  dryRun: { commit: "c0ffee" },
  refusals: [refusal(entities("E-1", "E-2"))],
  pendingPlan: {
    digest: planDigest(plan, GIT.digest),
    inputs: GIT.digest,
    removals: entities("E-1", "E-2", "E-3"),
  },
});

describe("confirmAtArrival", () => {
  const shown: RequestConfirm = {
    kind: "shown",
    items: entities("E-1", "E-2", "E-3"),
    inputs: GIT.digest,
    dryRun: "c0ffee",
  };
  const made: RequestConfirm = { kind: "made", inputs: GIT.digest, dryRun: "c0ffee" };

  it("is nothing without the header and the plan's name with its digest", () => {
    const digest = planDigest(plan, GIT.digest);
    expect(confirmAtArrival(false, REFUSED, null)).to.equal(null);
    expect(confirmAtArrival(digest, REFUSED, null)).to.deep.equal({ kind: "plan", digest });
  });

  it("is what was published as refused", () => {
    expect(confirmAtArrival(true, REFUSED, null)).to.deep.equal(shown);
    expect(confirmAtArrival(true, REFUSED, GIT.digest)).to.deep.equal(shown);
  });

  it("is the plan of the request where nothing was refused, or another spec was", () => {
    expect(confirmAtArrival(true, { ...REFUSED, refusals: [] }, null)).to.deep.equal(made);
    expect(confirmAtArrival(true, REFUSED, "other")).to.deep.equal({ ...made, inputs: "other" });
    expect(confirmAtArrival(true, null, null)).to.deep.equal({
      kind: "made",
      inputs: null,
      dryRun: null,
    });
  });
});

describe("judgeConfirm", () => {
  const digest = planDigest(plan, GIT.digest);
  const of = (...ids: readonly string[]) =>
    ({ kind: "shown", items: entities(...ids), inputs: GIT.digest, dryRun: null }) as const;
  const cases: readonly {
    readonly name: string;
    readonly confirm: RequestConfirm;
    readonly inputs?: typeof GIT;
    readonly covered?: readonly Item[];
    readonly covers?: readonly Item[];
    readonly beyond?: readonly Item[];
  }[] = [
    {
      name: "covers all that the plan made for the request removes",
      confirm: { kind: "made", inputs: "older", dryRun: null },
      covers: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "covers of what was shown what the plan still removes",
      confirm: of("E-0", "E-1", "E-2", "E-3"),
      covers: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "covers nothing when the plan removes more than was shown",
      confirm: of("E-1", "E-2"),
      beyond: entities("E-3"),
    },
    {
      name: "does not count as more what another confirmation covers",
      confirm: of("E-1", "E-2"),
      covered: entities("E-3"),
      covers: entities("E-1", "E-2"),
    },
    {
      name: "covers the plan that is named",
      confirm: { kind: "plan", digest },
      covers: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "covers nothing when another plan is named",
      confirm: { kind: "plan", digest: planDigest(plan, "other") },
      beyond: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "does not cover a spec that somebody else posted meanwhile, made for the request",
      confirm: { kind: "made", inputs: "mine", dryRun: null },
      inputs: POSTED,
      beyond: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "does not cover a spec that somebody else posted meanwhile, though all of it was shown",
      confirm: { ...of("E-1", "E-2", "E-3"), inputs: "mine" },
      inputs: POSTED,
      beyond: entities("E-1", "E-2", "E-3"),
    },
    {
      name: "covers the spec that was posted with it",
      confirm: { kind: "made", inputs: POSTED.digest, dryRun: null },
      inputs: POSTED,
      covers: entities("E-1", "E-2", "E-3"),
    },
  ];
  for (const { name, confirm, inputs = GIT, covered = [], covers, beyond } of cases) {
    it(name, () => {
      const verdict = judgeConfirm(confirm, { plan, inputs, covered: new Set(covered) });
      expect(verdict).to.deep.equal(
        covers === undefined ? { kind: "outdated", beyond } : { kind: "covers", items: covers },
      );
    });
  }
});
