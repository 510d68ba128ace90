import type { HistoryRow } from "../room/rows.ts";
import type { Handlers } from "./express-app.ts";
import type { HistoryEntry, VersionBody } from "./history-contract.ts";
import { jsonAnswer } from "./http-answer.ts";
import { ProblemError } from "./problem.ts";
import {
  checkKnown,
  NOT_KEPT,
  textOf,
  versionContents,
  type VersionDeps,
} from "./version-texts.ts";

/** What a room was meant to be, when, and how it went: all of it from the store, whatever became of the clone. */
export function historyRoutes(deps: VersionDeps): Pick<Handlers, "history" | "version"> {
  return {
    history: async ({ param, query }) => {
      const roomId = param("roomId");
      const rows = await deps.store.readHistory(roomId, { count: query.count });
      if (rows.length === 0) await checkKnown(roomId, deps);
      return jsonAnswer(200, { roomId, entries: rows.map(toEntry) });
    },
    version: async ({ param, query }) => {
      const roomId = param("roomId");
      const specVersion = toVersion(param("specVersion"));
      const byContent = await versionContents({ roomId, specVersion }, deps);
      const contents: VersionBody["contents"][number][] = [];
      for (const [specDigest, same] of byContent.slice(0, query.count)) {
        const bytes = await textOf(same, deps.store);
        const spec = bytes === null ? null : new TextDecoder().decode(bytes);
        const note = spec === null ? NOT_KEPT : null;
        contents.push({ specDigest, spec, note, entries: same.map(toEntry) });
      }
      return jsonAnswer(200, { roomId, specVersion, contents });
    },
  };
}

function toEntry(row: HistoryRow): HistoryEntry {
  const { specVersion, specDigest, revision, path, author, outcome, time } = row;
  return { specVersion, specDigest, revision, path, author, outcome, time };
}

function toVersion(text: string): number {
  const version = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(version)) return version;
  throw new ProblemError(
    "InvalidRequest",
    `${JSON.stringify(text.slice(0, 100))} is not a specVersion: write the whole number that metadata.version has`,
  );
}
