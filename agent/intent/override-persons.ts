import type { CommitRecord } from "../source/spec-source.ts";

/**
 * Why the `Override-Window` of a commit does not count because of who made it; null: it does. Author and committer must both be
 * in `allowed`, by the addresses in the commit: an author stays on a commit that somebody else changes, moves or repeats, and a
 * committer may only pass on what another wrote. Neither is proved by git.
 */
export function whyNoOverrideBy(
  allowed: readonly string[],
): (commit: Pick<CommitRecord, "author" | "committer">) => string | null {
  const persons = new Set(allowed.map((address) => address.toLowerCase()));
  return ({ author, committer }) => {
    if (persons.size === 0) return NO_PERSON;
    const strangers = [author, committer].filter((person) => !persons.has(addressOf(person)));
    const [first] = strangers;
    return first === undefined
      ? null
      : NOT_ALLOWED(first, first === author ? "author" : "committer");
  };
}

/** In lower case; empty where there is none. */
function addressOf(person: string): string {
  return /<([^<>]*)>\s*$/.exec(person)?.[1]?.trim().toLowerCase() ?? "";
}

const NO_PERSON =
  "no person may override a sync window: add an e-mail address to Operator.SyncWindowOverride.AllowedPersons";
const NOT_ALLOWED = (person: string, role: string) =>
  `the ${role} ${person} is not in Operator.SyncWindowOverride.AllowedPersons: author and committer must both be`;
