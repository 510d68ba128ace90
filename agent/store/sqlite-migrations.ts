import type { DatabaseSync } from "node:sqlite";

/**
 * One step from schema `n` to `n + 1`, where `n` is its place in the list. A step that is released never changes; what a
 * row type gains later is filled in by a new step.
 */
export type Migration = (database: DatabaseSync) => void;

/** Marks a file as a store of this program, so that no other database is mistaken for one ("room" in ASCII). */
export const APPLICATION_ID = 0x72_6f_6f_6d;

/**
 * Rows are JSON documents; the other columns are what lookups, the sweep and the audit's order need. `seq` is the order
 * of writing. `touched_ms` of a blob is when it was handed in last.
 */
const SCHEMA_1 = `
  CREATE TABLE room (
    room_id TEXT PRIMARY KEY, source TEXT, enforced_digest TEXT, verified_digest TEXT,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX room_by_source ON room (source, room_id) WHERE source IS NOT NULL;

  CREATE TABLE source (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;

  CREATE TABLE file (
    source TEXT NOT NULL, path TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (source, path)
  ) STRICT;

  CREATE TABLE spec (
    seq INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, touched_ms INTEGER NOT NULL,
    document TEXT NOT NULL, bytes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE seed (
    seq INTEGER PRIMARY KEY, oid TEXT NOT NULL UNIQUE, touched_ms INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  -- Which rows need which blobs; holder is 'room/<roomId>' or 'file/<source>/<path>'.
  CREATE TABLE blob_ref (
    holder TEXT NOT NULL, kind TEXT NOT NULL, oid TEXT NOT NULL,
    PRIMARY KEY (holder, kind, oid)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX blob_ref_by_blob ON blob_ref (kind, oid);

  CREATE TABLE confirmation (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL,
    expires_ms INTEGER NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX confirmation_by_room ON confirmation (room_id);
  CREATE INDEX confirmation_by_expiry ON confirmation (expires_ms);

  CREATE TABLE intent (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, room_id TEXT NOT NULL, state TEXT NOT NULL,
    created_ms INTEGER NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX intent_open ON intent (room_id) WHERE state = 'open';
  CREATE INDEX intent_closed ON intent (created_ms) WHERE state <> 'open';

  CREATE TABLE history (
    seq INTEGER PRIMARY KEY, room_id TEXT NOT NULL, inputs_digest TEXT NOT NULL,
    revision TEXT NOT NULL, outcome TEXT NOT NULL, time_ms INTEGER NOT NULL, document TEXT NOT NULL,
    UNIQUE (room_id, inputs_digest, revision, outcome)
  ) STRICT;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, correlation_id TEXT NOT NULL, room_id TEXT,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_time ON audit (time_ms);
  CREATE INDEX audit_by_correlation ON audit (correlation_id);
  CREATE INDEX audit_by_room ON audit (room_id) WHERE room_id IS NOT NULL;
`;

/** What a history is looked up by, and which spec texts it holds. Generated columns: the document stays the record. */
const SEARCHABLE_HISTORY = `
  ALTER TABLE history ADD COLUMN spec_oid TEXT AS (json_extract(document, '$.specOid')) VIRTUAL;
  ALTER TABLE history ADD COLUMN spec_digest TEXT AS (json_extract(document, '$.specDigest')) VIRTUAL;
  ALTER TABLE history ADD COLUMN spec_version INTEGER
    AS (json_extract(document, '$.specVersion')) VIRTUAL;
  CREATE INDEX history_by_room ON history (room_id, seq);
  CREATE INDEX history_verified ON history (room_id, seq) WHERE outcome = 'verified';
  CREATE INDEX history_by_spec ON history (spec_oid, time_ms);
`;

/** In which line of commits a room was observed and applied; of rows from before that is not known. */
const LINEAGES = `
  UPDATE source SET document = json_set(document, '$.lineage', NULL);
  UPDATE room SET document = json_set(document, '$.lineage', NULL);
  UPDATE room SET document = json_set(document, '$.appliedVersion.lineage', NULL)
    WHERE json_extract(document, '$.appliedVersion') IS NOT NULL;
`;

/** Whether a rewritten history changed a room: of none from before. */
const REWRITTEN = `UPDATE room SET document = json_set(document, '$.rewritten', NULL)`;

