import { posix } from "node:path";
import Range from "semver/classes/range.js";
import { z } from "zod";
import { parseGitAddress } from "./git-address.ts";

/** What several keys share: how a value of that sort is recognised. */

const MS_OF_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const DURATION = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/;

/** `500ms`, `5s`, `1.5m`, `2h` in ms; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * MS_OF_UNIT[match[2] as keyof typeof MS_OF_UNIT];
}

export function duration(minMs: number, maxMs: number): z.ZodString {
  return z.string().refine((text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= minMs && ms <= maxMs;
  });
}

export function wholeNumber(min: number, max: number): z.ZodNumberFormat {
  return z.int().min(min).max(max);
}

export function number(min: number, max: number): z.ZodNumber {
  return z.number().min(min).max(max);
}

/** One line of visible text. */
export const line = z
  .string()
  .min(1)
  .max(4096)
  .regex(/^[^\p{Cc}]+$/u);

/** What may travel in an HTTP header as a credential: visible ASCII without blanks. */
export const headerToken = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/);

/** An absolute http or https address without user, query and fragment. */
export function isPlainHttpUrl(text: string): boolean {
  if (!/^https?:\/\/[^\s\\?#\p{Cc}]+$/iu.test(text)) return false;
  // Not `canParse`: it accepts long hosts that parsing rejects.
  const url = URL.parse(text);
  return url !== null && url.username === "" && url.password === "";
}

/** A repository's address: http or https as above, or ssh. */
export function isRepositoryUrl(text: string): boolean {
  const address = parseGitAddress(text);
  return typeof address !== "string" && (address.kind === "ssh" || isPlainHttpUrl(text));
}

/** `none`, or the address of a proxy: http, without user, path, query and fragment. */
export function isProxySetting(text: string): boolean {
  if (text === "none") return true;
  return /^http:\/\//i.test(text) && isPlainHttpUrl(text) && URL.parse(text)?.pathname === "/";
}

/** Names of branches and tags that git accepts, written short (`main`, not `refs/heads/main`). */
export function isRefName(text: string): boolean {
  return (
    /^[^\p{Cc} ~^:?*[\\]+$/u.test(text) &&
    !/^[-/]|^refs\/|\.\.|@\{|\/\/|\/\.|^\.|[/.]$|\.lock(\/|$)|^@$|^HEAD$/.test(text)
  );
}

/** A range of the `semver` package, such as `^1.2`. */
export function isVersionRange(text: string): boolean {
  if (text === "" || text.length > 200 || text !== text.trim()) return false;
  try {
    return new Range(text).set.length > 0;
  } catch {
    // Its way to say that it is not one.
    return false;
  }
}

/** A folder of the repository: relative, `/` between names, nowhere `..`. Normalised, `.` for the root; else undefined. */
export function normalizeRepositoryPath(text: string): string | undefined {
  if (text === "" || text.startsWith("/") || /[\p{Cc}\\]/u.test(text)) return undefined;
  if (text.split("/").includes("..")) return undefined;
  return posix.normalize(text).replace(/\/$/, "");
}

/** A pattern that is anchored at both ends, compiled; undefined where it is not, or does not compile. */
export function parseAnchoredPattern(text: string): RegExp | undefined {
  if (!/^\^.*\$$/s.test(text) || text.length > 1000) return undefined;
  try {
    return new RegExp(`^(?:${text.slice(1, -1)})$`, "u");
  } catch {
    return undefined;
  }
}
