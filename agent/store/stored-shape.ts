import { quoted } from "../kernel/quoted.ts";
import { emptyRoom } from "../room/empty-room.ts";

type Stored = Readonly<Record<string, unknown>>;

const EMPTY: Stored = { ...emptyRoom("", null) };

/** Members that are null or an object; of inputs, with the members that others rely on. */
const OBJECTS = new Set(["owner", "lostOwner", "headProblem", "quarantine", "dryRun"]);
/** Lists that a row need not have. */
const OPTIONAL_LISTS = new Set(["refusedUpdates", "equalFailures", "takenOut", "confirmedDryRuns"]);
const INPUTS = new Set(["head", "enforced", "enforcedBefore", "verified"]);

/**
 * What of a stored room has another shape than a room, in words; null: nothing. Who can write the file could write anything, so
 * this looks at the kinds of values alone, and not at each of their members.
 */
export function wrongRoom(roomId: string, stored: unknown): string | null {
  const name = quoted(roomId);
  if (!isObject(stored)) return `${name} is not an object`;
  if (stored["roomId"] !== roomId) return `roomId of ${name} is ${shown(stored["roomId"])}`;
  for (const [member, value] of Object.entries(stored))
    if (!isLike(member, value)) return `${member} of ${name} is ${shown(value)}`;
  return null;
}

/** What a damaged store is called for it. */
export function otherShape(table: string, wrong: string): string {
  return `a row of ${table} is JSON of another shape (${wrong})`;
}

/** A member that a newer or older agent wrote may be anything. */
function isLike(member: string, value: unknown): boolean {
  if (OPTIONAL_LISTS.has(member)) return Array.isArray(value) && value.every(isFilled);
  if (!Object.hasOwn(EMPTY, member)) return true;
  const blank = EMPTY[member];
  if (Array.isArray(blank)) return Array.isArray(value) && value.every(isFilled);
  if (blank !== null) return typeof value === typeof blank && value !== null;
  if (value === null) return true;
  if (OBJECTS.has(member)) return isObject(value);
  if (INPUTS.has(member)) return value === "head" || isInputs(value);
  return typeof value === "string" || isObject(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === "string" || isObject(value);
}

function isInputs(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { digest, specOid, revision, seeds } = value;
  const texts = [digest, specOid, revision];
  return texts.every((text) => typeof text === "string") && Array.isArray(seeds);
}

export function isObject(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value.slice(0, 100));
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object of another kind" : `a ${typeof value}`;
}
