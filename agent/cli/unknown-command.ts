import { nearest } from "../kernel/nearest.ts";
import { quoted } from "../kernel/quoted.ts";
import { DEFAULT_URL } from "./agent-url.ts";

const ROOM = "-H 'Content-Type: application/json' -d '{\"roomId\": \"ROOM\"}'";

const LOOK = `\`room-operator explain ROOM\` says why a room is not at head, and \`curl ${DEFAULT_URL}/status\` shows all rooms and sources.`;
const RECONCILE = `\`curl -X POST ${DEFAULT_URL}/apply ${ROOM}\` reconciles a room now.`;
const PLAN = `\`curl -X POST ${DEFAULT_URL}/apply -H 'X-Dry-Run: true' ${ROOM}\` plans a room and changes nothing.`;
const HISTORY = `\`curl ${DEFAULT_URL}/rooms/ROOM/history\` shows the specs of a room, and \`curl ${DEFAULT_URL}/audit\` who changed what.`;

/** What people ask for in words of other tools. */
const MEANT: Readonly<Record<string, string>> = {
  status: LOOK,
  get: LOOK,
  list: LOOK,
  rooms: LOOK,
  describe: LOOK,
  sync: RECONCILE,
  reconcile: RECONCILE,
  apply: RECONCILE,
  diff: PLAN,
  plan: PLAN,
  history: HISTORY,
  audit: HISTORY,
  logs: HISTORY,
};

/** What is wrong with the name of a command, and what to do, in lines. */
export function unknownCommand(name: string, known: readonly string[]): string {
  const meant = Object.hasOwn(MEANT, name) ? MEANT[name] : undefined;
  const close = nearest(name, known);
  const asked = close === undefined ? "" : ` Did you mean ${close}?`;
  return `Unknown command ${quoted(name)}.${meant === undefined ? asked : `\n${meant}`}\nroom-operator --help lists the commands.\n`;
}
