import { parseDuration } from "../../../agent/config/values.ts";
import { parseRetryAfter } from "../../../agent/kernel/retry-after.ts";
import { mustHold, textBytes, type FuzzTarget } from "../fuzz-target.ts";

const NOW_MS = Date.parse("2026-11-26T12:00:00Z");
const HOUR_MS = 3_600_000;

/** How long a server or a setting asks to wait. */
export const waits: FuzzTarget = {
  name: "waits",
  what: "Retry-After headers and durations",
  maxBytes: 65_536,
  seeds: ["7", "0", "Thu, 26 Nov 2026 12:00:07 GMT", "5s", "1.5m", "250ms", "2h"].map(textBytes),
  words: [
    "Thu, ",
    "26 Nov ",
    "2026",
    "12:00:07",
    " GMT",
    "-",
    "+",
    ".",
    "e9",
    "ms",
    "s",
    "m",
    "h",
    " ",
  ],
  run: (input) => {
    const text = Buffer.from(input).toString("utf8");
    const ms = parseDuration(text);
    mustHold(ms === undefined || (Number.isFinite(ms) && ms >= 0), "a duration is a number of ms");
    return `${wayOf(parseRetryAfter(text, NOW_MS))} ${ms === undefined}`;
  },
};

function wayOf(waitMs: number | undefined): string {
  if (waitMs === undefined) return "none";
  mustHold(waitMs >= 0 && waitMs <= HOUR_MS, "a wait lies between nothing and an hour");
  return waitMs === HOUR_MS ? "an hour" : waitMs === 0 ? "nothing" : "some";
}
