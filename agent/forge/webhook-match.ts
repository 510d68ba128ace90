import { quoted } from "../kernel/quoted.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** What a source follows, as far as a webhook can be about it. */
export interface Followed {
  readonly url: string;
  readonly ref: { readonly kind: "branch"; readonly name: string };
}

export type Match =
  | { readonly kind: "followed" }
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
  if (event.kind === "other") {
    return { kind: "ignored", why: "an event that moves no branch and no tag" };
  }
  if (event.kind !== "ref") return { kind: "followed" };
  const { kind, name } = event.ref;
  if (kind === ref.kind && name === ref.name) return { kind: "followed" };
  const why = `not for the followed ref: about the ${kind === "other" ? "ref" : kind} ${quoted(name)}, and the source follows the ${ref.kind} ${quoted(ref.name)}`;
  return { kind: "otherRef", why };
}

/** The path of a repository's address, without `.git`: of `https://git.example.org/ops/specs.git` it is `ops/specs`. */
export function repositoryPath(url: string): string {
  const parsed = URL.parse(url);
  const path = parsed === null ? url.slice(url.indexOf(":") + 1) : decoded(parsed.pathname);
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/i, "");
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a lone `%` is compared as it is written.
    return path;
  }
}

/** A forge below a path of its host has names that are the end of the address. */
function isSamePath(fullName: string, path: string): boolean {
  const name = fullName.toLowerCase();
  const known = path.toLowerCase();
  return known === name || known.endsWith(`/${name}`);
}
