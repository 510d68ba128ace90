import { healthAnswer } from "../api/health-contract.ts";
import type { Finding } from "./doctor-finding.ts";

/** How long the running agent has to say how it is. */
const ANSWER_MS = 2_000;

const ABOUT = "running agent";

/** What the RoomServer is called in `/health` and here. */
const NAMES: ReadonlyMap<string, string> = new Map([["roomServer", "RoomServer"]]);

/**
 * What the agent at `url` says is not well and these findings do not: it knows what it followed before, so a head that is fine by
 * itself may be `UnrelatedHistory`. Rejects with the reason of `signal`.
 */
export async function ofAgent(
  url: string,
  found: readonly Finding[],
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const check = "is healthy";
  const ailing = new Set(found.flatMap(({ about, result }) => (result === "ok" ? [] : [about])));
  try {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const answer = await fetch(`${url}/health`, { redirect: "manual", signal: inTime });
    const { problems } = healthAnswer.parse(await answer.json());
    const news = problems.filter((one) => !ailing.has(NAMES.get(one.check) ?? one.check));
    if (problems.length === 0) return [{ about: ABOUT, check, result: "ok", message: "" }];
    return news.map((one) => ({
      about: ABOUT,
      check: one.check,
      result: "warning",
      message: one.message,
    }));
  } catch {
    signal.throwIfAborted();
    return [{ about: ABOUT, check, result: "unknown", message: "GET /health is not answered" }];
  }
}
