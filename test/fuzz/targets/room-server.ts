import { parseJson } from "../../../agent/roomserver/parse-json.ts";
import { hashSchema, stateSchema } from "../../../agent/roomserver/rest-wire.ts";
import { toDiffLists } from "../../../agent/plan/diff-lists.ts";
import { makePlan } from "../../../agent/plan/make-plan.ts";
import { removalsOf } from "../../../agent/plan/removals.ts";
import { aPlanInput } from "../../support/a-plan-input.ts";
import { aRoomState } from "../../support/a-room-state.ts";
import { mustHold, shapeOf, textBytes, type FuzzTarget } from "../fuzz-target.ts";

const INPUT = aPlanInput({
  spec: {
    entities: [{ id: "E-a" }, { id: "E-b" }],
    artifacts: [{ name: "plan", seedFrom: "seeds/plan.md", promoteAfterSeed: true }],
    policies: { dmVisibilityDefault: "team" },
  },
});
const KEPT = ["entity/E-a", "entity/E-b", "artifact/plan"];

const ROOM = {
  roomId: INPUT.observed.roomId,
  entities: [
    { id: "E-a", kind: "Agent", policy: { scopes: ["x"], rateLimit: { perMinute: 3 } } },
    { id: "E-x", kind: "human", capabilities: ["a"], displayName: null },
  ],
  artifacts: [{ name: "plan", hash: "a".repeat(64), tags: ["t"], isPromoted: false }],
  policies: { dmVisibilityDefault: "owner", other: { deep: [1] } },
  resources: [{ name: "r", status: "READY", config: {} }],
};

/** A room's state, up to the plan that is made from it. */
export const roomState: FuzzTarget = {
  name: "room-state",
  what: "a RoomServer's answer with a room's state",
  maxBytes: 65_536,
  seeds: [ROOM, aRoomState(), { hash: "b".repeat(64) }, []].map((value) =>
    textBytes(JSON.stringify(value)),
  ),
  words: [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "null",
    "true",
    "1e309",
    "-0",
    '""',
    "\\u0000",
    "\\ud800",
    '"roomId":',
    '"entities":',
    '"artifacts":',
    '"policies":',
    '"resources":',
    '"id":',
    '"name":',
    '"__proto__":',
    '"constructor":',
    '"toString":',
    '"ENTITIES":',
    '"isPromoted":',
    '"hash":',
    '"E-a"',
    '"E-b"',
    '"plan"',
    '"dmVisibilityDefault"',
    "[[[[[[[[[[[[[[[[",
  ],
  run: async (input) => {
    const parsed = parseJson(input);
    if ("problem" in parsed) return shapeOf(parsed.problem);
    const hash = hashSchema.safeParse(parsed.value).success;
    const state = await stateSchema.safeParseAsync(parsed.value);
    if (!state.success) return `${hash} ${shapeOf(state.error.issues[0]?.message ?? "")}`;
    const plan = makePlan({ ...INPUT, observed: state.data });
    const removals = removalsOf(plan);
    mustHold(!removals.some((item) => KEPT.includes(item)), "what the spec names is not removed");
    mustHold(typeof JSON.stringify(toDiffLists(plan)) === "string", "a plan can be shown");
    return plan.actions.map(({ kind }) => kind).join();
  },
};
