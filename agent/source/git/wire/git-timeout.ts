import type { Deadline } from "../../../http/http-message.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import type { GitDeadlines } from "./git-deadlines.ts";
import { gitFailure } from "../../git-failure.ts";

/** Says who took longer than which deadline. */
export function timeoutFailure(
  who: string,
  deadline: Deadline,
  deadlines: GitDeadlines,
): OperatorError {
  const { headersMs, idleMs, totalMs, operationMs = totalMs, notes } = deadlines;
  const [ms, what] = {
    headers: [headersMs, "to answer"],
    idle: [idleMs, "without a byte"],
    total: [operationMs, "in all"],
  }[deadline];
  const message = `${who} took more than ${ms} ms ${what}.`;
  return gitFailure("Timeout", notes === undefined ? message : `${message} ${notes[deadline]}`);
}
