/** No server can make us stay away longer than this. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** What a server asks for beyond that is as good as for ever, and a date all the same. */
const MAX_ASKED_MS = 100 * 365 * 86_400_000;

/**
 * The wait a `Retry-After` header asks for, in ms, at most one hour. Takes whole seconds, or an HTTP date (RFC 9110, 5.6.7: the
 * form of today, and that of RFC 850, which must still be understood), measured from `nowMs`, wall time. Undefined for
 * anything else.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const askedMs = askedWaitMs(header, nowMs);
  return askedMs === undefined ? undefined : Math.min(askedMs, MAX_RETRY_AFTER_MS);
}

/** The same wait as the server asks for it, at most 100 years: to be shown, not to be kept to. */
export function askedWaitMs(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_ASKED_MS);
  if (!/^[A-Za-z]{3,9}, .+ GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(atMs - nowMs, 0), MAX_ASKED_MS);
}
