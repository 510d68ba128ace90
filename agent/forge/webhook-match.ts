import type { SourceRef } from "../config/config.ts";
import { repositoryPath } from "../config/git-address.ts";
import { quoted } from "../kernel/quoted.ts";
import type { RefEvent, WebhookEvent } from "./webhook-event.ts";

/** What a source follows, as far as a webhook can be about it. */
export interface Followed {
  readonly url: string;
  readonly ref: SourceRef;
}

export type Match =
  | { readonly kind: "followed" }
  | { readonly kind: "pullRequest"; readonly number: number | null; readonly why: string }
  | { readonly kind: "otherRepository" | "otherRef" | "ignored"; readonly why: string };

/** Whether an event is about what a source follows. Addresses are not compared: a forge's own may differ from the agent's. */
export function matchEvent(
  event: Exclude<WebhookEvent, { kind: "invalid" }>,
  { url, ref }: Followed,
): Match {
  const path = repositoryPath(url);
  const { repository } = event;
  if (repository !== null && !isSamePath(repository, path)) {
    const why = `about the repository ${quoted(repository)}, and the source follows ${quoted(path)}`;
    return { kind: "otherRepository", why };
  }
  if (event.kind === "pullRequest") {
    const { number } = event;
    return {
      kind: "pullRequest",
      number,
      why: `about pull request ${number ?? "(which, it does not say)"}`,
    };
  }
  if (event.kind === "other") {
    return { kind: "ignored", why: "an event that moves no branch and no tag" };
  }
  if (event.kind !== "ref") return { kind: "followed" };
  if (isFollowed(event.ref, ref)) return { kind: "followed" };
  const { kind, name } = event.ref;
  const about = `the ${kind === "other" ? "ref" : kind} ${quoted(name)}`;
  const full = kind === "other" ? fullName(name, ref) : null;
  const why = `not for the followed ref: about ${about}${full === null ? "" : `: write the full name, ${full}`}, and the source follows ${described(ref)}`;
  return { kind: "otherRef", why };
}

/** Any tag may be the newest version of a range. */
function isFollowed({ kind, name }: RefEvent["ref"], followed: SourceRef): boolean {
  if (followed.kind === "semver") return kind === "tag";
  return followed.kind !== "commit" && kind === followed.kind && name === followed.name;
}

/** Of a ref that is written as the short name of what is followed; null: it is another one. */
function fullName(name: string, followed: SourceRef): string | null {
  if (followed.kind === "commit" || name.startsWith("refs/")) return null;
  if (followed.kind === "semver") return /^v?\d/.test(name) ? `refs/tags/${name}` : null;
  if (followed.name !== name) return null;
  return `refs/${followed.kind === "branch" ? "heads" : "tags"}/${name}`;
}

function described(followed: SourceRef): string {
  switch (followed.kind) {
    case "branch":
    case "tag":
      return `the ${followed.kind} ${quoted(followed.name)}`;
    case "semver":
      return `version tags in ${quoted(followed.range)}`;
    case "commit":
      return `the commit ${followed.oid}, which never moves`;
  }
}

/** A forge below a path of its host has names that are the end of the address. */
function isSamePath(fullName: string, path: string): boolean {
  const name = fullName.toLowerCase();
  const known = path.toLowerCase();
  return known === name || known.endsWith(`/${name}`);
}
