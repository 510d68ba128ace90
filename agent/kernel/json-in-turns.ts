import { inSteps, inTurns, Turn } from "./in-turns.ts";

/** What `JSON.stringify` gives of an object, made in turns: the lists that it holds may be long. `each` gets each piece. */
export async function jsonInTurns(
  value: Readonly<Record<string, unknown>>,
  each: (json: string) => string,
): Promise<string> {
  const turn = new Turn();
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    const json = Array.isArray(member) ? await listInTurns(member, each) : memberJson(member, each);
    if (json !== null) members.push(`${each(JSON.stringify(name))}:${json}`);
  }
  await turn.pass();
  const json = `{${members.join(",")}}`;
  // Putting a long text together takes as long as a turn, and so does what its reader makes of it.
  await turn.pass();
  return json;
}

async function listInTurns(
  list: readonly unknown[],
  each: (json: string) => string,
): Promise<string> {
  const items: string[] = [];
  await inTurns(inSteps(list, (item) => items.push(memberJson(item, each) ?? "null")));
  return `[${items.join(",")}]`;
}

/** Null: JSON does not have it. */
function memberJson(value: unknown, each: (json: string) => string): string | null {
  const json = JSON.stringify(value) as string | undefined;
  return json === undefined ? null : each(json);
}
