import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** The commit (or tag) that a ref of the bare repository in `folder` has; null: there is none of this name. */
export function refIn(folder: string, name: string): string | null {
  return looseIn(folder, name) ?? packedIn(folder).get(name) ?? null;
}

/** All refs under a name such as `refs/heads`, sorted, as `git for-each-ref` lists them. */
export function refsIn(folder: string, under = "refs"): ReadonlyMap<string, string> {
  const refs = new Map([...packedIn(folder)].filter(([name]) => name.startsWith(`${under}/`)));
  for (const name of filesUnder(folder, under)) {
    const oid = looseIn(folder, name);
    if (oid !== null) refs.set(name, oid);
  }
  return new Map([...refs].toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** How many refs are under a name such as `refs/heads`. */
export function refCountIn(folder: string, under: string): number {
  const packed = [...packedIn(folder).keys()].filter((name) => name.startsWith(`${under}/`));
  return new Set([...packed, ...filesUnder(folder, under)]).size;
}

/** Points a ref at a commit the way git does: a reader never finds half of it. */
export function writeRef(folder: string, name: string, oid: string): void {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.lock`, `${oid}\n`, { flag: "wx" });
  renameSync(`${file}.lock`, file);
}

/** Deletes a ref that is a file. False: it is packed, or missing. */
export function deleteLooseRef(folder: string, name: string): boolean {
  if (packedIn(folder).has(name)) return false;
  try {
    unlinkSync(join(folder, name));
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/** Null also where a file has something else than an id. */
function looseIn(folder: string, name: string): string | null {
  const [oid = null] = /^[0-9a-f]{40,64}(?=\n$)/.exec(textOf(join(folder, name)) ?? "") ?? [];
  return oid;
}

function packedIn(folder: string): ReadonlyMap<string, string> {
  const lines = textOf(join(folder, "packed-refs"))?.split("\n") ?? [];
  const refs = lines.flatMap((line) => {
    const [, oid, name] = /^([0-9a-f]{40,64}) (.+)$/.exec(line) ?? [];
    return oid === undefined || name === undefined ? [] : [[name, oid] as const];
  });
  return new Map(refs);
}

function filesUnder(folder: string, under: string): readonly string[] {
  try {
    return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
      const name = `${under}/${entry.name}`;
      if (entry.isDirectory()) return filesUnder(folder, name);
      return name.endsWith(".lock") ? [] : [name];
    });
  } catch (error) {
    // Git removes folders that have become empty.
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Null where there is no such file. */
function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code = "" } = error as NodeJS.ErrnoException;
  return ["ENOENT", "ENOTDIR", "EISDIR"].includes(code);
}
