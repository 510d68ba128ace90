import type { LabelConfig } from "../../agent/config/config.ts";
import type { MergedFacts } from "../../agent/forge/label-intent.ts";
import type {
  ForgeLabel,
  ForgePerson,
  HistoryEvent,
  PullRequest,
} from "../../agent/forge/forge.ts";
import type { Item } from "../../agent/plan/item.ts";
import type { ShownPlan } from "../../agent/room/shown-plan.ts";

export const ADA: ForgePerson = { id: "1", login: "ada" };
export const BOB: ForgePerson = { id: "2", login: "bob" };
export const MALLORY: ForgePerson = { id: "9", login: "mallory" };

export const RULES: LabelConfig = {
  confirm: "confirm",
  dryRun: "dry-run",
  confirmId: null,
  allowedPersons: null,
  requireOtherPerson: false,
};

/** The ids that labels have from the beginning on. */
const IDS: Readonly<Record<string, string>> = {
  confirm: "11",
  "confirm/room-a": "12",
  "confirm/room-b": "13",
  "confirm/room-z": "14",
  "dry-run": "21",
  "dry-run/room-a": "22",
  "dry-run/room-z": "23",
};

export const labelOf = (name: string, id?: string | null): ForgeLabel => ({
  name,
  id: id === undefined ? (IDS[name] ?? "99") : id,
});

/** What happens to a pull request, one after the other. */
export type PullStep =
  | { readonly plan: Readonly<Record<string, readonly Item[]>>; readonly during?: PullStep }
  | { readonly add: string; readonly by?: ForgePerson; readonly id?: string | null }
  | { readonly remove: string; readonly by?: ForgePerson }
  | { readonly event: "push" | "retarget" | "close" | "reopen" | "merge" };

/** The facts of a pull request by Ada that was merged as a commit, after these steps; without a step `merge` that is the last. */
export function aMergedPullRequest(
  steps: readonly PullStep[],
  given: {
    readonly mergeSha: string;
    readonly rules?: Partial<LabelConfig>;
    readonly pinned?: Readonly<Record<string, string>>;
    /** What was pinned when plans were shown; absent: what is now. */
    readonly pinnedThen?: Readonly<Record<string, string>>;
    readonly writers?: readonly ForgePerson[];
    readonly noConfirm?: string;
    readonly changingAfter?: number;
  },
): MergedFacts {
  const events: HistoryEvent[] = [];
  const plans: ShownPlan[] = [];
  const on = new Map<string, ForgeLabel>();
  let position = 0;
  const then = given.pinnedThen ?? given.pinned ?? IDS;
  const take = (step: PullStep): void => {
    if ("plan" in step) {
      const begunAfter = position;
      if (step.during !== undefined) take(step.during);
      plans.push({
        ...aShownPlan(step.plan, { begunAfter, shownAfter: position }),
        labelIds: then,
      });
    } else if ("event" in step) {
      events.push({ kind: step.event, person: ADA });
    } else {
      position += 1;
      const isAdded = "add" in step;
      const name = isAdded ? step.add : step.remove;
      const label = isAdded ? labelOf(name, step.id) : (on.get(name) ?? labelOf(name));
      if (isAdded) on.set(name, label);
      else on.delete(name);
      const kind = isAdded ? "labelAdded" : "labelRemoved";
      events.push({ kind, label, person: step.by ?? BOB, position });
    }
  };
  const isMerged = steps.some((step) => "event" in step && step.event === "merge");
  for (const step of isMerged ? steps : [...steps, { event: "merge" } as const]) take(step);
  const pinned = given.pinned ?? IDS;
  const writers = new Set((given.writers ?? [ADA, BOB]).map(({ id }) => id));
  const rules = { ...RULES, ...given.rules };
  return {
    pull: aPullRequest({ labels: [...on.values()], mergeSha: given.mergeSha }),
    history: { events, isWhole: true },
    plans,
    changingAfter: given.changingAfter ?? null,
    rules,
    pinnedId: (name) => pinned[name] ?? null,
    mayConfirm: ({ id }) => (rules.allowedPersons ?? [...writers]).includes(id),
    noConfirm: given.noConfirm ?? null,
  };
}

export function aPullRequest(given: Partial<PullRequest> = {}): PullRequest {
  return {
    number: 7,
    title: "Send the season team home",
    url: "https://git.test/rooms/specs/pulls/7",
    author: ADA,
    state: "merged",
    isDraft: false,
    isFork: false,
    baseBranch: "main",
    isOurBase: true,
    headSha: "b".repeat(40),
    headRef: "refs/pull/7/head",
    labels: [],
    mergeSha: null,
    ...given,
  };
}

export function aShownPlan(
  refused: Readonly<Record<string, readonly Item[]>>,
  at: { readonly begunAfter: number; readonly shownAfter: number },
): ShownPlan {
  const rooms = Object.entries(refused).map(([roomId, items]) => [
    roomId,
    { digest: `sha256:${"0".repeat(64)}`, refused: items },
  ]);
  return {
    head: "b".repeat(40),
    base: "c".repeat(40),
    digest: `sha256:${"1".repeat(64)}`,
    publishedAt: "2026-05-01T12:00:00.000Z",
    ...at,
    rooms: Object.fromEntries(rooms) as ShownPlan["rooms"],
  };
}
