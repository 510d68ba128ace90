import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import type { Store, StoreChange } from "../../../agent/store/store.ts";
import { aHistoryRow, anAuditRecord, anIntent, aRoomRow } from "../../support/a-row.ts";

/** Audit records in each batch of `writing`. */
export const AUDIT_PER_BATCH = 3;

/** What batch `number` holds: told whole from the outside by its intent, audit, history and room. */
export function numberedBatch(number: number): readonly StoreChange[] {
  const name = `batch-${number}`;
  return [
    { kind: "intent", row: anIntent({ id: name }) },
    ...Array.from({ length: AUDIT_PER_BATCH }, () => ({
      kind: "audit" as const,
      record: anAuditRecord({ correlationId: name }),
    })),
    { kind: "history", row: aHistoryRow({ roomId: name }) },
    { kind: "room", row: aRoomRow({ roomId: name, lastOutcome: "x".repeat(5000) }) },
  ];
}

/** Run as `node store-child.ts <holding|writing> <folder>`: says `open`, or the code of why not, and works until killed. */
async function main(mode: string, path: string): Promise<void> {
  const store = await openSqliteStore({ path, nowMs: () => Date.UTC(2026, 0, 1) });
  say("open");
  if (mode === "writing") await writeForever(store);
  setInterval(() => {}, 1000);
}

/** Says a batch's number once it is said to be on disk. */
async function writeForever(store: Store): Promise<void> {
  for (let number = 0; ; number += 3) {
    await Promise.all(
      [number, number + 1, number + 2].map(async (each) => {
        await store.write(numberedBatch(each));
        say(String(each));
      }),
    );
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const [, script, mode, path] = process.argv;
if (script === import.meta.filename && mode !== undefined && path !== undefined) {
  main(mode, path).catch((error: unknown) => {
    say(`${String((error as { code?: unknown }).code)} ${String(error)}`);
  });
}
