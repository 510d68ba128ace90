import type { RoomSpec } from "../../spec/room-spec.ts";
import { isParseLimit, toSourceFailure } from "../git-failure.ts";
import { ParseBudget } from "../parse-budget.ts";
import type { BlobCall } from "./git-open-clone.ts";
import type { GitSession } from "./git-session.ts";
import type { ReadSpecs } from "../spec-source.ts";

/** Bytes of text behind one request: parsed, all of them are in memory at once where they are read for. */
const MOST_BYTES = 16 * 1024 * 1024;
/** How much is parsed and delivered at a time. */
const BATCH_BYTES = 1024 * 1024;
const BATCH_SPECS = 50;

export interface ReadSpecsRequest {
  readonly oids: readonly string[];
  /** For blobs that have to be brought first. */
  readonly call: BlobCall;
  /** Resolves when they were taken. */
  readonly tell: (specs: ReadSpecs["specs"]) => Promise<unknown>;
}

/**
 * Delivers the specs behind blob ids, in their order: null for one that is absent, not a blob, too large or invalid. Returns why the
 * rest was not read: they have too many bytes together, or took too long for `ParseSeconds`. Null: all were.
 */
export async function readSpecs(
  session: GitSession,
  { oids, call, tell }: ReadSpecsRequest,
): Promise<string | null> {
  await session.open();
  const unsent = await whyNotSent(session, oids, call);
  if (unsent !== null) return unsent;
  const budget = new ParseBudget(session.settings.limits.parseSeconds, oids.length);
  let total = 0;
  let bytes = 0;
  let batch: [string, Buffer | null][] = [];
  const send = async () => {
    const parsing = batch.map(([oid, text]) => readSpec(session, { oid, text, budget }));
    batch = [];
    bytes = 0;
    await tell(new Map(await Promise.all(parsing)));
  };
  try {
    for (const oid of new Set(oids)) {
      const text = session.specBytes(oid);
      total += text?.length ?? 0;
      bytes += text?.length ?? 0;
      if (total > MOST_BYTES) return TOO_MUCH;
      batch.push([oid, text]);
      if (batch.length >= BATCH_SPECS || bytes >= BATCH_BYTES) await send();
    }
    await send();
    return null;
  } catch (error) {
    if (isParseLimit(error)) return toSourceFailure(error)?.message ?? TOO_MUCH;
    throw error;
  }
}

/** Why the server does not give the blobs that are not here; null: all are here now. */
async function whyNotSent(
  session: GitSession,
  oids: readonly string[],
  call: BlobCall,
): Promise<string | null> {
  try {
    await session.need(oids, call);
    return null;
  } catch (error) {
    const failure = toSourceFailure(error);
    if (failure === null) throw error;
    return failure.message;
  }
}

const TOO_MUCH =
  "The specs that the commits since the last sync change have too many bytes together " +
  `(fixed limit: ${MOST_BYTES} bytes).`;

async function readSpec(
  session: GitSession,
  {
    oid,
    text,
    budget,
  }: { readonly oid: string; readonly text: Buffer | null; readonly budget: ParseBudget },
): Promise<[string, RoomSpec | null]> {
  if (text === null) return [oid, null];
  const parsed = await session.parse(oid, text, budget);
  return [oid, parsed.kind === "valid" ? parsed.spec : null];
}
