import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import { byRequest, failedBefore, isUndo, REMOVALS, removalsIn, textOf } from "./evidence.ts";
import type { Evidence } from "./evidence.ts";
import { confirmsWhatWasShown, rehearsesOnly } from "./label-invariants.ts";
import { prunesWhatIsConfirmed } from "./prune-invariant.ts";

/** Says what did not hold, in words; nothing when it held. */
export type Invariant = (evidence: Evidence) => readonly string[];

/** Nothing is removed that the spec of that very revision names. */
export const keepsWhatIsNamed: Invariant = ({ audit, named }) =>
  [...audit].flatMap(([room, records]) =>
    removalsIn(records)
      .filter((record) => named(textOf(record, "revision"), room)?.has(textOf(record, "item")))
      .map((record) => `${room}: ${textOf(record, "item")} was named at ${revision(record)}`),
  );

/** Nothing is changed in a room for which the revision that is acted on has no spec. A posted spec is known to nobody here. */
export const leavesOtherRoomsAlone: Invariant = ({ audit, named }) =>
  [...audit].flatMap(([room, records]) => {
    const isForeign = (record: AuditRecord) =>
      record.action.endsWith(".intended") &&
      !revision(record).startsWith("api@") &&
      // Drift is corrected towards what was verified, and blames no commit; a prune has no spec (I14).
      !["drift", "prune"].includes(textOf(record, "cause")) &&
      !isUndoOfPrune(record, records) &&
      named(revision(record), room) === null;
    return records
      .filter(isForeign)
      .map((record) => `${room}: ${record.action} at ${revision(record)}, where it has no spec`);
  });

/** What a prune took out is put back when most of it was refused. */
function isUndoOfPrune(record: AuditRecord, records: readonly AuditRecord[]): boolean {
  const undone = textOf(record, "undoes");
  return (
    isUndo(record) &&
    records.some((one) => one.correlationId === undone && textOf(one, "cause") === "prune")
  );
}

/**
 * Each write has one intent that was recorded before it; that of what had failed before may be recorded once it has ended, and not
 * at all without an effect. Each outcome has one intent, and is the only one; `done` reached the
 * server or was settled by reading. A change that happened has the outcome `done` once it has ended.
 */
export const intendsBeforeItActs: Invariant = ({ audit, writes, laterWrites, settled }) => {
  const { intended, outcomes } = byRequest([...audit.values()].flat());
  const reached = new Set(laterWrites.map(({ requestId }) => requestId));
  return [
    ...writes.flatMap((write) => {
      const intents = intended.get(String(write.requestId)) ?? [];
      const waits =
        intents.length === 0 && !(settled && write.effect) && failedBefore(write, audit);
      return waits ? [] : aboutWrite(write, intents);
    }),
    ...writes.flatMap((write) => aboutEnd(write, outcomes.get(String(write.requestId))?.[0])),
    ...[...outcomes].flatMap(([id, records]) => aboutOutcomes(id, records, { intended, reached })),
    ...[...intended.keys()]
      .filter((id) => settled && !outcomes.has(id))
      .map((id) => `the intent ${id} has not ended`),
  ];
};

function aboutWrite(write: WriteEntry, intents: readonly AuditRecord[]): readonly string[] {
  const [intent] = intents;
  if (intent === undefined) return [`${inWords(write)} was not intended`];
  if (intents.length > 1) return [`${inWords(write)} was intended ${intents.length} times`];
  if (intent.timestamp > write.at) return [`${inWords(write)} was intended after it was made`];
  return textOf(intent, "room") === write.room ? [] : [`${inWords(write)} was meant elsewhere`];
}

function aboutEnd(write: WriteEntry, end: AuditRecord | undefined): readonly string[] {
  // Of an update the first half may have happened alone.
  if (!write.effect || end === undefined || end.action === "entity.updated") return [];
  const outcome = textOf(end, "outcome");
  return outcome === "done" ? [] : [`${inWords(write)} happened, and its outcome is ${outcome}`];
}

function aboutOutcomes(
  id: string,
  records: readonly AuditRecord[],
  known: {
    readonly intended: ReadonlyMap<string, unknown>;
    readonly reached: ReadonlySet<string | null>;
  },
): readonly string[] {
  const [record] = records;
  if (record === undefined) return [];
  const isRead = record.metadata["settledByRead"] === true;
  const claims = textOf(record, "outcome") === "done" && !isRead;
  return [
    ...(records.length > 1 ? [`${record.action} ${id} has ${records.length} outcomes`] : []),
    ...(known.intended.has(id) ? [] : [`${record.action} ${id} was not intended`]),
    ...(claims && !known.reached.has(id)
      ? [`${record.action} ${id} never reached the server`]
      : []),
  ];
}

