import type { HistoryRow } from "../store/rows.ts";
import type { Store } from "../store/store.ts";
import type { Handlers } from "./express-app.ts";
import type { HistoryEntry, VersionBody } from "./history-contract.ts";
import { jsonAnswer } from "./http-answer.ts";
import { ProblemError, unknownRoom } from "./problem.ts";

export interface HistoryDeps {
  readonly store: Pick<Store, "readRoom" | "readHistory" | "readSpecText">;
}

/** Of one version so many entries are looked at, the newest. */
const VERSION_ENTRIES = 1000;

const NOT_KEPT =
  "the text is not kept any more: it goes after Store.RetentionDays unless the room still needs it; git has it at the revision";

/** What a room was meant to be, when, and how it went: all of it from the store, whatever became of the clone. */
export function historyRoutes(deps: HistoryDeps): Pick<Handlers, "history" | "version"> {
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
      const asked = { specVersion, count: VERSION_ENTRIES };
      const rows = await deps.store.readHistory(roomId, asked);
      if (rows.length === 0) {
        await checkKnown(roomId, deps);
        throw unknownVersion(roomId, specVersion);
      }
      const contents: VersionBody["contents"][number][] = [];
      const byContent = Map.groupBy(rows, ({ specDigest }) => specDigest);
      for (const [specDigest, same] of [...byContent].slice(0, query.count)) {
        const spec = await textOf(same, deps);
        const note = spec === null ? NOT_KEPT : null;
        contents.push({ specDigest, spec, note, entries: same.map(toEntry) });
      }
      return jsonAnswer(200, { roomId, specVersion, contents });
    },
  };
}

async function checkKnown(roomId: string, { store }: HistoryDeps): Promise<void> {
  if ((await store.readRoom(roomId)) === null) throw unknownRoom(roomId);
}

/** The newest text that is still there: one meaning may have been written in several ways. */
async function textOf(rows: readonly HistoryRow[], { store }: HistoryDeps): Promise<string | null> {
  for (const specOid of new Set(rows.map((row) => row.specOid))) {
    const bytes = await store.readSpecText(specOid);
    if (bytes !== null) return new TextDecoder().decode(bytes);
  }
  return null;
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
    `${JSON.stringify(text.slice(0, 100))} is no specVersion: write the whole number that metadata.version has`,
  );
}

function unknownVersion(roomId: string, specVersion: number): ProblemError {
  return new ProblemError(
    "UnknownVersion",
    `the history of room ${roomId} holds no version ${specVersion}: GET /rooms/${roomId}/history lists what it holds, ` +
      "which goes back Store.RetentionDays",
  );
}
