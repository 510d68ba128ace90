import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeObject } from "./git-loose-commit.ts";
import type { GitRepository } from "./git-repository.ts";
import { entriesOf } from "./git-trees.ts";

const SUBMODULE_MODE = "160000";

/**
 * Copies an object from one repository into another with everything that it leads to, as a fetch does, without a process. What
 * is a file of its own there is taken to be complete.
 */
export function takeObjects(into: GitRepository, from: GitRepository, oid: string): void {
  if (into === from) return;
  const left = [oid];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (existsSync(join(into.folder, "objects", next.slice(0, 2), next.slice(2)))) continue;
    const object = from.object(next);
    if (object === null) throw new Error(`${from.folder} has no object ${next}`);
    writeObject(into, object.type, object.bytes);
    left.push(...linksOf(object.type, object.bytes));
  }
}

function linksOf(type: string, bytes: Buffer): readonly string[] {
  if (type === "tree") {
    const entries = [...entriesOf(bytes).values()];
    return entries.filter(({ mode }) => mode !== SUBMODULE_MODE).map(({ oid }) => oid);
  }
  if (type === "blob") return [];
  const [head = ""] = bytes.toString("latin1").split("\n\n");
  return [...head.matchAll(/^(?:tree|parent|object) ([0-9a-f]{40})$/gm)].map(([, id = ""]) => id);
}
