import type Comparator from "semver/classes/comparator.js";
import Range from "semver/classes/range.js";
import SemVer from "semver/classes/semver.js";
import { quoted } from "../../../kernel/quoted.ts";
import { shortened } from "../../../kernel/shortened.ts";
import { gitFailure } from "../../git-failure.ts";
import type { AdvertisedRefs } from "./git-transport.ts";

const TAGS = "refs/tags/";

/** `v1.2.3` or `1.2.3`, with `-pre-release` and `+build` where there are any; `semver` decides whether it is one. */
const MOST_LETTERS = 256;
const VERSION_TAG = /^v?\d+\.\d+\.\d+(?:[-+].*)?$/;

/** Major versions that a poll asks for one by one; a range over more asks for all digits. */
const MOST_MAJORS = 16;

/** Tags that a message names. */
const SHOWN = 5;

interface VersionTag {
  readonly tag: string;
  readonly version: SemVer;
  /** What it leads to. */
  readonly head: string;
}

/** The tag's name, if it may be a version's; null for every other ref. */
export function versionTagName(ref: string): string | null {
  const name = ref.startsWith(TAGS) ? ref.slice(TAGS.length) : "";
  return name.length <= MOST_LETTERS && VERSION_TAG.test(name) ? name : null;
}

/** How the refs begin that may be in a range, so that a server with thousands of tags need not list them all. */
export function versionPrefixes(range: string): readonly string[] {
  const majors = majorsIn(new Range(range));
  const ends = majors?.map((major) => `${major}.`) ?? "0123456789".split("");
  return ends.flatMap((end) => [`${TAGS}v${end}`, `${TAGS}${end}`]);
}

/**
 * The newest version in the range; null where there is none. A pre-release counts only where the range names one of the same
 * version. Tags of one version (`v1.2.0` and `1.2.0`, or other build metadata) must lead to the same place: else it throws.
 */
export function chooseVersion(
  range: string,
  refs: AdvertisedRefs,
): { readonly head: string; readonly tag: string } | null {
  const wanted = new Range(range);
  const [newest, ...others] = versionTags(refs).filter(({ version }) => wanted.test(version));
  if (newest === undefined) return null;
  const same = [newest, ...others.filter(({ version }) => version.compare(newest.version) === 0)];
  if (same.some(({ head }) => head !== newest.head)) throw ambiguous(range, same);
  return { head: newest.head, tag: newest.tag };
}

/** Why no tag is in the range. `refs` holds all version tags. */
export function noVersion(range: string, refs: AdvertisedRefs): Error {
  const tags = versionTags(refs);
  const [newest] = tags.filter(({ version }) =>
    new Range(range, { includePrerelease: true }).test(version),
  );
  const known =
    tags.length === 0
      ? "It has no version tag (v1.2.3 or 1.2.3) at all."
      : `Its newest version tags are ${listed(tags)}.`;
  const hint =
    newest === undefined
      ? ""
      : ` The pre-release ${quoted(newest.tag)} counts only where the range names one: ">=${newest.version.version}".`;
  return gitFailure(
    "NoTagInRange",
    `The repository has no tag in the range ${quoted(range)} of Ref.Semver. ${known}${hint} Rooms are kept as they are. ` +
      "Push a tag in the range, or change Ref.Semver.",
  );
}

/** Newest first; of one version the name with `v` first, then by name. */
function versionTags(refs: AdvertisedRefs): readonly VersionTag[] {
  const tags: VersionTag[] = [];
  for (const [ref, { oid, peeled }] of refs) {
    const tag = versionTagName(ref);
    const version = tag === null ? null : versionOf(tag);
    if (tag !== null && version !== null) tags.push({ tag, version, head: peeled ?? oid });
  }
  return tags.sort(
    (a, b) => b.version.compare(a.version) || rank(a.tag) - rank(b.tag) || byName(a, b),
  );
}

function rank(tag: string): number {
  return tag.startsWith("v") ? 0 : 1;
}

function byName(a: VersionTag, b: VersionTag): number {
  return a.tag < b.tag ? -1 : 1;
}

function versionOf(name: string): SemVer | null {
  try {
    return new SemVer(name);
  } catch {
    // Leading zeros, or numbers beyond what it counts: a tag like any other.
    return null;
  }
}

/** The major versions that a range may hold; null where they are too many or without an end. */
function majorsIn(range: Range): readonly number[] | null {
  const majors = new Set<number>();
  for (const comparators of range.set) {
    const { from, to } = majorBounds(comparators);
    if (to - from >= MOST_MAJORS) return null;
    for (let major = from; major <= to; major += 1) majors.add(major);
    if (majors.size > MOST_MAJORS) return null;
  }
  return majors.size === 0 ? null : [...majors].sort((a, b) => a - b);
}

function majorBounds(comparators: readonly Comparator[]): {
  readonly from: number;
  readonly to: number;
} {
  let [from, to] = [0, Infinity];
  for (const { operator, semver } of comparators) {
    // The comparator for anything has no version.
    if (!(semver instanceof SemVer)) continue;
    if (operator !== "<" && operator !== "<=") from = Math.max(from, semver.major);
    if (operator !== ">" && operator !== ">=") to = Math.min(to, lastMajor(operator, semver));
  }
  return { from, to };
}

/** `<2.0.0-0`, as `^1` is read, ends before every version of 2. */
function lastMajor(operator: string, { major, minor, patch, prerelease }: SemVer): number {
  const isBefore = operator === "<" && minor === 0 && patch === 0 && prerelease[0] === 0;
  return isBefore && prerelease.length === 1 ? major - 1 : major;
}

function ambiguous(range: string, tags: readonly VersionTag[]): Error {
  return gitFailure(
    "TagsAmbiguous",
    `The newest version in the range ${quoted(range)} of Ref.Semver has several tags at different commits: ` +
      `${tags
        .slice(0, SHOWN)
        .map(({ tag, head }) => `${shown(tag)} (${head})`)
        .join(", ")}. ` +
      "Rooms are kept as they are. Delete all but one of these tags, or push a newer version.",
  );
}

function listed(tags: readonly VersionTag[]): string {
  const names = tags.slice(0, SHOWN).map(({ tag }) => shown(tag));
  const more = tags.length - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} older`;
}

function shown(tag: string): string {
  return shortened(tag, 60);
}
