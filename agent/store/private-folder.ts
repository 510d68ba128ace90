import { chmodSync, lstatSync, readdirSync, statSync, type Stats } from "node:fs";
import { join } from "node:path";
import { storeUnavailable } from "./sqlite-errors.ts";

/** Files of the agent in the data folder; others that may lie there are left alone. */
const OURS = /^(?:store\.db|agent\.lock|holder\.json)/;

const WRITABLE_BY_OTHERS = 0o022;
const OPEN_TO_OTHERS = 0o077;

/**
 * Makes sure that no other user can change the agent's data. A folder that others may write to, or that
 * another user owns, is refused with OperatorError `StoreUnavailable` and the command that corrects it; files of the agent that
 * others may read or write become private. `uid`: who the agent runs as; null where the system has no such ids.
 */
export function makePrivate(folder: string, uid: number | null): void {
  if (uid === null) return;
  checkOwner(folder, uid);
  for (const name of readdirSync(folder).filter((each) => OURS.test(each))) {
    const file = join(folder, name);
    const found = lstatSync(file);
    if (!found.isFile()) continue;
    refuseForeign(file, found.uid, uid);
    if ((found.mode & OPEN_TO_OTHERS) !== 0) chmodSync(file, 0o600);
  }
}

/** Refuses a folder as `makePrivate` does, and changes nothing. */
export function checkOwner(folder: string, uid: number | null): void {
  if (uid === null) return;
  const { mode, uid: owner }: Stats = statSync(folder);
  refuseForeign(folder, owner, uid);
  if ((mode & WRITABLE_BY_OTHERS) !== 0) {
    const shown = (mode & 0o7777).toString(8).padStart(4, "0");
    const what = `other users may write to it (mode ${shown}): run "chmod 700 ${folder}", or set Store.Path to a folder inside it, which the agent then makes for itself`;
    throw storeUnavailable(folder, what);
  }
}

function refuseForeign(path: string, owner: number, uid: number): void {
  if (owner === uid) return;
  const what = `it belongs to user ${owner}, and the agent runs as user ${uid}: run "chown -R ${uid} ${path}" as root, or set Store.Path to a folder that the agent makes for itself`;
  throw storeUnavailable(path, what);
}
