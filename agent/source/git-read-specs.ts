import type { RoomSpec } from "../spec/room-spec.ts";
import { isParseLimit } from "./git-failure.ts";
import { ParseBudget } from "./git-parse-budget.ts";
import type { GitSession } from "./git-session.ts";

/** The specs behind blob ids; null for one that is absent, no blob, too large or invalid, or came too late for `ParseSeconds`. */
export async function readSpecs(
  session: GitSession,
  oids: readonly string[],
): Promise<ReadonlyMap<string, RoomSpec | null>> {
  await session.open();
  const budget = new ParseBudget(session.settings.limits.parseSeconds, oids.length);
  const specs = await Promise.all(
    [...new Set(oids)].map(async (oid): Promise<readonly [string, RoomSpec | null]> => {
      return [oid, await readSpec(session, { oid, budget })];
    }),
  );
  return new Map(specs);
}

async function readSpec(
  session: GitSession,
  { oid, budget }: { readonly oid: string; readonly budget: ParseBudget },
): Promise<RoomSpec | null> {
  const bytes = session.specBytes(oid);
  if (bytes === null) return null;
  try {
    const parsed = await session.parse(oid, bytes, budget);
    return parsed.kind === "valid" ? parsed.spec : null;
  } catch (error) {
    if (isParseLimit(error)) return null;
    throw error;
  }
}
