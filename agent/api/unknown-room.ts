import { quoted } from "../kernel/quoted.ts";
import { legible, listed } from "../kernel/shortened.ts";
import { specErrorsText } from "../spec/spec-errors-text.ts";
import { NO_SOURCE } from "../status/no-source.ts";
import { meantRoom } from "../store/meant-room.ts";
import type { Store } from "../store/store.ts";
import { unreadOf } from "./explain/source-causes.ts";
import type { Operator } from "./operator.ts";
import { ProblemError } from "./problem.ts";
import { standingOf, type SourceInfo } from "./source-view.ts";

export interface UnknownRoomDeps {
  readonly operator: Pick<Operator, "live">;
  readonly store: Pick<Store, "readRoomIds" | "readSource">;
  readonly sources: readonly SourceInfo[];
}

const ELSEWHERE =
  "GET /status lists the rooms there are, and in sources[] what could not be read (lastError, specErrors) or is kept out (warnings); " +
  "only files whose names end in .room.yaml, .room.yml or .room.json are specs";
/** Of one source. */
const MAX_TEXT = 500;

/** Nothing that was read names the room: which room may be meant, and of which sources not all is read. */
export async function unknownRoom(roomId: string, deps: UnknownRoomDeps): Promise<ProblemError> {
  const meant = await meantRoom(roomId, deps.store, ".");
  const unread = await unreadTexts(deps);
  const why =
    unread.length === 0
      ? ""
      : ` Its spec may be in what is not read: ${listed(unread, OF_SOURCES)}.`;
  return new ProblemError(
    "UnknownRoom",
    `no room ${quoted(roomId)} is known here${meant}${why} ${ELSEWHERE}`,
  );
}

const OF_SOURCES = { separator: "; ", each: MAX_TEXT } as const;

async function unreadTexts({ operator, store, sources }: UnknownRoomDeps): Promise<string[]> {
  const live = operator.live();
  const texts: string[] =
    sources.length === 0 ? [`${NO_SOURCE.message} (${NO_SOURCE.reason})`] : [];
  for (const info of sources) {
    const row = await store.readSource(info.name);
    const found = unreadOf({ source: standingOf(info, row, live), agent: live });
    for (const { reason, message } of found) texts.push(`${message} (${reason})`);
    if (row !== null && row.specErrorCount > 0)
      texts.push(`source ${info.name}: ${legible(specErrorsText(row), MAX_TEXT)}`);
  }
  return texts;
}
