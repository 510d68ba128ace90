import { type ApiOptions, createApi } from "../api/create-api.ts";
import type { HttpServer } from "../api/http-server.ts";
import type { Forge, ForgeOptions } from "../forge/forge.ts";
import { openForge } from "../forge/open-forge.ts";
import type { OpenRoomServer } from "../roomserver/open-room-server.ts";
import { createRestRoomServer } from "../roomserver/rest-room-server.ts";
import { shareClones } from "../source/git/git-clones.ts";
import { createFolderSource } from "../source/folder/folder-source.ts";
import type { OpenFolderSource, OpenSource } from "../source/open-source.ts";
import type { OpenStore } from "../store/open-store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import type { EveryMinute } from "../trigger/every-minute.ts";
import { watchWithChokidar } from "../trigger/chokidar-watch.ts";
import { watchFileWithChokidar } from "../trigger/chokidar-file-watch.ts";
import type { WatchFile, WatchFolder } from "../trigger/folder-watch.ts";
import { everyMinute } from "../trigger/node-cron-minutes.ts";

/**
 * What an agent is put together from. Whoever hands in others (a store in memory, a RoomServer that is watched) gets the very
 * same agent around them.
 */
export interface Implementations {
  readonly openForge: (options: ForgeOptions) => Promise<Forge>;
  readonly openStore: OpenStore;
  readonly openRoomServer: OpenRoomServer;
  readonly openSource: OpenSource;
  readonly openFolderSource: OpenFolderSource;
  readonly watchFolder: WatchFolder;
  readonly watchFile: WatchFile;
  readonly createApi: (options: ApiOptions) => HttpServer;
  readonly everyMinute: EveryMinute;
}

export const IMPLEMENTATIONS: Implementations = {
  openForge,
  openStore: openSqliteStore,
  openRoomServer: createRestRoomServer,
  openSource: shareClones(),
  openFolderSource: createFolderSource,
  watchFolder: watchWithChokidar,
  watchFile: watchFileWithChokidar,
  createApi,
  everyMinute,
};
