import { asSentence } from "../kernel/joined.ts";
import { quoted } from "../kernel/quoted.ts";
import type { Problem } from "../config/problem.ts";
import type { ConfigFailure } from "../request/reload-requests.ts";

/** Problems that a message spells out; all of them are in the answer and the log. */
const SHOWN = 3;

const WHAT: Readonly<Record<ConfigFailure["reason"], string>> = {
  ConfigInvalid: "is refused",
  RestartRequired: "cannot be put in force while the agent runs",
  ReloadFailed: "could not be put in force",
};

const NEXT: Readonly<Record<ConfigFailure["reason"], string>> = {
  ConfigInvalid: "correct the file, it is read again by itself",
  RestartRequired: "restart the agent, or put the old values back",
  ReloadFailed: "run `room-operator reload` once that is corrected, or restart the agent",
};

/** The one sentence that status, health, log and audit have of it. */
export function failureText(
  file: string,
  reason: ConfigFailure["reason"],
  problems: readonly Problem[],
): string {
  const shown = problems
    .slice(0, SHOWN)
    .map(({ key, message }) => `${key} ${message.replace(/\.$/, "")}`);
  const left = problems.length - shown.length;
  const more = left > 0 ? `; and ${left} more` : "";
  return (
    `${asSentence(`the configuration of ${quoted(file)} ${WHAT[reason]}: ${shown.join("; ")}${more}`)} ` +
    `The configuration before it stays in force as a whole; ${NEXT[reason]}`
  );
}
