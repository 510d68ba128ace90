/**
 * When a server says it answered, by the `Date` header of its answer; `nowMs` when it does not say. A date that a
 * server sends is measured from here, so that a wrong clock on either side does no harm. In ms since 1970.
 */
export function answeredAtMs(date: string | undefined, nowMs: number): number {
  const atMs = Date.parse(date ?? "");
  return Number.isNaN(atMs) ? nowMs : atMs;
}
