import { hash } from "node:crypto";
import { withoutIds } from "../kernel/without-ids.ts";
import { legible } from "../kernel/shortened.ts";
import { attentionOf, troubleFields, troublesOf } from "../status/attention.ts";
import type { Room } from "../room/room.ts";
import { withoutCycles } from "../room/stalled-text.ts";
import { chooseDesired } from "../room/choose-desired.ts";
import { endOf } from "../room/ends.ts";
import { warningsToRead } from "../room/warnings-to-read.ts";
import type { PassReport } from "../room/outcome.ts";

/** The fields of the log line `pass ended`, and whether it is a warning. */
export interface PassLine {
  readonly level: "info" | "warn";
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * How a pass ended and what it leaves: `reason` and `detail` are those of the room's condition, so that log and status use
 * the same words. A room that is not ready is a warning, unless another pass follows at once. Pure.
 */
export function passLine(report: PassReport, trigger: string, row: Room): PassLine {
  const { phase, outcome, durationMs } = report;
  const fields = {
    ...passFields(report, row),
    trigger,
    phase,
    outcome: endOf(outcome).word,
    durationMs: Math.round(durationMs),
  };
  const trouble = { ...troubleFields(troublesOf(row)), ...refusedRemovals(row) };
  const isReady = row.conditions.some(({ type, status }) => type === "Ready" && status === "True");
  if (isReady || row.conditions.length === 0) {
    const level = attentionOf(row) === null ? "info" : "warn";
    return { level, fields: { ...fields, ...trouble } };
  }
  const isHeadless = chooseDesired(row, false).candidate === null && row.owner !== null;
  const kept = isHeadless
    ? {
        outcome: "notReady",
        enforced: row.enforced?.revision ?? null,
        enforcing: endOf(outcome).word,
      }
    : {};
  // Another pass follows at once, and says what is left.
  const level = outcome.kind === "superseded" ? "info" : "warn";
  return { level, fields: { ...fields, ...trouble, ...kept } };
}

/** Names of a list in one line. */
const SHOWN_REMOVALS = 10;

/** What guardrails refuse to remove, each item once: the first, and how many follow. */
function refusedRemovals({ refusals }: Room): Readonly<Record<string, unknown>> {
  const items = [...new Set(refusals.flatMap((refusal) => refusal.items))];
  if (items.length === 0) return {};
  const removals = items.slice(0, SHOWN_REMOVALS).map((item) => legible(item));
  const more = items.length - removals.length;
  return { removals, ...(more > 0 ? { moreRemovals: more } : {}) };
}

/** The fields that distinguish the lines of one pass. */
export function passFields({ roomId, correlationId }: PassReport, { owner }: Room) {
  return {
    room: roomId,
    ...(owner?.kind === "git" ? { source: owner.source } : {}),
    correlationId,
  };
}

/** A warning of a room as one line of the log. */
export function warningLine({ reason, message }: Room["warnings"][number]): PassLine {
  // What a revert does on purpose.
  const level = reason === "SpecVersionReverted" ? "info" : "warn";
  return { level, fields: { reason, detail: message } };
}

/** The warnings that were logged of rooms, so that a state that lasts is one warning and not one with each backoff. */
export class SaidWarnings {
  /** A digest of the words for each room: a message may be long, and the rooms of an outage are many. */
  readonly #said = new Map<string, string>();
  /** The revision and the words of the rooms that have some. */
  readonly #warned = new Map<string, readonly string[]>();

  /** The warnings of a room that were not logged in the same words at the same revision. */
  newsOf(row: Room): Room["warnings"] {
    const warnings = warningsToRead(row);
    const before = this.#warned.get(row.roomId) ?? [];
    const wordsOf = ({ reason, message }: Room["warnings"][number]) =>
      hash("sha256", JSON.stringify([row.head?.revision, reason, message]), "base64");
    if (warnings.length === 0) this.#warned.delete(row.roomId);
    else this.#warned.set(row.roomId, warnings.map(wordsOf));
    return warnings.filter((warning) => !before.includes(wordsOf(warning)));
  }

  /** Whether the line is a warning that was the newest one of the room already, in the same words at the same revision. */
  isSaid({ level, fields }: PassLine, { roomId, head }: Room): boolean {
    if (fields["outcome"] === "superseded") return false;
    if (level === "info") {
      this.#said.delete(roomId);
      return false;
    }
    const { outcome, reasons, reason, detail, enforced, enforcing } = fields;
    const { removals, moreRemovals } = fields;
    const said = typeof detail === "string" ? withoutIds(withoutCycles(detail)) : detail;
    const parts = [
      head?.revision,
      outcome,
      reasons,
      reason,
      said,
      removals,
      moreRemovals,
      enforced,
      enforcing,
    ];
    const words = hash("sha256", JSON.stringify(parts), "base64");
    const isSaid = this.#said.get(roomId) === words;
    this.#said.set(roomId, words);
    return isSaid;
  }
}
