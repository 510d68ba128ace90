import type { OperatorConfig, SyncWindow } from "../config/config.ts";
import { matchesAnyGlob } from "../config/glob.ts";
import { toIso } from "../kernel/clock.ts";
import { quoted } from "../kernel/quoted.ts";
import type { Room } from "./room.ts";
import { WindowTimes, type WindowSpan } from "./window-times.ts";

/** Why the windows keep the newest spec of a room from being applied now. */
export interface ClosedWindow {
  readonly message: string;
  /** Which window, in words. */
  readonly why: string;
  /** ISO time at which it may be applied; null: no such time was found. */
  readonly nextAllowedAt: string | null;
}

/** A window as it is now. */
export interface WindowState extends WindowSpan {
  /** Its place in `Operator.SyncWindows`, from 0. */
  readonly index: number;
  readonly window: SyncWindow;
}

interface Known {
  readonly index: number;
  readonly window: SyncWindow;
  readonly times: WindowTimes;
}

type RoomOfWindows = Pick<Room, "roomId" | "owner">;

/** When the windows let the newest spec of a room be applied, as its last pass found; absent: they do not hold it, or never. */
export function nextAllowed({ refusals }: Pick<Room, "refusals">): { nextAllowedAt?: string } {
  const found = refusals.find((refusal) => refusal.nextAllowedAt !== undefined)?.nextAllowedAt;
  return found === undefined ? {} : { nextAllowedAt: found };
}

/** Sets of windows whose next time is remembered. */
const MOST_SETS = 1000;

/**
 * When new specs may be applied to which rooms. A deny window that is on closes its rooms; a room that an allow window matches
 * is closed while none of those is on. A room that no window matches is always open.
 */
export class SyncWindows {
  readonly #windows: readonly Known[];
  readonly #override: string;
  readonly #nextAllowed = new Map<string, { readonly fromMs: number; readonly atMs: number }>();

  constructor({
    syncWindows,
    windowOverride,
  }: Pick<OperatorConfig, "syncWindows" | "windowOverride">) {
    this.#override = overrideText(windowOverride.allowedPersons.length > 0);
    this.#windows = syncWindows.map((window, index) => {
      return { index, window, times: new WindowTimes(window) };
    });
  }

  /** Each window at `nowMs` (ms since 1970), in the order of the configuration. */
  list(nowMs: number): readonly WindowState[] {
    return this.#windows.map(({ index, window, times }) => {
      return { index, window, ...times.spanAt(nowMs) };
    });
  }

  /** Null while the newest spec of the room may be applied. */
  closedFor(room: RoomOfWindows, nowMs: number): ClosedWindow | null {
    const matching = this.#windows.filter(({ window }) => isOf(window, room));
    const isOn = ({ times }: Known) => times.spanAt(nowMs).isOn;
    const allows = matching.filter(({ window }) => window.kind === "allow");
    const deny = matching.find((known) => known.window.kind === "deny" && isOn(known));
    if (deny === undefined && (allows.length === 0 || allows.some(isOn))) return null;
    const nextMs = this.#nextAllowedMs(matching, nowMs);
    const nextAllowedAt = nextMs === null ? null : toIso(nextMs);
    const why =
      deny === undefined
        ? `no allow window of the room is on (${allows.map(nameOf).join(", ")})`
        : `the deny window ${nameOf(deny)} is on`;
    const override = room.owner?.kind === "git" ? this.#override : "";
    return { message: closedText(why, nextAllowedAt) + override, why, nextAllowedAt };
  }

  /** The first time from `nowMs` on at which none of them closes; null: none was found. */
  #nextAllowedMs(matching: readonly Known[], nowMs: number): number | null {
    const key = matching.map(({ index }) => index).join();
    const known = this.#nextAllowed.get(key);
    if (known !== undefined && nowMs >= known.fromMs && nowMs < known.atMs) return known.atMs;
    const atMs = nextAllowedMs(matching, nowMs);
    if (this.#nextAllowed.size >= MOST_SETS) this.#nextAllowed.clear();
    if (atMs !== null) this.#nextAllowed.set(key, { fromMs: nowMs, atMs });
    return atMs;
  }
}

function isOf({ rooms, sources }: SyncWindow, { roomId, owner }: RoomOfWindows): boolean {
  // A room without a source is in windows for all sources alone: `*` matches no name, too.
  const source = owner?.kind === "git" ? owner.source : "";
  return matchesAnyGlob(roomId, rooms) && matchesAnyGlob(source, sources);
}

/** Each look-up costs up to half a millisecond, and people wait for the answer. */
const MOST_LOOK_UPS = 500;

function nextAllowedMs(matching: readonly Known[], nowMs: number): number | null {
  const timesOf = (wanted: SyncWindow["kind"]) =>
    matching.filter(({ window }) => window.kind === wanted).map(({ times }) => times);
  const [denies, allows] = [timesOf("deny"), timesOf("allow")];
  let atMs = nowMs;
  for (let left = MOST_LOOK_UPS; left > 0; left -= matching.length + 1) {
    const ends = denies.map((times) => times.endAt(atMs)).filter((endMs) => endMs !== null);
    const isAllowed = allows.length === 0 || allows.some((times) => times.endAt(atMs) !== null);
    if (ends.length === 0 && isAllowed) return atMs;
    const begins = allows.map((times) => times.nextAfter(atMs) ?? Infinity);
    atMs = ends.length > 0 ? Math.max(...ends) : Math.min(...begins);
    if (atMs === Infinity) return null;
  }
  return null;
}

function nameOf({ index, window }: Known): string {
  const { description } = window;
  return `Operator.SyncWindows[${index}]${description === "" ? "" : ` (${quoted(description)})`}`;
}

function closedText(why: string, nextAllowedAt: string | null): string {
  const next =
    nextAllowedAt === null
      ? "no time was found at which the windows allow it: correct Operator.SyncWindows"
      : `it is applied by itself at ${nextAllowedAt} (nextAllowedAt)`;
  return `the newest spec waits, as ${why}; meanwhile the last accepted spec is enforced; ${next}`;
}

function overrideText(isAllowed: boolean): string {
  return isAllowed
    ? "; to apply it now, a person of Operator.SyncWindowOverride.AllowedPersons pushes it in a commit with the trailer `Override-Window: <reason>`"
    : "; no person may override it, as Operator.SyncWindowOverride.AllowedPersons is empty";
}
