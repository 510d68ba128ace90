import { expect } from "chai";
import type { Condition, ConditionType } from "../../../agent/status/condition.ts";
import { topCondition } from "../../../agent/status/top-condition.ts";

const condition = (type: ConditionType, status: Condition["status"]): Condition => ({
  type,
  status,
  reason: "Converged",
  message: "",
  lastTransitionTime: "2026-01-01T00:00:00.000Z",
});

const cases: readonly {
  name: string;
  given: readonly Condition[];
  want: ConditionType | undefined;
}[] = [
  { name: "nothing of a room without conditions", given: [], want: undefined },
  { name: "nothing of a room that is ready", given: [condition("Ready", "True")], want: undefined },
  { name: "Ready when it is False", given: [condition("Ready", "False")], want: "Ready" },
  { name: "Ready when it is Unknown", given: [condition("Ready", "Unknown")], want: "Ready" },
  {
    name: "what a person must do before all else",
    given: [
      condition("Ready", "False"),
      condition("Stalled", "True"),
      condition("AwaitingConfirm", "True"),
    ],
    want: "AwaitingConfirm",
  },
  {
    name: "not what is False",
    given: [condition("Stalled", "False"), condition("Reconciling", "True")],
    want: "Reconciling",
  },
  {
    name: "a ready room that is only partly managed",
    given: [condition("Ready", "True"), condition("PartlyManaged", "True")],
    want: "PartlyManaged",
  },
];

describe("topCondition", () => {
  for (const { name, given, want } of cases) {
    it(`tells ${name}`, () => {
      expect(topCondition(given)?.type).to.equal(want);
      expect(topCondition([...given].reverse())?.type).to.equal(want);
    });
  }
});
