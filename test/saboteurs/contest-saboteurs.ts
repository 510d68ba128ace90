import type { Saboteur } from "./saboteur.ts";

const CONTEST = "test/unit/reconcile/contest.test.ts";

/** Those of two that want a room in different ways. */
export const CONTEST_SABOTEURS: readonly Saboteur[] = [
  {
    name: "two agents fight over a room for ever",
    file: "agent/reconcile/contest.ts",
    text: `waitMs === 0 ? null`,
    replacement: `waitMs >= 0 ? null`,
    tests: [CONTEST],
  },
  {
    name: "two that fight slowly are never found out",
    file: "agent/room/contest-law.ts",
    text: `lastHour > CORRECTIONS_AN_HOUR;`,
    replacement: `lastHour > 99 * CORRECTIONS_AN_HOUR;`,
    tests: [CONTEST],
  },
  {
    name: "one correction after a fight ended is a fight",
    file: "agent/reconcile/reconciler.ts",
    text: `if (contest === "ended") deps.corrections.forget(roomId);`,
    replacement: "",
    tests: [CONTEST],
  },
  {
    name: "the corrections of all rooms are remembered for an hour, however many",
    file: "agent/reconcile/correction-counts.ts",
    text: ` && this.#size <= MAX_ITEMS_IN_ALL`,
    replacement: "",
    tests: ["test/unit/reconcile/correction-counts.test.ts"],
  },
  {
    name: "a fight that only the read-back sees is none",
    file: "agent/reconcile/contest.ts",
    text: `.filter(({ item, isSeen }) => isSeen || isKept(item));`,
    replacement: `.filter(({ isSeen }) => isSeen);`,
    tests: [CONTEST],
  },
];
