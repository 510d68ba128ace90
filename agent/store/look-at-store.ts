import { join, resolve } from "node:path";
import type { OperatorError } from "../kernel/errors.ts";
import { checkRegular } from "./regular-files.ts";
import { startCheck, toError, type CheckAnswer } from "./sqlite-check-thread.ts";
import { checkFile, checkUsedStore, isSmallStore } from "./sqlite-check.ts";
import { notedDamage } from "./sqlite-damage.ts";
import { damageOf, storeDamaged, toStoreError } from "./sqlite-errors.ts";
import { statOf } from "./sqlite-files.ts";
import { isLogLost } from "./sqlite-log-mark.ts";

/** A store of 2 GB takes about so long. */
const LOOK_MS = 10_000;

export type StoreLook =
  | { readonly kind: "usable" }
  /** A start refuses it, or sets it aside; `message` says why and what to do, and begins with the reason. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

/**
 * What a start would make of the store in a data folder, which an agent may have open. Nothing is changed: no file is made, written or
 * migrated, and the lock is not asked for. Rejects with the reason of `signal` alone.
 */
export async function lookAtStore(path: string, signal: AbortSignal): Promise<StoreLook> {
  const file = join(resolve(path), "store.db");
  try {
    checkRegular(file);
  } catch (error) {
    return refused(file, toStoreError(file, error));
  }
  const before = written(file);
  const found = await look(file, signal);
  // What changes while it is read can look damaged: an agent that starts meanwhile.
  return found.kind === "refused" && written(file) !== before ? look(file, signal) : found;
}

async function look(file: string, signal: AbortSignal): Promise<StoreLook> {
  try {
    const noted = notedDamage(file);
    if (noted !== null) throw storeDamaged(file, noted.message);
    const hasLog = (statOf(`${file}-wal`)?.size ?? 0) > 0;
    if (statOf(file) === null) {
      if (hasLog) throw storeDamaged(file, "it is missing while its log is there");
      return { kind: "usable" };
    }
    if (isLogLost(file))
      throw storeDamaged(file, "its log was removed: what was committed last is gone");
    checkFile(file);
    if (hasLog && statOf(`${file}-shm`) === null)
      return unknown(`store ${file} has a log without an index: the start checks it`);
    if (!isSmallStore(file)) return await lookApart(file, signal);
    checkUsedStore(file);
    return { kind: "usable" };
  } catch (error) {
    signal.throwIfAborted();
    return refused(file, toStoreError(file, error));
  }
}

async function lookApart(file: string, signal: AbortSignal): Promise<StoreLook> {
  signal.throwIfAborted();
  const worker = startCheck({ file, task: "look" });
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
  try {
    const answer = await new Promise<CheckAnswer | null>((done, fail) => {
      worker.on("message", done);
      worker.on("error", fail);
      worker.on("exit", () => done(null));
      inTime.addEventListener("abort", () => done(null), { once: true });
    });
    signal.throwIfAborted();
    if (answer === null)
      return unknown(
        `store ${file} was not checked within ${LOOK_MS / 1000} s: the start does that`,
      );
    if (answer.kind === "refused") throw toError(answer);
    return { kind: "usable" };
  } finally {
    await worker.terminate();
  }
}

function refused(file: string, error: OperatorError): StoreLook {
  const damage = damageOf(error);
  if (damage === null) return { kind: "refused", message: `${error.code}: ${error.message}` };
  const message =
    `${error.code}: store ${file} is damaged (${damage}): the next start sets it aside and only observes; or stop the agent and ` +
    `restore a backup into an empty folder`;
  return { kind: "refused", message };
}

function unknown(message: string): StoreLook {
  return { kind: "unknown", message };
}

/** What differs once the store or its log was written. */
function written(file: string): string {
  const parts = ["", "-wal"].map((part) => statOf(`${file}${part}`));
  return parts.map((stat) => (stat === null ? "none" : `${stat.ino}/${stat.mtimeMs}`)).join();
}
