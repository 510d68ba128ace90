import { quoted } from "../kernel/quoted.ts";
import type { AcceptAnswer, AcceptSource } from "./requests.ts";
import type { RunningSource } from "../trigger/running-source.ts";

export interface AcceptSourceDeps {
  readonly sources: readonly Pick<RunningSource, "name" | "intake" | "poller">[];
  readonly log: { warn(fields: Readonly<Record<string, unknown>>, message: string): void };
}

/** A person follows a head that shares no commit with what was followed. It is durable first; then the source is polled. */
export async function acceptSource(
  request: AcceptSource,
  { sources, log }: AcceptSourceDeps,
): Promise<AcceptAnswer> {
  const { source: name, head, actor, correlationId } = request;
  const source = sources.find((one) => one.name === name);
  if (source === undefined) return rejected(404, "UnknownSource", unknown(name, sources));
  const { intake, poller } = source;
  const answer = await intake.accept({ head, actor, correlationId });
  switch (answer.kind) {
    case "notPending":
      return rejected(
        409,
        "NothingToAccept",
        `source ${name} has no head that waits to be accepted`,
      );
    case "stale":
      return rejected(
        409,
        "HeadChanged",
        `source ${name} is at ${answer.head} now, not at ${head}: look at that commit, then send it as head`,
      );
    case "accepted": {
      log.warn({ source: name, from: answer.from, to: head, actor }, "unrelated history accepted");
      // The acceptance is stored: whatever becomes of this poll, the next one finds it. The poller logs its own errors.
      poller.pollNow().catch(() => undefined);
      const from = answer.from === null ? null : intake.revisionOf(answer.from);
      return { kind: "accepted", from, to: intake.revisionOf(head) };
    }
  }
}

function unknown(name: string, sources: AcceptSourceDeps["sources"]): string {
  const names = sources.map((one) => one.name).join(", ");
  return `no source ${quoted(name)} is configured; there ${names === "" ? "is none" : `are: ${names}`}`;
}

function rejected(status: 404 | 409, code: string, detail: string): AcceptAnswer {
  return { kind: "rejected", status, code, detail };
}