/** A room whose reads were never judged is not suspected of anything. */
const SUSPICIONS = `UPDATE room SET document = json_set(document, '$.suspicion', NULL)`;

/** Reasons that were shown before get their time in the next pass. */
const REASONS_SINCE = `UPDATE room SET document = json_set(document, '$.reasonsSince', json('{}'))`;

/** Rooms gain what they were held to before and their quarantine, intents what they are part of. */
const ROLLBACKS = `
  UPDATE room SET document = json_set(document, '$.enforcedBefore', NULL, '$.quarantine', NULL);
  UPDATE intent SET document = json_set(document, '$.phase', 'APPLY');
`;

/** Whether rooms are only observed, one row at most, and which rooms are released meanwhile. */
const OBSERVE_ONLY = `
  CREATE TABLE observe_only (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
  CREATE TABLE observe_only_released (room_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`;

/** What time it was when it was last noted: one row at most. */
const CLOCK = `
  CREATE TABLE clock (id INTEGER PRIMARY KEY CHECK (id = 1), document TEXT NOT NULL) STRICT;
`;

/** A head that was being ingested is forgotten: the next poll ingests it again. */
const TAKING_IN = `UPDATE source SET document = json_set(document, '$.takingIn', NULL)`;

/** Plans gain their values and a name at the next pass; confirmations from before count for any inputs. */
const NAMED_PLANS = `
  UPDATE room SET document = json_set(document, '$.pendingPlan', NULL);
  UPDATE room
    SET document = json_set(document, '$.pendingDiff.items', json('[]'), '$.pendingDiff.moreItems', 0)
    WHERE json_extract(document, '$.pendingDiff') IS NOT NULL;
  UPDATE confirmation SET document = json_set(document, '$.inputs', NULL);
`;

/** How many findings a list stands for; lists written before hold them all. */
const SPEC_ERROR_COUNTS = `UPDATE source SET document =
  json_set(document, '$.specErrorCount', json_array_length(document, '$.specErrors'))`;

/** Of sources, nothing is known of the way to their heads; of rooms, nothing of a branch that was away. */
const HEAD_JUDGEMENT = `
  UPDATE source SET document = json_set(document, '$.followedSince', NULL, '$.trail', json('[]'),
    '$.left', json('[]'), '$.usedConfirms', json('[]'), '$.unrelated', NULL, '$.lastGood', NULL);
  UPDATE room SET document = json_set(document, '$.detour', NULL);
`;

/** The names of plans begin with the time of the store: a store before this one may have had the same rooms. */
const PLAN_EPOCH = `
  CREATE TABLE plan_epoch (id INTEGER PRIMARY KEY CHECK (id = 1), confirmed INTEGER NOT NULL) STRICT;
  INSERT INTO plan_epoch (id, confirmed) VALUES (1, CAST(unixepoch('subsec') * 1000 AS INTEGER));
`;

/** Large seeds are stored in parts, so that one write does not block the others; older ones stay whole (`parts` 0). */
const SEED_PARTS = `
  ALTER TABLE seed ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE seed_part (
    seq INTEGER PRIMARY KEY, oid TEXT NOT NULL, place INTEGER NOT NULL, bytes BLOB NOT NULL,
    UNIQUE (oid, place)
  ) STRICT;
  CREATE TRIGGER seed_gone AFTER DELETE ON seed WHEN old.parts > 0
    BEGIN DELETE FROM seed_part WHERE oid = old.oid; END;
`;

/** Every member of a room has a value; of a file that a posted spec replaces, null meant that it could not be used. */
const WHOLE_ROOMS = `
  UPDATE room SET document = json_replace(document, '$.overriddenFile', 'unusable')
    WHERE json_type(document, '$.overriddenFile') = 'null';
  UPDATE room SET document = json_insert(document, '$.lostOwner', NULL, '$.overriddenFile', NULL,
    '$.dryRunLeft', NULL, '$.rehearsals', json('[]'), '$.confirmedRequests', 0, '$.contest', NULL);
`;

/** Each row of a room counts its writes, so that no writer replaces what another one wrote since. */
const ROOM_VERSIONS = `UPDATE room SET document = json_set(document, '$.version', 1)`;

/**
 * Used confirmations gain their committer times. Of those from before the time is not known: now is later, so none of them is
 * taken for a new one. A full list may have been cut.
 */
