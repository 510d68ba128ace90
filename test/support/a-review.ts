import type { Item } from "../../agent/plan/item.ts";
import type { Action, Plan } from "../../agent/plan/plan.ts";
import type { Review, RoomResult, RoomReview } from "../../agent/review/review.ts";
import { anEntity } from "./a-room-spec.ts";

type Planned = Extract<RoomResult, { readonly kind: "planned" }>;

/** A plan that joins and kicks entities. */
export function aShownPlan(roomId: string, { joins = 0, kicks = 0 } = {}): Plan {
  const names = (count: number, from: number) =>
    Array.from({ length: count }, (_, at) => `E-${from + at}`);
  const joined = names(joins, 1).map((id): Action => {
    const entity = anEntity(id);
    return { kind: "join", item: `entity/${id}`, entity };
  });
  const kicked = names(kicks, 1001).map((id): Action => {
    return { kind: "kick", item: `entity/${id}`, previous: { ...anEntity(id) } };
  });
  const actions = [...joined, ...kicked];
  return { roomId, actions, blocked: [], unknownPolicies: [], removedPolicies: [] };
}

/** A room whose removals are all refused. */
export function aRoomReview(
  roomId = "harbor7",
  { joins = 1, kicks = 0, ...given }: { joins?: number; kicks?: number } & Partial<Planned> = {},
): RoomReview {
  const plan = given.plan ?? aShownPlan(roomId, { joins, kicks });
  const refused = plan.actions
    .filter(({ kind }) => kind === "kick")
    .map(({ item }): Item => item)
    .sort();
  const refusal = {
    guardrail: "change-threshold",
    reason: "ChangeThresholdExceeded",
    effect: "refusal",
    message: "too much is removed",
    items: refused,
    confirmable: true,
  } as const;
  return {
    roomId,
    path: `rooms/${roomId}.room.yaml`,
    isNew: false,
    result: {
      kind: "planned",
      plan,
      digest: `sha256:${roomId}`,
      refusals: refused.length === 0 ? [] : [refusal],
      refused,
      closed: null,
      ...given,
    },
    seeds: [],
    warnings: [],
  };
}

export function aReview(given: Partial<Review> = {}): Review {
  return {
    source: "specs",
    number: 7,
    head: "a".repeat(40),
    base: "b".repeat(40),
    baseBranch: "main",
    rooms: [],
    invalid: [],
    ignored: [],
    problems: [],
    ...given,
  };
}