/** What was meant once happens once. */
export const actsOnce: Invariant = ({ laterWrites }) => {
  const effects = laterWrites.filter(({ effect, requestId }) => effect && requestId !== null);
  const same = Map.groupBy(effects, ({ requestId, op, target }) => `${requestId} ${op} ${target}`);
  return [...same]
    .filter(([, entries]) => entries.length > 1)
    .map(([key, entries]) => `${key} changed the room ${entries.length} times`);
};

/** A confirmation is used up for items that it lists, each once, and in its own room. */
export const confirmsOnce: Invariant = ({ confirmations }) =>
  confirmations.flatMap(({ id, roomId, items, used }) => [
    // That of a request is made in the pass over its room, and named after nothing else.
    ...(id.startsWith("request/") || id.endsWith(`/${roomId}`)
      ? []
      : [`${id} is used in ${roomId}`]),
    ...used
      .filter((item, at) => used.indexOf(item) !== at)
      .map((item) => `${id} is used for ${item} twice`),
    ...used
      .filter((item) => !items.includes(item))
      .map((item) => `${id} is used for ${item}, which it does not cover`),
  ]);

/** No pass takes more than the threshold of what is in a room without a confirmation of it; exactly that share may go. */
export const staysWithinThreshold: Invariant = (evidence) =>
  [...evidence.audit].flatMap(([room, records]) =>
    [...Map.groupBy(removalsIn(records), ({ correlationId }) => correlationId)].flatMap(
      ([pass, removals]) => aboutPass(evidence, { room, pass, removals }),
    ),
  );

function aboutPass(
  { confirmations, laterWrites, changeThreshold }: Evidence,
  given: {
    readonly room: string;
    readonly pass: string;
    readonly removals: readonly AuditRecord[];
  },
): readonly string[] {
  const { room, pass, removals } = given;
  const covered = new Set(
    confirmations.filter(({ roomId }) => roomId === room).flatMap(({ items }) => items),
  );
  const free = removals.filter((record) => !covered.has(textOf(record, "item")));
  const there = contentsBefore(laterWrites, room, removals);
  // What a test puts into a room by its switches is not in the log, and then nothing can be said.
  if (removals.some((record) => !there.has(textOf(record, "item")))) return [];
  if (free.length <= changeThreshold * there.size) return [];
  return [`${room}: pass ${pass} takes ${free.length} of ${there.size} without a confirmation`];
}

/** The entities and artifacts in a room when a pass began to remove, by the log of what was written. */
function contentsBefore(
  writes: readonly WriteEntry[],
  room: string,
  removals: readonly AuditRecord[],
): ReadonlySet<string> {
  const ids = new Set(removals.map((record) => textOf(record, "requestId")));
  const first = writes.findIndex(({ requestId }) => requestId !== null && ids.has(requestId));
  const there = new Set<string>();
  for (const write of first === -1 ? writes : writes.slice(0, first)) {
    if (write.room !== room || !write.effect) continue;
    if (write.op === "join") there.add(`entity/${write.target}`);
    if (write.op === "kick") there.delete(`entity/${write.target}`);
    if (write.op === "seed") there.add(`artifact/${write.target}`);
    if (write.op === "delete") there.delete(`artifact/${write.target}`);
  }
  return there;
}

/** A pass that was refused or only planned changes nothing of what it was about; what was held back stays where it is. */
export const refusalsChangeNothing: Invariant = ({ audit }) =>
  [...audit].flatMap(([room, records]) => {
    const { outcomes } = byRequest(records);
    // All intents of a pass are written before its first call: one that was never sent changed nothing.
    const isSent = (record: AuditRecord) =>
      outcomes.get(textOf(record, "requestId"))?.[0]?.metadata["outcome"] !== "abandoned";
    return records.flatMap((verdict) => {
      const held = isRehearsalOfWhatHolds(verdict, records) ? [] : heldIn(verdict);
      return records
        .filter((record) => record.action.endsWith(".intended") && isSent(record))
        .filter(({ correlationId }) => correlationId === verdict.correlationId)
        .filter((record) => revision(record) === revision(verdict))
        .filter((record) => held === "all" || isRemovalOf(record, held))
        .map((record) => `${room}: ${record.action} ${textOf(record, "item")} after a no`);
    });
  });

/** A dry run of the very inputs that the room is held to: what corrects drift from them goes on beside it. */
function isRehearsalOfWhatHolds(verdict: AuditRecord, records: readonly AuditRecord[]): boolean {
  if (verdict.metadata["outcome"] !== "planned") return false;
  return records
    .slice(0, records.indexOf(verdict))
    .some((record) => record.action === "room.converged" && revision(record) === revision(verdict));
}

