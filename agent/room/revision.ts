import type { LocalRef, SourceRef } from "../config/config.ts";
import type { SourceRow } from "./rows.ts";

/** The name of what a folder holds now. */
const LOCAL = "local";

/** A ref as it is shown and stored: a branch by its name alone, which no blank is in; else its kind, a blank and its value. */
export function shownRef(ref: SourceRef | LocalRef): string {
  switch (ref.kind) {
    case "branch":
      return ref.name;
    case "tag":
      return `tag ${ref.name}`;
    case "semver":
      return `semver ${ref.range}`;
    case "commit":
      return `commit ${ref.oid}`;
    case "local":
      return LOCAL;
  }
}

/**
 * The name that a head of this shown ref has in revisions: the tag it was found at, or the branch. Null for a commit, and where
 * the tag is not known.
 */
export function headName(ref: string, tag: string | null): string | null {
  if (tag !== null) return tag;
  return ref.includes(" ") ? null : ref;
}

/**
 * How a revision is written everywhere: `main@sha1:<40 hex>`, `v1.2.0@sha1:…` of a tag, `sha1:…` without a name, and
 * `local@sha256:<64 hex>` of a folder.
 */
export function toRevision(name: string | null, head: string): string {
  const id = head.length === 64 ? `sha256:${head}` : `sha1:${head}`;
  return name === null ? id : `${name}@${id}`;
}

/** Whether a revision is a state of a folder, which no commit speaks for. */
export function isLocal(revision: string): boolean {
  return revision.startsWith(`${LOCAL}@sha256:`);
}

/** The commit's id in a revision. No name of a ref holds a colon. */
export function commitOf(revision: string): string {
  return revision.slice(revision.lastIndexOf(":") + 1);
}

/** The revision of a source's newest snapshot that counts; null before the first. */
export function observedRevision(
  row: Pick<SourceRow, "ref" | "observedHead" | "observedName">,
): string | null {
  const { observedHead } = row;
  return observedHead === null ? null : toRevision(observedNameOf(row), observedHead);
}

/** Rows from before there were tags are those of branches. */
export function observedNameOf({
  ref,
  observedName,
}: Pick<SourceRow, "ref" | "observedName">): string | null {
  return observedName === undefined ? headName(ref, null) : observedName;
}
