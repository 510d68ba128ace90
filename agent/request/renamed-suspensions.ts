import type { SourceRow } from "../room/rows.ts";
import { scopeKey, type Suspension } from "../room/suspension.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";

/** Where a source is read from, and its name. */
type Place = Pick<SourceRow, "name" | "url" | "ref" | "path">;

export interface RenamedSuspensionsDeps {
  readonly store: Pick<Store, "readSources" | "readDocuments" | "write">;
  readonly trail: AuditTrail;
  readonly log: Pick<Logger, "warn">;
}

/**
 * A suspended source that has another name by now stays suspended: the suspension follows to each configured source that reads
 * from where the suspended one did. One that follows nowhere stays as it is and is logged, as it suspends nothing.
 */
export async function renameSuspensions(
  configured: readonly Place[],
  { store, trail, log }: RenamedSuspensionsDeps,
): Promise<void> {
  const all = (await store.readDocuments("suspension")).map(({ document }) => document);
  const stored = all.length === 0 ? [] : await store.readSources();
  const changes: StoreChange[] = [];
  for (const { from, suspension, isLeft } of renamed(configured, stored, all)) {
    const { scope, by, since, until, reason } = suspension;
    const moved = { source: scope.source, from, suspendedBy: by, since, until, reason };
    log.warn(moved, "suspension follows a renamed source");
    changes.push(document(suspension, suspension), trail.event("suspension.moved", moved));
    if (isLeft) changes.push(document({ scope: { kind: "source", source: from } }, null));
  }
  if (changes.length > 0) await store.write(changes);
  for (const source of unconfigured(await suspended(store), configured))
    log.warn({ source }, "a suspended source is not configured");
}

/** Names of suspended sources that are not configured: those suspensions keep nothing from being written. */
export function unconfigured(
  all: readonly Pick<Suspension, "scope">[],
  configured: readonly { readonly name: string }[],
): readonly string[] {
  const names = new Set(configured.map(({ name }) => name));
  return all.flatMap(({ scope }) =>
    scope.kind === "source" && !names.has(scope.source) ? [scope.source] : [],
  );
}

interface Renamed {
  readonly from: string;
  readonly suspension: SourceSuspension;
  /** Whether nothing is configured under the name before. */
  readonly isLeft: boolean;
}

type SourceSuspension = Suspension & { readonly scope: { kind: "source"; source: string } };

function renamed(
  configured: readonly Place[],
  stored: readonly SourceRow[],
  all: readonly Suspension[],
): readonly Renamed[] {
  const taken = new Set(all.map(({ scope }) => scopeKey(scope)));
  return all.flatMap((suspension) => {
    const { scope } = suspension;
    if (scope.kind !== "source") return [];
    const from = scope.source;
    const before = stored.find(({ name }) => name === from);
    const same = configured.filter((place) => before !== undefined && isAt(place, before));
    if (same.some(({ name }) => name === from)) return [];
    const isLeft = !configured.some(({ name }) => name === from);
    return same
      .map(({ name }) => ({ kind: "source" as const, source: name }))
      .filter((next) => !taken.has(scopeKey(next)))
      .map((next) => ({ from, isLeft, suspension: { ...suspension, scope: next } }));
  });
}

function isAt(one: Place, other: Place): boolean {
  return one.url === other.url && one.ref === other.ref && one.path === other.path;
}

async function suspended(store: Pick<Store, "readDocuments">): Promise<readonly Suspension[]> {
  return (await store.readDocuments("suspension")).map(({ document }) => document);
}

function document(
  { scope }: Pick<Suspension, "scope">,
  suspension: Suspension | null,
): StoreChange {
  return { kind: "document", collection: "suspension", key: scopeKey(scope), document: suspension };
}
