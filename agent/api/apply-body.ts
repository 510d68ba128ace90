import { quoted } from "../kernel/quoted.ts";
import { decodeText } from "../spec/decode-text.ts";
import { readYaml } from "../spec/read-yaml.ts";
import type { ParsedSpec, RoomSpec, SpecProblem } from "../spec/room-spec.ts";
import type { ParseTask } from "../source/git-parse-pool.ts";
import { applyRoomRequest } from "./contract.ts";
import { toFindings, toLine } from "./findings.ts";
import { ProblemError } from "./problem.ts";

/** What a body of `/apply` asks for. */
export type ApplyBody = { readonly kind: "room"; readonly roomId: string } | PostedSpec;

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

/** `{"roomId": …}` is never longer; anything longer is read once, as a spec. */
const MAX_ROOM_REQUEST_BYTES = 4096;
const MAX_ROOM_REQUEST_TOKENS = 1000;

/**
 * `{roomId}`, `{spec}` or a bare RoomSpec, in JSON or YAML by the Content-Type. Rejects with `InvalidBody` for what is none of these,
 * `SpecInvalid` with every error for a spec that may not be used.
 */
export async function readApplyBody(body: Uint8Array, options: BodyOptions): Promise<ApplyBody> {
  if (body.length === 0) {
    throw new ProblemError("InvalidBody", `the body is empty: ${WANTED}`);
  }
  refuseOtherCharset(options.contentType);
  if (/^application\/json\b/i.test(options.contentType)) refuseBrokenJson(body);
  return readRoomRequest(body) ?? readSpec(body, options);
}

const WANTED = 'send {"roomId": "…"}, {"spec": {…}} or a RoomSpec';

function refuseOtherCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^";\s]*)/i.exec(contentType)?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw new ProblemError(
    "UnsupportedMediaType",
    `the charset ${quoted(charset)} is not read here: send the body as UTF-8`,
  );
}

/** YAML reads more than JSON; who says JSON is held to it. */
function refuseBrokenJson(body: Uint8Array): void {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    throw new ProblemError(
      "InvalidBody",
      "the body is not JSON in UTF-8: correct it, or send YAML as application/yaml",
    );
  }
}

/** Undefined when the body is no room request at all; what is wrong with it is then told as of a spec. */
function readRoomRequest(body: Uint8Array): ApplyBody | undefined {
  if (body.length > MAX_ROOM_REQUEST_BYTES) return undefined;
  const decoded = decodeText(body, MAX_ROOM_REQUEST_BYTES);
  if (decoded.kind === "refused") return undefined;
  const reading = readYaml(decoded.text, MAX_ROOM_REQUEST_TOKENS);
  if (reading.kind === "refused" || !reading.complete) return undefined;
  const { value } = reading;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProblemError("InvalidBody", `the body is not an object: ${WANTED}`);
  }
  if (!Object.hasOwn(value, "roomId")) return undefined;
  const request = applyRoomRequest.safeParse(value);
  if (request.success) return { kind: "room", roomId: request.data.roomId };
  const errors = toFindings(request.error);
  throw new ProblemError(
    "InvalidBody",
    `a room is asked for in another form (${toLine(errors)}): ${WANTED}`,
    { errors },
  );
}

async function readSpec(body: Uint8Array, options: BodyOptions): Promise<PostedSpec> {
  const parsed = await options.parse({
    bytes: body,
    path: "body",
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
