import { gitFailure } from "../../git-failure.ts";
import type { RefListLimit } from "./git-ref-list.ts";
import type { RefQuestion } from "./git-transport.ts";

/** What one poll may read: the wanted refs, and those whose names begin as theirs. */
export const POLL_BYTES = 4 * 1024 * 1024;
const POLL_LINES = 16_384;

/** Beginnings of names that a message shows. */
const SHOWN = 4;

export function pollLimit({ prefixes }: RefQuestion): RefListLimit {
  const more = prefixes.length - SHOWN;
  const asked = prefixes.slice(0, SHOWN).join(", ") + (more > 0 ? ` and ${more} more` : "");
  return {
    lines: POLL_LINES,
    exceeded: () =>
      gitFailure(
        "LimitExceeded",
        `The answer to a poll names more refs than a poll reads (fixed limit: ${POLL_LINES} refs, ${POLL_BYTES} bytes). ` +
          `It was asked for ${asked} alone: delete refs whose names begin so, narrow Ref.Semver where that is set, ` +
          "or check what the server sends.",
      ),
  };
}
