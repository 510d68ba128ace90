import { shellWord } from "../kernel/shell-word.ts";

/** What is done once a commit is pushed, for a source that follows this ref to have it: a sentence; null: a push is enough. */
export function afterPush(ref: string): string | null {
  const [kind, name] = splitRef(ref);
  switch (kind) {
    case "tag": {
      const tag = shellWord(name);
      return `Then move the tag to the new commit, so that the source follows it: \`git tag -f ${tag} && git push --force origin refs/tags/${tag}\`.`;
    }
    case "semver":
      return `Then tag the new commit with a newer version in the range, so that the source follows it (${ref}).`;
    case "commit":
      return "Then name the new commit in Ref.Commit.";
    default:
      return null;
  }
}

/** How a change reaches a source that follows this ref; null: none is configured. */
export function pushTo(ref: string | null): string {
  if (ref === null) return "push it";
  switch (splitRef(ref)[0]) {
    case "tag":
      return `push it and move the tag that the source follows (${ref})`;
    case "semver":
      return `push it with a newer version tag in the range that the source follows (${ref})`;
    case "commit":
      return "push it, then name the new commit in Ref.Commit";
    default:
      return `push it to ${ref}`;
  }
}

/** Where a room's spec comes from. */
export interface SpecOrigin {
  /** The spec was posted. */
  readonly isPosted: boolean;
  /** Null: not configured, or there is none. */
  readonly source: { readonly url: string; readonly ref: string } | null;
}

/** A step for people that says what a branch needs, with what the room's own kind of source needs. */
export function stepFor(step: string, { isPosted, source }: SpecOrigin): string {
  if (!/\b(?:push|commit)\b/i.test(step) || /\btags?\b|\bRef\.|\bsave\b/i.test(step)) return step;
  if (isPosted) return `${step} ${POSTED}`;
  if (source === null) return step;
  const next = isFolder(source) ? IN_FOLDER : afterPush(source.ref);
  return next === null ? step : `${step} ${next}`;
}

export function isFolder({ url }: { readonly url: string }): boolean {
  return url.startsWith("file:");
}

const IN_FOLDER = "The source is a folder: save the file instead of a push.";

const POSTED = "The room follows a posted spec: post it again with the change instead of a push.";

/** As `shownRef` writes it: a branch by its name alone, which holds no blank. */
function splitRef(ref: string): readonly [string, string] {
  const at = ref.indexOf(" ");
  return at < 0 ? ["branch", ref] : [ref.slice(0, at), ref.slice(at + 1)];
}
