import { legible, listed } from "../kernel/shortened.ts";
import type { SourceWarning } from "./spec-source.ts";

/** What is looked at of files that are not read because of their name. */
export const UNREAD_LIMITS = {
  /** Of one source, those next to a spec first. */
  files: 200,
  /** Of one file; a larger one is not looked at. */
  bytes: 65_536,
} as const;

const BOM = "\uFEFF";

/** `kind: RoomSpec` at the root of a YAML file: a mapping below another one is indented. */
const KIND_LINE = /^(["']?)kind\1[ \t]*:[ \t]+(["']?)RoomSpec\2[ \t]*(?:#.*)?\r?$/m;

/** Whether a file says that it is a RoomSpec. Pure. */
export function saysRoomSpec(bytes: Uint8Array): boolean {
  if (bytes.length > UNREAD_LIMITS.bytes) return false;
  const text = Buffer.from(bytes).toString("utf8");
  const body = text.startsWith(BOM) ? text.slice(1) : text;
  return body.trimStart().startsWith("{") ? isRoomSpecJson(body) : KIND_LINE.test(body);
}

function isRoomSpecJson(text: string): boolean {
  if (!text.includes("RoomSpec")) return false;
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === "object" && value !== null && "kind" in value && value.kind === "RoomSpec"
    );
  } catch {
    return false;
  }
}

/** What a person should know of files whose names are almost those of specs. `total`: how many there are; default: those named. */
export function misnamedWarnings(
  paths: readonly string[],
  total = paths.length,
): readonly SourceWarning[] {
  if (total === 0) return [];
  const files = total === 1 ? "a file is" : `${total} files are`;
  const message =
    `${files} not read because of the name: ${listed(paths, { total, each: 200 })}. ` +
    "The name of a spec ends in .room.yaml, .room.yml or .room.json, in lower case, with something before it";
  return [{ reason: "SpecNameIgnored", message, notRead: paths }];
}

/** What a person should know of files with `kind: RoomSpec` that are not read. */
export function unreadWarnings(paths: readonly string[]): readonly SourceWarning[] {
  if (paths.length === 0) return [];
  const files =
    paths.length === 1
      ? "a file has kind: RoomSpec and is not read because of its name"
      : `${paths.length} files have kind: RoomSpec and are not read because of their names`;
  const message =
    `${files}: ${listed(paths, { each: 200 })}. ` +
    "The name of a spec ends in .room.yaml, .room.yml or .room.json";
  return [{ reason: "RoomSpecNotRead", message, notRead: paths }];
}

const ALMOST_SPEC = /^((?:.*\/)?)([^/]*?)(?:\.room)?\.(ya?ml|json)(?:\.txt)?\s*$/i;

/** The path at which a file is read that is not read because of its name: `lab.room.yaml` for `lab.yaml`. Null: not known. */
export function specPathOf(path: string): string | null {
  const [, folder = "", stem = "", format = ""] = ALMOST_SPEC.exec(path) ?? [];
  if (format === "") return null;
  return `${folder}${stem === "" ? "NAME" : stem}.room.${format.toLowerCase()}`;
}

/** How such files are renamed, for a message: `Rename lab.yaml to lab.room.yaml`. Null: there are none. */
export function renameText(paths: readonly string[]): string | null {
  const shown = paths.slice(0, RENAMES).flatMap((path): readonly string[] => {
    const to = specPathOf(path);
    return to === null ? [] : [`${legible(path)} to ${legible(to)}`];
  });
  if (shown.length === 0) return null;
  const rest = paths.length > RENAMES ? `, … (${paths.length} in all)` : "";
  return `Rename ${shown.join(", ")}${rest}`;
}

/** Files that such a message names. */
const RENAMES = 5;
