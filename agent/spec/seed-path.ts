import { quoted } from "./finding.ts";
import { isTooLong, MAX_NAME_CHARACTERS } from "./name.ts";
import { controlCharacter, isBlank } from "./text.ts";

const MAX_LENGTH = 1024;

export type SeedPath =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "refused"; readonly message: string };

/**
 * A `seedFrom` as a path relative to the repository's root: segments joined by `/`, a leading `./` dropped. Anything that
 * could point elsewhere, or mean two things, is refused.
 */
export function toSeedPath(text: string): SeedPath {
  const refuse = (why: string): SeedPath => ({
    kind: "refused",
    message: `${quoted(text)} ${why}`,
  });
  if (isBlank(text)) return refuse("is blank: name a file of the repository, or leave it out");
  const control = controlCharacter(text);
  if (control !== null) return refuse(`holds the control character ${control}: remove it`);
  if (!text.isWellFormed()) return refuse("holds half of a surrogate pair: remove it");
  if (text.length > MAX_LENGTH) return refuse(`is longer than ${MAX_LENGTH} characters`);
  if (text.includes("\\")) return refuse("holds a backslash: separate folders with /");
  if (text.startsWith("/") || /^[A-Za-z]:/.test(text)) {
    return refuse("is absolute: write it relative to the repository's root");
  }
  const segments = text.split("/");
  while (segments.length > 1 && segments[0] === ".") segments.shift();
  const problem = segments.map(segmentProblem).find((each) => each !== null);
  return problem === undefined || problem === null
    ? { kind: "path", path: segments.join("/") }
    : refuse(problem);
}

function segmentProblem(segment: string): string | null {
  if (isTooLong(segment)) {
    return `has a segment longer than ${MAX_NAME_CHARACTERS} characters: write a shorter name`;
  }
  if (segment === "") return "has an empty segment: write single slashes and name a file";
  if (segment === ".") return "has a segment `.` inside: leave it out";
  if (segment === "..") return "leaves its folder with `..`: write it from the repository's root";
  if (segment.toLowerCase() === ".git") return "points into .git: name a file of the repository";
  return null;
}
