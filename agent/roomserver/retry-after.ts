/** A server cannot make us stay away longer than this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * The wait in ms a `Retry-After` header asks for: whole seconds, or an HTTP date measured from `nowMs` (wall time).
 * Undefined for an absent header and for anything else. At most one hour.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
  if (!HTTP_DATE.test(text)) return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(atMs - nowMs, 0), MAX_RETRY_AFTER_MS);
}

/** The one date form that RFC 9110 lets senders use. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
