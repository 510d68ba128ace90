import type { Saboteur } from "./saboteur.ts";

const AGENT = ["test/integration/agent/another-room-server.test.ts"];
const NOTED = ["test/unit/run/room-server-change.test.ts"];

/** What becomes of rooms once the agent is given another RoomServer. */
export const SERVER_SABOTEURS: readonly Saboteur[] = [
  {
    name: "rooms on another RoomServer count as verified",
    file: "agent/room/room-in-doubt.ts",
    text: `...(mayHoldOthers(row) ? { inDoubt: otherServer(move) } : {}),`,
    replacement: ``,
    tests: AGENT,
  },
  {
    name: "what was put into a room that was never verified is the agent's on another RoomServer too",
    file: "agent/room/room-in-doubt.ts",
    text: `return verifiedBefore || inventory.length > 0;`,
    replacement: `return verifiedBefore || inventory.length < 0;`,
    tests: NOTED,
  },
  {
    name: "what was confirmed for one RoomServer is carried out on another",
    file: "agent/run/room-on-other-server.ts",
    text: `...withdrawnByServer(confirmations,`,
    replacement: `...withdrawnByServer(confirmations.slice(0, 0),`,
    tests: NOTED,
  },
  {
    name: "a Confirm counts on another RoomServer before anything was read there",
    file: "agent/intake/unread-there.ts",
    text: `if (!inDoubt.isAll || inDoubt.isShown === true) return intent;`,
    replacement: `if (inDoubt.isAll) return intent;`,
    tests: AGENT,
  },
  {
    name: "no Confirm counts on another RoomServer, also once its plan was shown",
    file: "agent/reconcile/row-after.ts",
    text: `return { inDoubt: { ...inDoubt, isShown: true } };`,
    replacement: `return {};`,
    tests: AGENT,
  },
  {
    name: "Confirm: true takes out what is in doubt",
    file: "agent/guardrail/adoption.ts",
    text: `facts.verifiedBefore ? facts.confirmedByName : facts.confirmed;`,
    replacement: `facts.confirmed;`,
    tests: ["test/unit/guardrail/rules.test.ts"],
  },
  {
    name: "a call that was open on one RoomServer is settled by reading another",
    file: "agent/run/room-on-other-server.ts",
    text: `message: unreadText(change) }, intents, deps),`,
    replacement: `message: unreadText(change) }, intents.slice(0, 0), deps),`,
    tests: NOTED,
  },
  {
    name: "a rollback that was cut off on one RoomServer continues on another",
    file: "agent/room/room-in-doubt.ts",
    text: `...kept], pending: [] };`,
    replacement: `...kept] };`,
    tests: NOTED,
  },
  {
    name: "a plan that one RoomServer showed has its name on another",
    file: "agent/room/room-in-doubt.ts",
    text: `confirmedRequests: row.confirmedRequests + 1,`,
    replacement: `confirmedRequests: row.confirmedRequests,`,
    tests: NOTED,
  },
  {
    name: "what one RoomServer showed as refused is confirmed on another",
    file: "agent/room/room-in-doubt.ts",
    text: `    refusals: [],`,
    replacement: ``,
    tests: NOTED,
  },
  {
    name: "a label confirms on another RoomServer what was planned for the one before",
    file: "agent/run/room-server-change.ts",
    text: `writePullRequest({ ...row, plans: [] })`,
    replacement: `writePullRequest(row)`,
    tests: NOTED,
  },
  {
    name: "a branch that is back takes out on another RoomServer what was added on the one before",
    file: "agent/room/room-in-doubt.ts",
    text: `{ ...row.detour, added: [] }`,
    replacement: `row.detour`,
    tests: NOTED,
  },
  {
    name: "a slash at the end of its address makes another RoomServer",
    file: "agent/run/room-server-change.ts",
    text: `return normalised(one) === normalised(other);`,
    replacement: `return one === other;`,
    tests: NOTED,
  },
  {
    name: "a change of the RoomServer that was cut off begins from its start",
    file: "agent/run/room-server-change.ts",
    text: `const begun = isBegun ? changing : fresh;`,
    replacement: `const begun = isBegun ? fresh : fresh;`,
    tests: NOTED,
  },
  {
    name: "a change of the RoomServer that was cut off is done although the old one is back",
    file: "agent/run/room-server-change.ts",
    text: `row.inDoubt?.message === reached`,
    replacement: `row.inDoubt?.message !== reached`,
    tests: NOTED,
  },
  {
    name: "all rooms are written at once when the RoomServer is another one",
    file: "agent/run/room-server-change.ts",
    text: `if (changes.length < AT_ONCE) continue;`,
    replacement: `if (changes.length < AT_ONCE * 1000) continue;`,
    tests: NOTED,
  },
  {
    name: "a prune on another RoomServer says that what others put there stays",
    file: "agent/guardrail/prune.ts",
    text: `inDoubt !== null && items.some((item) => !inDoubt.ours.has(item));`,
    replacement: `inDoubt !== null && items.length < 0;`,
    tests: ["test/unit/guardrail/prune.test.ts"],
  },
  {
    name: "a room that waits for its prune on another RoomServer says that what others put there stays",
    file: "agent/room/prune.ts",
    text: `const isOfOthers = inDoubt !== null && inDoubt.isAll;`,
    replacement: `const isOfOthers = inDoubt !== null && !inDoubt.isAll;`,
    tests: ["test/unit/guardrail/prune.test.ts"],
  },
];
