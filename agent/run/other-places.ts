import { isDeepStrictEqual } from "node:util";
import type { Config, SourceConfig } from "../config/config.ts";
import { repositoryPath } from "../config/git-address.ts";
import type { OtherPlace } from "../source/claims-at.ts";
import type { RunningSource } from "../trigger/running-source.ts";

/** Where other sources read the repository of one. Those that do not run have read nothing of it. */
export function otherPlaces(
  name: string,
  { git }: Pick<Config, "git">,
  running: readonly Pick<RunningSource, "name" | "intake">[],
): readonly OtherPlace[] {
  const one = git.sources.find((source) => source.name === name);
  if (one?.kind !== "git") return [];
  const others = git.sources.filter((other) => other.name !== name && isSameRepository(other, one));
  return others.map(({ name: source, path, patterns, ref }) => {
    const files = running.find((other) => other.name === source)?.intake.files ?? [];
    const known = [...files].flatMap(({ roomId, ignoredBy, oid }) =>
      roomId === null || ignoredBy !== null ? [] : [oid],
    );
    return { source, path, patterns, isSameRef: isDeepStrictEqual(ref, one.ref), known };
  });
}

/** Whether two sources read the same commits. Two addresses that may be of one repository are not known to be. */
export function readsSame(
  { git }: Pick<Config, "git">,
  ...names: readonly [string, string]
): boolean {
  const [a, b] = names.map((name) => git.sources.find((source) => source.name === name));
  if (a?.kind !== "git" || b?.kind !== "git") return false;
  return a.url === b.url && isDeepStrictEqual(a.ref, b.ref);
}

/**
 * A repository has many addresses: with `.git` and without it, over ssh and over http, below a path and by another name of the host. Only
 * its path says which one it is. Where two are taken for one by mistake, that matters only if a file of this repository names the room
 * at the other's place.
 */
function isSameRepository(one: SourceConfig, other: SourceConfig): boolean {
  if (one.kind !== "git" || other.kind !== "git") return false;
  const [a, b] = [one, other].map(({ url }) => `/${repositoryPath(url).toLowerCase()}`);
  return a !== undefined && b !== undefined && (a.endsWith(b) || b.endsWith(a));
}
