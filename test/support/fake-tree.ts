import { createHash } from "node:crypto";
import { parseSpec } from "../../agent/spec/parse-spec.ts";
import type { ParsedSpec, RoomSpec } from "../../agent/spec/room-spec.ts";
import type { SeedFile } from "../../agent/source/spec-source.ts";

/** Texts by path. */
export type Tree = ReadonlyMap<string, string>;

const SPEC = /\.room\.(ya?ml|json)$/;

const PARSED = new Map<string, ParsedSpec>();

/** Each text is parsed once per path for a while, however many worlds read it. */
export function parse(text: string, path: string): ParsedSpec {
  const key = `${path}\0${text}`;
  const known = PARSED.get(key);
  if (known !== undefined) return known;
  const roomIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/;
  const parsed = parseSpec(Buffer.from(text), { path, maxBytes: 1_048_576, roomIdPattern });
  if (PARSED.size > 5000) PARSED.clear();
  PARSED.set(key, parsed);
  return parsed;
}

export function specPaths(tree: Tree): readonly string[] {
  return [...tree.keys()].filter((path) => SPEC.test(path)).sort();
}

export function specOf(parsed: ParsedSpec): RoomSpec | null {
  return parsed.kind === "valid" ? parsed.spec : null;
}

export function seedPaths(parsed: ParsedSpec): readonly string[] {
  const artifacts = specOf(parsed)?.spec.artifacts ?? [];
  return artifacts.flatMap(({ seedFrom }) => (seedFrom === null ? [] : [seedFrom]));
}

export function seedFile(tree: Tree, path: string): SeedFile {
  const text = tree.get(path);
  const isFolder = [...tree.keys()].some((other) => other.startsWith(`${path}/`));
  if (isFolder) {
    return { path, kind: "unusable", reason: "SeedNotRegular", message: `${path} is a folder` };
  }
  if (text === undefined) {
    return { path, kind: "unusable", reason: "SeedMissing", message: `${path} is not there` };
  }
  const bytes = new Uint8Array(Buffer.from(text));
  return { path, kind: "present", oid: sha1(text), size: bytes.length, bytes };
}

export function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
