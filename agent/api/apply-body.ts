import { WORDED } from "../kernel/issue-words.ts";
import type { ParsedSpec, RoomSpec, SpecProblem } from "../spec/room-spec.ts";
import { ROOT_MEMBERS } from "../spec/unwrap-posted.ts";
import type { ParseTask } from "../source/parse-thread.ts";
import { applyRoomRequest } from "./apply-request.ts";
import { toFindings, toLine, unknownFields, type RequestFinding } from "./findings.ts";
import { ProblemError } from "./problem.ts";
import { switchHint } from "./switch-hint.ts";
import { readSmallBody, refuseBrokenJson, refuseOtherCharset } from "./strict-body.ts";

/** What a body of `/apply` asks for. */
export type ApplyBody =
  | { readonly kind: "room"; readonly roomId: string }
  | AskedVersion
  | PostedSpec;

/** The spec that a room's history holds under a version. */
export interface AskedVersion {
  readonly kind: "version";
  readonly roomId: string;
  readonly specVersion: number;
  /** Which content, where the version was used with several; null: the only one. */
  readonly specDigest: string | null;
}

export interface PostedSpec {
  readonly kind: "spec";
  readonly spec: RoomSpec;
  readonly digest: string;
  /** As it was posted. */
  readonly text: Uint8Array;
  /** `body:line:column: message`. */
  readonly warnings: readonly string[];
}

export interface BodyOptions {
  /** The Content-Type header: `application/json` or `application/yaml`, perhaps with a charset. */
  readonly contentType: string;
  readonly specBytes: number;
  readonly roomIdPattern: RegExp;
  /** Parses off the main thread, under a memory limit and a deadline. */
  readonly parse: (task: ParseTask) => Promise<ParsedSpec>;
}

/**
 * `{roomId}`, `{roomId, specVersion}`, `{spec}` or a bare RoomSpec, in JSON or YAML by the Content-Type. Rejects with
 * `InvalidBody` for what is none of these, `SpecInvalid` with every error for a spec that may not be used.
 */
export async function readApplyBody(body: Uint8Array, options: BodyOptions): Promise<ApplyBody> {
  if (body.length === 0) {
    throw new ProblemError("InvalidBody", `the body is empty: ${WANTED}`);
  }
  refuseOtherCharset(options.contentType);
  refuseBrokenJson(body, options.contentType);
  return (await readRoomRequest(body)) ?? readSpec(body, options);
}

const WANTED =
  'send {"roomId": "…"}, {"roomId": "…", "specVersion": 1}, {"spec": {…}} or a RoomSpec';

/** Undefined when the body is not a room request; it is then parsed and reported as a spec. */
async function readRoomRequest(body: Uint8Array): Promise<ApplyBody | undefined> {
  const small = await readSmallBody(body);
  if (small === undefined) return undefined;
  const { value } = small;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProblemError("InvalidBody", `the body is not an object: ${WANTED}`);
  }
  if (!Object.hasOwn(value, "roomId")) {
    refuseOtherMembers(value);
    return undefined;
  }
  small.refuseProblems();
  const request = applyRoomRequest.safeParse(value, WORDED);
  if (!request.success)
    throw otherForm(toFindings(request.error, ROOM_MEMBERS), Object.keys(value));
  const { roomId, specVersion, specDigest = null } = request.data;
  return specVersion === undefined
    ? { kind: "room", roomId }
    : { kind: "version", roomId, specVersion, specDigest };
}

const ROOM_MEMBERS = Object.keys(applyRoomRequest.shape);

/** A body without any member of a RoomSpec's root asks for something else: what is wrong with it as a RoomSpec helps no one. */
function refuseOtherMembers(value: object): void {
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.some((key) => SPEC_MEMBERS.includes(key))) return;
  const errors = unknownFields(keys, [...ROOM_MEMBERS, ...SPEC_MEMBERS]);
  const line = toLine(errors);
  const wanted = line.endsWith("?") ? ` S${WANTED.slice(1)}` : `: ${WANTED}`;
  throw new ProblemError("InvalidBody", `${line}${wanted}${switchHint(keys)}`, { errors });
}

const SPEC_MEMBERS: readonly string[] = [...ROOT_MEMBERS, "spec"];

function otherForm(errors: readonly RequestFinding[], keys: readonly string[]): ProblemError {
  return new ProblemError(
    "InvalidBody",
    `the body does not name a room alone (${toLine(errors)}): ${WANTED}${switchHint(keys)}`,
    { errors },
  );
}

/** A spec's bytes as a posted spec. `path` names them in errors. */
export async function readSpec(
  body: Uint8Array,
  options: Omit<BodyOptions, "contentType">,
  path = "body",
): Promise<PostedSpec> {
  const parsed = await options.parse({
    bytes: body,
    path,
    maxBytes: options.specBytes,
    roomIdPattern: options.roomIdPattern.source,
    posted: true,
  });
  if (parsed.kind === "invalid") {
    const count = parsed.errors.length;
    throw new ProblemError(
      "SpecInvalid",
      `the RoomSpec has ${count === 1 ? "an error" : `${count} errors`}; nothing was changed`,
      { errors: parsed.errors, warnings: parsed.warnings },
    );
  }
  const { spec, digest } = parsed;
  return { kind: "spec", spec, digest, text: body, warnings: parsed.warnings.map(toWarning) };
}

function toWarning({ path, line, column, message }: SpecProblem): string {
  return `${path}:${line}:${column}: ${message}`;
}
