import { artifactFingerprint } from "../../agent/spec/fingerprint.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { specYaml } from "../support/spec-yaml.ts";

/** What a commit can change in a room, in this order: what goes is not what has just come. */
export const CHANGES = ["kick", "delete", "join", "update", "seed", "promote", "policy"] as const;

export type Change = (typeof CHANGES)[number];

/** What a room should be, in the members that the stories change. */
export interface Wanted {
  readonly entities: Readonly<Record<string, string | null>>;
  /** By name: the text of the seed, and whether it is promoted. */
  readonly artifacts: Readonly<
    Record<string, { readonly text: string; readonly promoted: boolean }>
  >;
  readonly maxArtifacts: number;
}

/** What a room is, as the devserver shows it, in the same members. */
export interface ServerRoom {
  readonly entities: readonly { readonly id: string; readonly displayName?: string | null }[];
  readonly artifacts: readonly {
    readonly name: string;
    readonly hash: string;
    readonly isPromoted: boolean;
  }[];
  readonly policies: Readonly<Record<string, unknown>>;
}

const FIRST: Wanted = {
  entities: { "E-01": null, "E-02": "Two", "E-03": null, "E-04": null, "E-05": null },
  artifacts: {
    notes: { text: "notes 1", promoted: false },
    plan: { text: "plan 1", promoted: false },
  },
  maxArtifacts: 10,
};

export interface StoryGiven {
  readonly seed: number;
  /** Changes that every commit brings, beside those that chance adds. */
  readonly needs?: readonly Change[];
  /** Changes that no commit brings. */
  readonly avoids?: readonly Change[];
  /** How long every seed file is at least. Default: a few words. */
  readonly seedBytes?: number;
}

/** The life of one room: what its spec says commit after commit. Chance decides, by the seed. */
export class Story {
  readonly room: string;
  readonly #random: () => number;
  readonly #needs: readonly Change[];
  readonly #avoids: readonly Change[];
  readonly #seedBytes: number;
  #wanted = FIRST;
  #version = 0;

  constructor(room: string, given: StoryGiven) {
    this.room = room;
    this.#random = seededRandom(given.seed);
    this.#needs = given.needs ?? [];
    this.#avoids = given.avoids ?? [];
    this.#seedBytes = given.seedBytes ?? 0;
  }

  /** Where its spec and its seeds lie. */
  get inputs(): readonly string[] {
    return [`rooms/${this.room}.room.yaml`, `seeds/${this.room}`];
  }

  /** The first commit is wanted again. */
  goBack(): void {
    this.#wanted = FIRST;
  }

  /** The first commit's files. */
  begin(): Readonly<Record<string, string>> {
    return this.#files();
  }

  /** The next commit: its files, and a message that confirms what it takes out. */
  next(): { readonly files: Readonly<Record<string, string>>; readonly message: string } {
    const drawn = CHANGES.filter((change) => {
      const isDrawn = this.#random() < 0.35 && !this.#avoids.includes(change);
      return isDrawn || this.#needs.includes(change);
    });
    const changes: readonly Change[] = drawn.length > 0 ? drawn : ["join"];
    for (const change of changes) this.#wanted = changed(this.#wanted, change, this.#version);
    const removes = changes.includes("kick") || changes.includes("delete");
    const files = this.#files();
    const message = `Change ${changes.join(", ")}${removes ? "\n\nConfirm: true" : ""}`;
    return { files, message };
  }

  /** How the room differs from what is wanted; empty when it does not. */
  differences(room: ServerRoom): readonly string[] {
    const wanted = toComparable(this.#wanted, this.#seedBytes);
    const found = {
      entities: Object.fromEntries(
        room.entities.map(({ id, displayName }) => [id, displayName ?? null]),
      ),
      artifacts: Object.fromEntries(
        room.artifacts.map(({ name, hash, isPromoted }) => [name, `${hash} ${isPromoted}`]),
      ),
      policies: { maxArtifactsPerEntity: room.policies["maxArtifactsPerEntity"] },
    };
    return (["entities", "artifacts", "policies"] as const).flatMap((part) =>
      sorted(wanted[part]) === sorted(found[part])
        ? []
        : [`${part}: wanted ${sorted(wanted[part])}, found ${sorted(found[part])}`],
    );
  }

  #files(): Readonly<Record<string, string>> {
    this.#version += 1;
    const { entities, artifacts, maxArtifacts } = this.#wanted;
    const seedOf = (name: string) => `seeds/${this.room}/${name}.md`;
    const text = specYaml({
      roomId: this.room,
      version: this.#version,
      entities: Object.entries(entities).map(([id, displayName]) => ({
        id,
        kind: "agent",
        displayName,
      })),
      artifacts: Object.entries(artifacts).map(([name, { promoted }]) => ({
        name,
        type: "document",
        workspace: "shared",
        seedFrom: seedOf(name),
        promoteAfterSeed: promoted,
      })),
      policies: { maxArtifactsPerEntity: maxArtifacts },
    });
    const seeds = Object.entries(artifacts).map(([name, { text }]) => [
      seedOf(name),
      text.padEnd(this.#seedBytes),
    ]);
    return { [`rooms/${this.room}.room.yaml`]: text, ...Object.fromEntries(seeds) };
  }
}

function changed(wanted: Wanted, change: Change, version: number): Wanted {
  const { entities, artifacts, maxArtifacts } = wanted;
  switch (change) {
    case "join":
      return { ...wanted, entities: { ...entities, [`E-new-${version}`]: null } };
    case "update":
      return { ...wanted, entities: { ...entities, "E-02": `Two ${version}` } };
    case "kick":
      return { ...wanted, entities: withoutLast(entities) };
    case "seed":
      return {
        ...wanted,
        artifacts: { ...artifacts, notes: { text: `notes ${version + 1}`, promoted: false } },
      };
    case "promote":
      return {
        ...wanted,
        artifacts: {
          ...artifacts,
          [`extra-${version}`]: { text: `extra ${version}`, promoted: true },
        },
      };
    case "delete":
      return { ...wanted, artifacts: withoutLast(artifacts) };
    case "policy":
      return { ...wanted, maxArtifacts: maxArtifacts + 1 };
  }
}

function withoutLast<T>(record: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).slice(0, -1));
}

function toComparable({ entities, artifacts, maxArtifacts }: Wanted, seedBytes: number) {
  return {
    entities,
    artifacts: Object.fromEntries(
      Object.entries(artifacts).map(([name, { text, promoted }]) => {
        const artifact = { name, type: "document", workspace: "shared", tags: [] };
        return [
          name,
          `${artifactFingerprint(artifact, Buffer.from(text.padEnd(seedBytes)))} ${promoted}`,
        ];
      }),
    ),
    policies: { maxArtifactsPerEntity: maxArtifacts },
  };
}

function sorted(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
