import { healthAnswer } from "../api/health-contract.ts";
import { firstErrorsOf } from "../spec/spec-errors-text.ts";
import type { Finding } from "./doctor-finding.ts";

/** How long the running agent has to say how it is. */
const ANSWER_MS = 2_000;

const ABOUT = "running agent";

/** What the RoomServer is called in `/health` and here. */
const NAMES: ReadonlyMap<string, string> = new Map([["roomServer", "RoomServer"]]);

/**
 * What the agent at `url` says that these findings do not: what is not well, and its warnings. It knows what it followed before, so a
 * head that is fine by itself may be `UnrelatedHistory`. Rejects with the reason of `signal`.
 */
export async function ofAgent(
  url: string,
  found: readonly Finding[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const healthy = { about: ABOUT, check: "is healthy", message: "" };
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await fetch(`${url}/health`, { redirect: "manual", signal: inTime });
    const { problems, warnings } = healthAnswer.parse(await answer.json());
    const news = [...problems, ...warnings]
      .filter((item) => !found.some((one) => isSame(one, item)))
      .map(({ check, message }): Finding => ({ about: ABOUT, check, result: "warning", message }));
    return problems.length === 0 ? [{ ...healthy, result: "ok" }, ...news] : news;
  } catch {
    signal.throwIfAborted();
    return [{ ...healthy, result: "unknown", message: "GET /health is not answered" }];
  }
}

/** The same reason, or without one the same words; what the agent shows of many errors in specs is the first of them. */
function isSame(
  found: Finding,
  { check, message }: { readonly check: string; readonly message: string },
): boolean {
  if (found.about !== (NAMES.get(check) ?? check)) return false;
  const reason = reasonOf(message);
  if (reason === null) return found.message.startsWith(firstErrorsOf(message));
  return reason === (found.reason ?? reasonOf(found.message));
}

function reasonOf(message: string): string | null {
  return /^([A-Z][A-Za-z]+): /.exec(message)?.[1] ?? null;
}
