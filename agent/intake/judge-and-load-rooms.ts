import { pruneRule, roomRule } from "../config/room-rule.ts";
import type { Config } from "../config/config.ts";
import type { Clock } from "../kernel/clock.ts";
import type { IdSource } from "../kernel/ids.ts";
import { shownRef } from "../room/revision.ts";
import type { Room } from "../room/room.ts";
import type { AuditTrail } from "../store/audit-trail.ts";
import type { Store } from "../store/store.ts";
import type { Logger } from "../telemetry/logger.ts";
import { inheritConfirms } from "./inherit-confirms.ts";
import { loadRooms, type LoadedRooms } from "./load-rooms.ts";
import { settleOwners } from "./settle-owners.ts";

/** Who owns what is judged before anything else happens: it may be another configuration than at the last start. */
export async function judgeAndLoadRooms(
  store: Store,
  given: {
    readonly config: Config;
    readonly clock: Clock;
    readonly newId: IdSource;
    readonly trail: AuditTrail;
    readonly logger: Pick<Logger, "warn">;
    readonly onRoom: (row: Room) => void;
  },
): Promise<LoadedRooms> {
  const { config, logger, onRoom } = given;
  const names = new Set(config.git.sources.map(({ name }) => name));
  const rules = {
    isConfigured: (source: string) => names.has(source),
    isRoomAllowed: roomRule(config),
    prunes: pruneRule(config),
  };
  if (names.size === 0) logger.warn({}, "no source is configured: only posted specs are enforced");
  const settled = await settleOwners(rules, { ...given, store, log: logger });
  const { mode } = config.operator.reconciliation.stateConsistency;
  const left = (await store.readSources()).filter(({ name }) => !names.has(name));
  const leftSources = left.map(({ name }) => name);
  const places = config.git.sources.map(({ name, url, ref, path }) => ({
    name,
    url,
    ref: shownRef(ref),
    path,
  }));
  await inheritConfirms(places, { ...given, store, log: logger });
  return { ...(await loadRooms(store, { ...settled, mode, onRoom })), leftSources };
}
