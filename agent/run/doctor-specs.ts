import type { Config, SourceConfig } from "../config/config.ts";
import { roomRule } from "../config/room-rule.ts";
import { assignRooms, type Assignment } from "../intake/assign-rooms.ts";
import type { FileClaim } from "../intake/file-claims.ts";
import { fileErrors, snapshotWarnings } from "../intake/intake-findings.ts";
import { listed } from "../kernel/shortened.ts";
import { toItem } from "../plan/item.ts";
import type {
  IgnoredSpec,
  SourceFailure,
  SourceWarning,
  SpecFile,
  SpecSource,
  SyncRequest,
} from "../source/spec-source.ts";
import type { SpecProblem } from "../spec/room-spec.ts";
import { specErrorsText } from "../spec/spec-errors-text.ts";
import { blockedByReason, type BlockedItem } from "../status/attention.ts";
import type { Finding } from "./doctor-finding.ts";

/** What one source holds at its head. */
export interface SourceSpecs {
  readonly source: SourceConfig;
  /** Why it could not be read; null: it was. */
  readonly failure: SourceFailure | null;
  readonly files: readonly ReadFile[];
  readonly ignored: readonly IgnoredSpec[];
  readonly warnings: readonly SourceWarning[];
}

interface ReadFile extends FileClaim {
  readonly errors: readonly SpecProblem[];
  /** Artifacts whose seed cannot be used. */
  readonly blocked: readonly BlockedItem[];
  readonly hasResources: boolean;
}

const CHECK = "read its specs";

/** Reads the specs at a head. Null: whether the head counts is not known. */
export async function readSpecs(
  spec: SpecSource,
  { source, head }: { readonly source: SourceConfig; readonly head: string },
  signal: AbortSignal,
): Promise<SourceSpecs | null> {
  const files: ReadFile[] = [];
  const request: SyncRequest = {
    head,
    previous: null,
    known: [],
    onCommits: async () => undefined,
    onSeed: async () => undefined,
    onFiles: async (batch) => void files.push(...batch.map(toReadFile)),
  };
  const synced = await spec.sync(request, signal);
  if (synced.kind === "doubted") return null;
  if (synced.kind === "failed")
    return { source, failure: synced, files: [], ignored: [], warnings: [] };
  const { ignored = [], warnings = [] } = synced;
  return { source, failure: null, files, ignored, warnings };
}

function toReadFile({ path, parsed, seeds }: SpecFile): ReadFile {
  if (parsed.kind === "invalid")
    return { ...NOT_VALID, path, roomId: parsed.roomId, errors: parsed.errors };
  const { roomId, artifacts, resources } = parsed.spec.spec;
  const byPath = new Map(seeds.map((seed) => [seed.path, seed]));
  const blocked = artifacts.flatMap(({ name, seedFrom }): BlockedItem[] => {
    const seed = seedFrom === null ? undefined : byPath.get(seedFrom);
    if (seed?.kind !== "unusable") return [];
    return [{ item: toItem("artifact", name), reason: seed.reason, message: seed.message }];
  });
  return { path, roomId, valid: true, errors: [], blocked, hasResources: resources.length > 0 };
}

const NOT_VALID = { valid: false, blocked: [], hasResources: false } as const;

/** What is wrong with the specs of all sources together, in the words of `/status`: as an agent sees it that remembers nothing. */
export function ofSpecs(config: Config, read: readonly SourceSpecs[]): readonly Finding[] {
  const mayManage = roomRule(config);
  const claims = read.flatMap(({ source, files }) =>
    files.map(({ roomId, path }) => ({ source: source.name, roomId, path })),
  );
  const byRoom = Map.groupBy(claims, ({ roomId }) => roomId);
  return read.flatMap((specs): readonly Finding[] => {
    const { source, failure, files, ignored } = specs;
    const about = `source ${source.name}`;
    if (failure !== null)
      return [{ about, check: CHECK, result: "missing", message: failureText(failure) }];
    const assignment = assignRooms({
      source: source.name,
      files,
      ignored: new Map(ignored.map(({ path, by }) => [path, by])),
      rooms: [],
      mayManage,
      claimsElsewhere: (roomId) =>
        (byRoom.get(roomId) ?? []).filter((claim) => claim.source !== source.name),
      allowEmpty: source.allowEmpty,
      confirmedByName: new Set(),
    });
    const findings = [
      ...warningsOf(specs),
      ...errorsOf(assignment, specs),
      ...seedsOf(assignment, specs),
      ...(config.operator.features.resources ? [] : resourcesOf(specs)),
    ];
    if (findings.length > 0) return findings;
    const count = files.length === 1 ? "1 file" : `${files.length} files`;
    return [{ about, check: `${CHECK}: ${count}`, result: "ok", message: "" }];
  });
}

function warningsOf({ source, files, warnings }: SourceSpecs): readonly Finding[] {
  const present = files.length;
  return snapshotWarnings(source, { present, warnings }).map(({ reason, message }): Finding => {
    const isMeant = reason === "SpecsIgnored" || (reason === "NoSpecsFound" && source.allowEmpty);
    const result = isMeant ? "ok" : reason === "RoomSpecNotRead" ? "warning" : "missing";
    return {
      about: `source ${source.name}`,
      check: CHECK,
      result,
      message: `${reason}: ${message}`,
    };
  });
}

function errorsOf(assignment: Assignment, { source, files }: SourceSpecs): readonly Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const errors = fileErrors(assignment, byPath, new Map());
  if (errors.specErrorCount === 0) return [];
  const message = specErrorsText(errors, { max: SHOWN_ERRORS, others: "" });
  return [{ about: `source ${source.name}`, check: CHECK, result: "missing", message }];
}

/** Of a file that may not have its room nothing is carried out. */
function seedsOf(assignment: Assignment, { source, files }: SourceSpecs): readonly Finding[] {
  const refused = new Set(
    assignment.files.flatMap(({ kind, path }) => (kind === "assigned" ? [] : [path])),
  );
  const rooms = files.filter(({ path, blocked }) => blocked.length > 0 && !refused.has(path));
  if (rooms.length === 0) return [];
  const texts = rooms.map(({ roomId, blocked }) => {
    const why = blockedByReason(blocked).map(({ reason, message }) => `${reason}: ${message}`);
    return `room ${roomId}: ${why.join("; ")}`;
  });
  const message = listed(texts, OF_MANY);
  return [{ about: `source ${source.name}`, check: CHECK, result: "missing", message }];
}

/** Of an agent that sets no resources up. */
function resourcesOf({ source, files }: SourceSpecs): readonly Finding[] {
  const rooms = files.flatMap(({ roomId, hasResources }) => (hasResources ? [String(roomId)] : []));
  if (rooms.length === 0) return [];
  const message = `Pending: the resources of ${listed(rooms)} are not set up, because Operator.Features.Resources is off: set it to true`;
  return [{ about: `source ${source.name}`, check: CHECK, result: "warning", message }];
}

const SHOWN_ERRORS = 10;
const OF_MANY = { separator: "; ", each: 300 } as const;

export function failureText({ reason, message }: SourceFailure): string {
  return `${reason}: ${message}`;
}