const CONFIRM_TIMES = `UPDATE source SET document = json_set(document, '$.usedConfirms', json_object(
  'known', (SELECT json_group_array(json_object('commit', value, 'atMs', unixepoch() * 1000))
    FROM json_each(document, '$.usedConfirms')),
  'forgottenMs', iif(json_array_length(document, '$.usedConfirms') >= 512, unixepoch() * 1000, NULL)))`;

/** Of a full list of dry runs that ended, some may have been dropped. */
const REHEARSALS_FORGOTTEN = `UPDATE room SET document = json_set(document, '$.rehearsalsForgotten',
  json(iif(json_array_length(document, '$.rehearsals') >= 10, 'true', 'false')))`;

/** Small documents by collection and key; the clock is the first of them. */
const DOCUMENTS = `
  CREATE TABLE document (
    collection TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) STRICT;
  INSERT INTO document (collection, key, document) SELECT 'clock', 'only', document FROM clock;
  DROP TABLE clock;
`;

/**
 * The key of a row of history takes less room: at one revision the end of a digest distinguishes as well as the whole of it. SQLite
 * cannot drop the key of a table, so the table is written again.
 */
const SHORT_HISTORY_KEY = `
  CREATE TABLE history_again (
    seq INTEGER PRIMARY KEY, room_id TEXT NOT NULL, inputs_digest TEXT NOT NULL,
    revision TEXT NOT NULL, outcome TEXT NOT NULL, time_ms INTEGER NOT NULL, document TEXT NOT NULL
  ) STRICT;
  INSERT INTO history_again
    SELECT seq, room_id, inputs_digest, revision, outcome, time_ms, document FROM history;
  DROP TABLE history;
  ALTER TABLE history_again RENAME TO history;
  CREATE UNIQUE INDEX history_once
    ON history (room_id, substr(inputs_digest, -16), revision, outcome);
  ${SEARCHABLE_HISTORY}
`;

/** Audit records and specs are packed; rows from before are read as they are. */
const PACKED = `
  ALTER TABLE audit ADD COLUMN records BLOB;
  ALTER TABLE spec ADD COLUMN packed BLOB;
`;

/** An intent that ended is gone: how it ended is in the audit. */
const OPEN_INTENTS = `
  DROP INDEX intent_closed;
  DELETE FROM intent WHERE state <> 'open';
`;

export const MIGRATIONS: readonly Migration[] = [
  (database) => {
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(SCHEMA_1);
  },
  function searchableHistory(database) {
    database.exec(SEARCHABLE_HISTORY);
  },
  function lineages(database) {
    database.exec(LINEAGES);
  },
  function rewrittenRooms(database) {
    database.exec(REWRITTEN);
  },
  function suspicions(database) {
    database.exec(SUSPICIONS);
  },
  function reasonTimes(database) {
    database.exec(REASONS_SINCE);
  },
  function rollbacks(database) {
    database.exec(ROLLBACKS);
  },
  function observeOnly(database) {
    database.exec(OBSERVE_ONLY);
  },
  function clock(database) {
    database.exec(CLOCK);
  },
  function halfTakenHeads(database) {
    database.exec(TAKING_IN);
  },
  function namedPlans(database) {
    database.exec(NAMED_PLANS);
  },
  function specErrorCounts(database) {
    database.exec(SPEC_ERROR_COUNTS);
  },
  function headJudgement(database) {
    database.exec(HEAD_JUDGEMENT);
  },
  function planEpoch(database) {
    database.exec(PLAN_EPOCH);
  },
  function seedParts(database) {
    database.exec(SEED_PARTS);
  },
  function wholeRooms(database) {
    database.exec(WHOLE_ROOMS);
  },
  function roomVersions(database) {
    database.exec(ROOM_VERSIONS);
  },
  function confirmTimes(database) {
    database.exec(CONFIRM_TIMES);
  },
  function forgottenRehearsals(database) {
    database.exec(REHEARSALS_FORGOTTEN);
  },
  function documents(database) {
    database.exec(DOCUMENTS);
  },
  function openIntents(database) {
    database.exec(OPEN_INTENTS);
  },
  function packedRows(database) {
    database.exec(PACKED);
  },
  function shortHistoryKey(database) {
    database.exec(SHORT_HISTORY_KEY);
  },
];
