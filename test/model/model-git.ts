import { DRIFT_ANNOTATION, type DriftPolicy } from "../../agent/spec/drift-annotation.ts";
import { artifactFingerprint } from "../../agent/spec/fingerprint.ts";
import type { CommitRecord } from "../../agent/source/spec-source.ts";
import type { FakeRoomServer } from "../support/fake-room-server.ts";
import { FakeSpecSource } from "../support/fake-spec-source.ts";
import type { Told, Words } from "./model-heard.ts";
import type { Wish } from "./model-law.ts";

/** What a commit of a story says. */
export const SAYINGS = [
  "nothing",
  "confirmAll",
  "confirmNamed",
  "dryRunAll",
  "dryRunNamed",
  "both",
] as const;
export type Saying = (typeof SAYINGS)[number];

/** A room as a story writes it down. */
export interface Draft {
  readonly version: number;
  readonly entities: readonly string[];
  readonly artifacts: readonly string[];
  /** What entities are called, by id; absent: nothing. */
  readonly names?: Readonly<Record<string, string>>;
  /** The annotation of its drift policy; absent: none. */
  readonly drift?: DriftPolicy;
}

/** The repository of a story: rooms written as JSON, commits that say something, all of it readable by the law. */
export class ModelGit {
  readonly source = new FakeSpecSource();
  /** Where the last forced push found the branch; empty: there was none. */
  leftHead = "";
  readonly #words = new Map<string, Words>();
  readonly #merged = new Set<string>();
  readonly #wishes = new Map<string, Wish | null>();

  commit(
    files: Readonly<Record<string, string | null>>,
    said: {
      readonly saying: Saying;
      readonly roomId: string;
      readonly subject?: string;
      /** True: it shares no commit with what was there. */
      readonly begins?: boolean;
      /** On a branch of its own, which is merged at once. */
      readonly merged?: boolean;
    },
  ): string {
    const { saying, roomId, subject = "Change rooms", merged = false } = said;
    const { lines, words } = speak(saying, roomId);
    const isRevert = subject.startsWith("Revert");
    const message = lines.length === 0 ? `${subject}\n` : `${subject}\n\n${lines.join("\n")}\n`;
    const make = merged ? "merge" : "commit";
    const oid =
      said.begins === true
        ? this.source.begin(toTexts(files), message)
        : this.source[make](files, message);
    if (merged) this.#merged.add(oid);
    // In a revert only the named form of a confirmation counts; a dry run is one in doubt.
    const confirm = isRevert && words.confirm === "all" ? null : words.confirm;
    this.#words.set(oid, { ...words, confirm });
    return oid;
  }

  /** The good spec of a room in a commit; null where there is none. */
  wish(oid: string, roomId: string): Wish | null {
    const key = `${oid} ${roomId}`;
    const known = this.#wishes.get(key);
    if (known !== undefined) return known;
    const wish = this.#read(oid, roomId);
    this.#wishes.set(key, wish);
    return wish;
  }

  draft(oid: string, roomId: string): Draft | null {
    const text = this.source.text(oid, pathOf(roomId));
    return text === undefined || !text.startsWith("{") ? null : toDraft(text);
  }

  told({ oid, parents, touches }: CommitRecord, roomId: string): Told {
    const [parent] = parents;
    return {
      oid,
      words: this.#words.get(oid) ?? { confirm: null, dryRun: null },
      merged: this.#merged.has(oid),
      merges: parents.length > 1,
      touches: touches.some(({ path }) => path === pathOf(roomId)),
      isEmpty: touches.length === 0,
      before: parent === undefined ? null : this.wish(parent, roomId),
      after: this.wish(oid, roomId),
    };
  }

  /** Whether a commit says `Confirm: true` or `Dry-Run: true`, and names no room that the dry run may be about. */
  saysTrue(oid: string): boolean {
    const words = this.#words.get(oid);
    return words?.confirm === "all" || (words?.dryRun === "all" && words.confirm === null);
  }

