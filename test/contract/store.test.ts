import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../agent/store/sqlite-store.ts";
import { MemoryStore } from "../support/memory-store.ts";
import { storeContract } from "./store.contract.ts";

storeContract("MemoryStore", async (clock) => {
  let store = new MemoryStore(() => clock.nowMs());
  return {
    store,
    reopen: async () => {
      store = store.reopen();
      return store;
    },
    end: () => store.close(),
  };
});

storeContract("SqliteStore", async (clock) => {
  const path = mkdtempSync(join(tmpdir(), "room-operator-store-"));
  const open = () => openSqliteStore({ path, nowMs: () => clock.nowMs() });
  let store = await open();
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await open();
      return store;
    },
    end: async () => {
      await store.close();
      rmSync(path, { recursive: true });
    },
  };
});
