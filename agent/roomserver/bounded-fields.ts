import { kindOf, WORDED } from "../kernel/issue-words.ts";
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import type { JsonValue } from "../kernel/json.ts";
import { ANSWER_LIMITS } from "./answer-limits.ts";

/** Under this name an issue says that something is larger than an answer may be. */
const TOO_LARGE = "tooLarge";

export function isTooLarge(issue: z.core.$ZodIssue): boolean {
  return issue.code === "custom" && issue.params?.[TOO_LARGE] === true;
}

/** So many entries are checked before others get a turn. */
const ENTRIES_A_TURN = 200;

/**
 * A list of bounded length. The first wrong entry ends the check: what comes after it is not looked at. Lets other work in
 * between, so it is parsed with `parseAsync`.
 */
export function listOf<T>(item: z.ZodType<T>) {
  return z.unknown().transform(async (value, context): Promise<readonly T[]> => {
    const entries = boundedList(value, ANSWER_LIMITS.items, context);
    if (entries === null) return z.NEVER;
    const items: T[] = [];
    for (const [at, entry] of entries.entries()) {
      if (at % ENTRIES_A_TURN === ENTRIES_A_TURN - 1) await setImmediate();
      const parsed = item.safeParse(entry, WORDED);
      if (!parsed.success) return reject(context, at, parsed.error.issues[0]);
      items.push(parsed.data);
    }
    return items;
  });
}

/** The same for texts. */
export const texts = z.unknown().transform((value, context): readonly string[] => {
  const entries = boundedList(value, ANSWER_LIMITS.texts, context);
  if (entries === null) return z.NEVER;
  const wrong = entries.findIndex((entry) => typeof entry !== "string");
  if (wrong === -1) return entries as readonly string[];
  context.addIssue({
    code: "custom",
    path: [wrong],
    message: `expected text, got ${kindOf(entries[wrong])}`,
  });
  return z.NEVER;
});

/** An object of bounded size. Its values come from a JSON parser, so they are JSON. */
export const jsonObject = z.unknown().transform((value, context) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    context.addIssue({ code: "custom", message: `expected an object, got ${kindOf(value)}` });
    return z.NEVER;
  }
  const count = Object.keys(value).length;
  if (count > ANSWER_LIMITS.members) {
    tooLarge(context, `${count} members, more than the limit of ${ANSWER_LIMITS.members}`);
    return z.NEVER;
  }
  return value as Readonly<Record<string, JsonValue>>;
});

function boundedList(
  value: unknown,
  most: number,
  context: z.RefinementCtx,
): readonly unknown[] | null {
  if (!Array.isArray(value)) {
    context.addIssue({ code: "custom", message: `expected a list, got ${kindOf(value)}` });
    return null;
  }
  if (value.length <= most) return value;
  tooLarge(context, `${value.length} entries, more than the limit of ${most}`);
  return null;
}

function tooLarge(context: z.RefinementCtx, message: string): void {
  context.addIssue({ code: "custom", message, params: { [TOO_LARGE]: true } });
}

function reject(context: z.RefinementCtx, at: number, issue: z.core.$ZodIssue | undefined): never {
  const path = [at, ...(issue?.path ?? [])];
  const params = issue !== undefined && isTooLarge(issue) ? { [TOO_LARGE]: true } : {};
  context.addIssue({ code: "custom", path, message: issue?.message ?? "is wrong", params });
  return z.NEVER;
}