  #read(oid: string, roomId: string): Wish | null {
    const text = this.source.text(oid, pathOf(roomId));
    if (text === undefined || !text.startsWith("{")) return null;
    const seeds = (path: string) => this.source.text(oid, path) ?? null;
    return toWish(text, { revision: `main@sha1:${oid}`, seeds });
  }
}

/** What a watch looks at. */
export interface Watched {
  readonly git: ModelGit;
  readonly server: FakeRoomServer;
  readonly nowMs: () => number;
}

function speak(saying: Saying, roomId: string): { lines: string[]; words: Words } {
  const none = { confirm: null, dryRun: null };
  switch (saying) {
    case "nothing":
      return { lines: [], words: none };
    case "confirmAll":
      return { lines: ["Confirm: true"], words: { ...none, confirm: "all" } };
    case "confirmNamed":
      return { lines: [`Confirm: ${roomId}`], words: { ...none, confirm: roomId.split(", ") } };
    case "dryRunAll":
      return { lines: ["Dry-Run: true"], words: { ...none, dryRun: "all" } };
    case "dryRunNamed":
      return { lines: [`Dry-Run: ${roomId}`], words: { ...none, dryRun: roomId.split(", ") } };
    case "both":
      return {
        lines: [`Confirm: ${roomId}`, "Dry-Run: true"],
        words: { confirm: roomId.split(", "), dryRun: "all" },
      };
  }
}

export function pathOf(roomId: string): string {
  return `rooms/${roomId}.room.json`;
}

export function seedPath(artifact: string): string {
  return `seeds/${artifact}.md`;
}

/** The text of a spec file. */
export function writeSpec(roomId: string, draft: Draft): string {
  const { version, entities, artifacts, names = {}, drift } = draft;
  return JSON.stringify({
    apiVersion: "v1",
    kind: "RoomSpec",
    metadata: {
      name: roomId,
      version,
      ...(drift === undefined ? {} : { annotations: { [DRIFT_ANNOTATION]: drift } }),
    },
    spec: {
      roomId,
      entities: entities.map((id) => ({ id, kind: "agent", displayName: names[id] })),
      artifacts: artifacts.map((name) => ({
        name,
        type: "document",
        workspace: "shared",
        seedFrom: seedPath(name),
      })),
    },
  });
}

interface SpecText {
  readonly metadata: {
    readonly version: number;
    readonly annotations?: { readonly [DRIFT_ANNOTATION]: DriftPolicy };
  };
  readonly spec: {
    readonly entities: readonly { readonly id: string; readonly displayName?: string }[];
    readonly artifacts: readonly {
      readonly name: string;
      readonly type: string;
      readonly workspace: string;
    }[];
  };
}

function toDraft(text: string): Draft {
  const { metadata, spec } = JSON.parse(text) as SpecText;
  return {
    version: metadata.version,
    entities: spec.entities.map(({ id }) => id),
    artifacts: spec.artifacts.map(({ name }) => name),
    names: Object.fromEntries(
      spec.entities.flatMap(({ id, displayName }) =>
        displayName === undefined ? [] : [[id, displayName]],
      ),
    ),
    ...(metadata.annotations === undefined
      ? {}
      : { drift: metadata.annotations[DRIFT_ANNOTATION] }),
  };
}

export function toWish(
  text: string,
  given: { readonly revision: string; readonly seeds: (path: string) => string | null },
): Wish {
  const { metadata, spec } = JSON.parse(text) as SpecText;
  const artifacts = spec.artifacts.flatMap((artifact): [`artifact/${string}`, string][] => {
    const seed = given.seeds(seedPath(artifact.name));
    // Without a seed it can be neither made nor judged: it is only protected.
    if (seed === null) return [];
    const print = artifactFingerprint({ ...artifact, tags: [] }, Buffer.from(seed));
    return [[`artifact/${artifact.name}`, print]];
  });
  const entities = spec.entities.map(({ id, displayName }): [`entity/${string}`, string] => [
    `entity/${id}`,
    displayName ?? "",
  ]);
  return {
    revision: given.revision,
    version: metadata.version,
    text,
    drift: metadata.annotations?.[DRIFT_ANNOTATION] ?? "correct",
    items: new Map([...entities, ...artifacts]),
  };
}

function toTexts(files: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
