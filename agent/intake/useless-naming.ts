import { BRINGS_FILE } from "../intent/ignored-reasons.ts";
import type { RoomIntent } from "../intent/room-intent.ts";
import type { Room } from "../room/room.ts";
import type { IntakeDeps } from "./intake-deps.ts";
import { whyNothing } from "./refused-items.ts";
import type { RoomNews } from "./room-news.ts";

interface NamingGiven {
  readonly before: Room | null;
  readonly news: RoomNews;
  readonly source: string;
}

/**
 * The intent of a room whose file the commits change, and of which the one that names it in `Confirm` confirms no removal and lifts
 * nothing else: that is said, since what is refused later waits for another one. Of commits that change other files see `namedRooms`.
 */
export function withUselessNaming(
  intent: RoomIntent | undefined,
  given: NamingGiven,
  { log, requiresReview = () => false }: Pick<IntakeDeps, "log" | "requiresReview">,
): RoomIntent | undefined {
  const naming = intent?.naming;
  if (intent === undefined || naming === undefined || !intent.touched) return intent;
  const { originId: commit, line = "Confirm", dryRun } = naming;
  const isSaid = intent.ignored.some((one) => one.commit === commit && one.line === line);
  const isCounting = intent.confirmations.some(({ originId }) => originId === commit);
  if (isSaid || isCounting || dryRun.kind === "on" || requiresReview(given.source)) return intent;
  const reason = uselessness(given);
  if (reason === null) return intent;
  const said = { commit, line, reason };
  log.warn({ ...said, rooms: [roomOf(given)] }, "intent ignored");
  return { ...intent, ignored: [...intent.ignored, said] };
}

/** Null: it may lift something, or the file is gone or of no use, which has words of its own. */
function uselessness({ before, news }: NamingGiven): string | null {
  const inputs = news.kind === "inputs" ? news.file.inputs : null;
  if (news.kind === "inputs" ? inputs === null : news.kind !== "intentOnly") return null;
  if (before === null) return BRINGS_FILE;
  const { appliedVersion, owner } = before;
  if (owner?.kind !== "git") return inputs === null ? null : BRINGS_FILE;
  const isLower =
    inputs !== null && appliedVersion !== null && inputs.specVersion < appliedVersion.specVersion;
  return isLower ? null : whyNothing(before);
}

function roomOf({ before, news }: NamingGiven): string | null {
  return before?.roomId ?? (news.kind === "inputs" ? news.file.roomId : null);
}
