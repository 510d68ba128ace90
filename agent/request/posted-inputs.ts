import { quoted } from "../kernel/quoted.ts";
import type { Clock } from "../kernel/clock.ts";
import { toIso } from "../kernel/clock.ts";
import { OperatorError, messageOf } from "../kernel/errors.ts";
import type { SeedReader } from "../source/seed-reader.ts";
import type { SeedFile } from "../source/spec-source.ts";
import { inputsDigest } from "../spec/digest.ts";
import type { RoomSpec } from "../spec/room-spec.ts";
import { seedChanges, toSeedRef } from "../intake/intake-rows.ts";
import type { RoomInputs } from "../room/room.ts";
import type { StoreChange } from "../store/store.ts";
import type { ApplySpec, CommandRejected } from "./requests.ts";

export interface PostedInputsOptions {
  readonly sources: readonly SeedReader[];
  /** Whether a source may manage a room: only then may it say what the room is seeded with. */
  readonly mayManage: (source: string, roomId: string) => boolean;
  /** The source that has a room of git; null: the room is not known, or none has it. */
  readonly sourceOf: (roomId: string) => string | null;
  /** `Operator.SeedRoot`; null when it is not set. */
  readonly folder: SeedReader | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type PostedEnd =
  | {
      readonly kind: "inputs";
      readonly inputs: RoomInputs;
      readonly changes: readonly StoreChange[];
    }
  | CommandRejected;

/** Makes a room's inputs from a posted spec: its text and its seeds are kept like those of a commit. */
export class PostedInputs {
  readonly #options: PostedInputsOptions;

  constructor(options: PostedInputsOptions) {
    this.#options = options;
  }

  get sourceNames(): readonly string[] {
    return this.#options.sources.map(({ name }) => name);
  }

  async toInputs(request: ApplySpec): Promise<PostedEnd> {
    const reader = this.#readerFor(request);
    if (reader !== null && "status" in reader) return reader;
    const paths = seedPaths(request.spec);
    try {
      const files =
        reader === null ? paths.map(noSource) : await reader.readSeeds(paths, this.#options.signal);
      return this.#toEnd(request, files);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      return { kind: "rejected", status: 503, code: error.code, detail: messageOf(error) };
    }
  }

  #readerFor({ source, roomId }: ApplySpec): SeedReader | CommandRejected | null {
    const { sources, folder, mayManage, sourceOf } = this.#options;
    if (source === null) {
      const [only] = sources.length === 1 ? sources : [];
      const own = only ?? sources.find(({ name }) => name === sourceOf(roomId));
      return own !== undefined && mayManage(own.name, roomId) ? own : folder;
    }
    const named = sources.find(({ name }) => name === source);
    if (named !== undefined) return mayManage(source, roomId) ? named : notAllowed(source, roomId);
    const known = this.sourceNames.join(", ") || "none";
    const detail = `no source is called ${quoted(source)}; there are: ${known}`;
    return { kind: "rejected", status: 404, code: "UnknownSource", detail };
  }

  #toEnd(request: ApplySpec, files: readonly SeedFile[]): PostedEnd {
    const specOid = `api:${request.digest}`;
    const seeds = files.map(toSeedRef);
    const inputs: RoomInputs = {
      digest: inputsDigest(request.digest, seeds),
      specOid,
      specDigest: request.digest,
      specVersion: request.spec.metadata.version,
      path: null,
      seeds,
      revision: `api@sha256:${request.digest}`,
      author: request.actor,
      committedAt: toIso(this.#options.clock.nowMs()),
    };
    const { text, spec } = request;
    const changes = [{ kind: "spec", specOid, text, spec } as const, ...seedChanges(files)];
    return { kind: "inputs", inputs, changes };
  }
}

function notAllowed(source: string, roomId: string): CommandRejected {
  const detail =
    `source ${quoted(source)} may not manage room ${quoted(roomId)}, so its seeds are not read from there: ` +
    "name another source, or add a pattern to its AllowedRooms";
  return { kind: "rejected", status: 409, code: "RoomNotAllowed", detail };
}

function seedPaths(spec: RoomSpec): readonly string[] {
  const paths = spec.spec.artifacts.flatMap(({ seedFrom }) =>
    seedFrom === null ? [] : [seedFrom],
  );
  return [...new Set(paths)];
}

function noSource(path: string): SeedFile {
  const message = `${path} cannot be read: send the same POST /apply again with ?source=<name> of the source that has it, or set Operator.SeedRoot`;
  return { path, kind: "unusable", reason: "NoSeedSource", message };
}
