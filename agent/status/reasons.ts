import { AGENT_REASONS } from "./agent-reasons.ts";
import { BLOCKED_REASONS } from "./blocked-reasons.ts";
import { ROOM_REASONS } from "./room-reasons.ts";
import { SETUP_REASONS } from "./setup-reasons.ts";
import { SOURCE_REASONS } from "./source-reasons.ts";
import { UNDO_REASONS } from "./undo-reasons.ts";
import { WARNING_REASONS } from "./warning-reasons.ts";

/**
 * Every reason there is, with what it means and what to do. `npm run docs` makes the table of `docs/spec.md` from it, and
 * a test holds it to the words in the code.
 */
export const REASONS = {
  ...ROOM_REASONS,
  ...BLOCKED_REASONS,
  ...WARNING_REASONS,
  ...UNDO_REASONS,
  ...SOURCE_REASONS,
  ...AGENT_REASONS,
  ...SETUP_REASONS,
} as const;

export type Reason = keyof typeof REASONS;

/** Whether a word from outside the types (an error's code, an older row) is one of them. */
export function isReason(word: string): word is Reason {
  return Object.hasOwn(REASONS, word);
}