/** What a record of a pass says no to: the items of its refusals, or everything. */
function heldIn({ metadata }: AuditRecord): "all" | readonly string[] {
  // A hold is recorded as a refusal too, of its items alone.
  if (metadata["outcome"] === "refused" || metadata["outcome"] === "planned") return "all";
  const refusals = metadata["refusals"];
  if (!Array.isArray(refusals)) return [];
  return (refusals as { readonly items?: readonly string[] }[]).flatMap(({ items = [] }) => items);
}

function isRemovalOf(record: AuditRecord, items: readonly string[]): boolean {
  return REMOVALS.includes(record.action) && items.includes(textOf(record, "item"));
}

/** A room is called verified only at a revision at which a pass converged. */
export const verifiesBeforeItSays: Invariant = ({ rooms, audit }) =>
  rooms.flatMap(({ roomId, verifiedRevision }) => {
    if (verifiedRevision === null) return [];
    const isProof = (record: AuditRecord) =>
      record.action === "room.converged" && revision(record) === verifiedRevision;
    const isProven = (audit.get(roomId) ?? []).some(isProof);
    return isProven ? [] : [`${roomId} was never found to be as ${verifiedRevision} says`];
  });

/** An undo takes out nothing but what the pass that it undoes had put in; one that was cut off goes on in a later pass. */
export const undoesOnlyItself: Invariant = ({ audit }) =>
  [...audit].flatMap(([room, records]) =>
    records
      .filter((record) => isUndo(record) && REMOVALS.includes(record.action))
      .filter((undo) => {
        const isAddition = (record: AuditRecord) =>
          record.correlationId === (textOf(undo, "undoes") || undo.correlationId) &&
          ["entity.joined.intended", "artifact.seeded.intended"].includes(record.action) &&
          textOf(record, "item") === textOf(undo, "item") &&
          !isUndo(record);
        return !records.slice(0, records.indexOf(undo)).some(isAddition);
      })
      .map((undo) => `${room}: the undo takes out ${textOf(undo, "item")}, which it had not added`),
  );

/** No secret is in anything people get to see. */
export const keepsSecrets: Invariant = ({ outputs, secrets }) =>
  outputs.flatMap(({ name, text }) =>
    secrets.filter((secret) => text.includes(secret)).map((secret) => `${name} shows ${secret}`),
  );

/** The audit only grows: what was in it once stays as it was and where it was. An outcome comes after its intent. */
export const auditOnlyGrows: Invariant = ({ audit, earlierAudit }) => [
  ...[...earlierAudit].flatMap(([room, before]) => {
    const now = audit.get(room) ?? [];
    const at = before.findIndex(
      (record, index) => JSON.stringify(record) !== JSON.stringify(now[index]),
    );
    return at === -1 ? [] : [`${room}: record ${at} (${before[at]?.action}) is another one now`];
  }),
  ...[...audit].flatMap(([room, records]) => {
    const begun = new Set<string>();
    return records.flatMap((record) => {
      const id = textOf(record, "requestId");
      if (id === "") return [];
      if (record.action.endsWith(".intended")) begun.add(id);
      return begun.has(id) ? [] : [`${room}: ${record.action} ${id} ends before it was intended`];
    });
  }),
];

/** All of them, by the names they have in the plan. I9 and I11 look at a stretch of time, and are checked by who waits for it. */
export const INVARIANTS: Readonly<Record<string, Invariant>> = {
  I1: keepsWhatIsNamed,
  I2: leavesOtherRoomsAlone,
  I3: intendsBeforeItActs,
  I4: actsOnce,
  I5: confirmsOnce,
  I6: staysWithinThreshold,
  I7: refusalsChangeNothing,
  I8: verifiesBeforeItSays,
  I10: undoesOnlyItself,
  I12: keepsSecrets,
  I13: auditOnlyGrows,
  I14: prunesWhatIsConfirmed,
  I15: confirmsWhatWasShown,
  I16: rehearsesOnly,
};

/** The names of those that were checked; throws what did not hold. */
export function checkInvariants(evidence: Evidence): readonly string[] {
  const broken = Object.entries(INVARIANTS).flatMap(([name, invariant]) =>
    invariant(evidence).map((problem) => `${name} ${problem}`),
  );
  if (broken.length > 0) throw new Error(broken.join("\n"));
  return Object.keys(INVARIANTS);
}

function revision(record: AuditRecord): string {
  return textOf(record, "revision");
}

function inWords({ op, target, room, requestId }: WriteEntry): string {
  return `${op} ${target} in ${room} (${requestId})`;
}
