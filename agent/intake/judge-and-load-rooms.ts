import { pruneRule, roomRule } from "../config/room-rule.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import { shownRef } from "../room/revision.ts";
import type { Room } from "../room/room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { RoomWriter } from "../store/room-writer.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { inheritConfirms, type InheritDeps } from "./inherit-confirms.ts";
import { loadRooms, type LoadedRooms } from "./load-rooms.ts";
import { settleOwners, type SettledOwners } from "./settle-owners.ts";

export interface JudgeDeps extends Pick<InheritDeps, "running"> {
  readonly store: Store;
  readonly rooms: Pick<RoomWriter, "update">;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly trail: AuditTrail;
  readonly logger: Pick<Logger, "warn">;
}

/** Who owns what is judged before anything else happens: it may be another configuration than at the last start. */
export async function judgeAndLoadRooms(
  config: Config,
  deps: JudgeDeps & { readonly onRoom: (row: Room) => void },
): Promise<LoadedRooms> {
  const settled = await judgeRooms(config, deps);
  const { mode } = config.operator.reconciliation.stateConsistency;
  return loadRooms(deps.store, { ...settled, mode, onRoom: deps.onRoom });
}

/** Writes what a configuration makes of the rooms and of what its sources remember. */
export async function judgeRooms(config: Config, deps: JudgeDeps): Promise<SettledOwners> {
  const { store, logger, running } = deps;
  const names = new Set(config.git.sources.map(({ name }) => name));
  const rules = {
    isConfigured: (source: string) => names.has(source),
    isRoomAllowed: roomRule(config),
    prunes: pruneRule(config),
  };
  if (names.size === 0) logger.warn({}, "no source is configured: only posted specs are enforced");
  const settled = await settleOwners(rules, { ...deps, log: logger });
  const inheriting = { ...deps, store, log: logger, ...(running === undefined ? {} : { running }) };
  await inheritConfirms(placesOf(config), inheriting);
  return settled;
}

/** Where each source is read from, in their order. */
export function placesOf({ git }: Pick<Config, "git">) {
  return git.sources.map(({ name, url, ref, path }) => ({ name, url, ref: shownRef(ref), path }));
}

/** Sources on record that are not configured any more. */
export async function leftSources(
  { git }: Pick<Config, "git">,
  store: Pick<Store, "readSources">,
): Promise<readonly string[]> {
  const names = new Set(git.sources.map(({ name }) => name));
  return (await store.readSources()).map(({ name }) => name).filter((name) => !names.has(name));
}
