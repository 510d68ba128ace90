import { BLOCKED, entities, file, no, path, REFUSED, seeds } from "../../support/attention-row.ts";
import type { RoomAttention } from "../../support/attention-row.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

/** Each within `SeedBytes`, together more than `SeedTotalBytes`. */
const QUOTA_SEEDS = ["q-1", "q-2", "q-3"];

/** What is wrong with the files of a room, or with what they ask for. */
export const SPEC_ROWS: readonly RoomAttention[] = [
  {
    reason: "SpecInvalid",
    room: "room-invalid",
    before: file("room-invalid", { entities: entityIds(1) }),
    after: { [path("room-invalid")]: `${specYaml({ roomId: "room-invalid", version: 2 })}x: 1\n` },
    says: /rooms\/room-invalid\.room\.yaml:\d+:\d+: /,
    audit: "room.specRefused",
    gauge: "ready",
  },
  {
    reason: "ClaimedTwice",
    room: "room-twice",
    before: file("room-twice", {}),
    after: {
      [path("room-twice")]: null,
      "rooms/one.room.yaml": specYaml({ roomId: "room-twice" }),
      "rooms/two.room.yaml": specYaml({ roomId: "room-twice" }),
    },
    says: /rooms\/one\.room\.yaml.*rooms\/two\.room\.yaml/,
    audit: "room.specRefused",
    gauge: "ready",
  },
  {
    reason: "SpecIgnored",
    room: "room-ignored",
    before: file("room-ignored", {}),
    after: { "rooms/.roomignore": "# not now\nroom-ignored.*\n" },
    says: /rooms\/room-ignored\.room\.yaml is not read.*rooms\/\.roomignore line 2/,
    audit: "room.specRefused",
    gauge: "ready",
  },
  {
    reason: "SpecVersionRegressed",
    room: "room-version",
    before: file("room-version", { version: 3 }),
    after: file("room-version", { version: 1, entities: entityIds(1) }),
    ...REFUSED,
    says: /from 3 to 1/,
  },
  {
    reason: "SeedMissing",
    room: "room-seed",
    after: file("room-seed", { artifacts: ["nowhere", "elsewhere"] }),
    ...BLOCKED,
    says: /artifact\/elsewhere: .*seeds\/elsewhere\.md.*artifact\/nowhere: .*seeds\/nowhere\.md/,
  },
  {
    reason: "SeedTooLarge",
    room: "room-large",
    after: {
      "seeds/large.md": "x".repeat(2000),
      ...file("room-large", { artifacts: ["large"] }),
    },
    ...BLOCKED,
    says: /SeedBytes|1000/,
  },
  {
    reason: "SeedQuotaExceeded",
    room: "room-quota",
    after: {
      ...Object.fromEntries(QUOTA_SEEDS.map((name) => [`seeds/${name}.md`, name.repeat(300)])),
      ...file("room-quota", { artifacts: QUOTA_SEEDS }),
    },
    ...BLOCKED,
    says: /SeedTotalBytes|2500/,
  },
  {
    reason: "SeedIsLfsPointer",
    room: "room-pointer",
    after: {
      "seeds/pointer.md": `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 7\n`,
      ...file("room-pointer", { artifacts: ["pointer"] }),
    },
    ...BLOCKED,
    says: /LFS/,
  },
  {
    reason: "SeedIsAnnexPointer",
    room: "room-annex",
    after: {
      "seeds/annex.md": `/annex/objects/SHA256E-s7--${"a".repeat(64)}.md\n`,
      ...file("room-annex", { artifacts: ["annex"] }),
    },
    ...BLOCKED,
    says: /git-annex/,
  },
  {
    reason: "SeedNotRegular",
    room: "room-link",
    after: {
      "seeds/link.md": { mode: "120000", content: "../README.md" },
      ...file("room-link", { artifacts: ["link"] }),
    },
    ...BLOCKED,
    says: /seeds\/link\.md/,
  },
  {
    reason: "DependencyFailed",
    ...entities("room-depends", ["E-01"], ["E-01"]),
    after: {
      ...seeds("waits"),
      ...file("room-depends", {
        version: 2,
        entities: ["E-01", "E-08", "E-09", "E-10"],
        artifacts: [
          {
            name: "waits",
            type: "document",
            workspace: "shared",
            seedFrom: "seeds/waits.md",
            dependsOn: ["E-10"],
          },
        ],
      }),
    },
    faults: [no("room-depends", "E-10")],
    audit: "room.failed",
    gauge: "rooms_partly_managed",
    says: /E-10/,
  },
  {
    reason: "Pending",
    room: "room-resource",
    after: file("room-resource", { resources: [{ name: "search", type: "mcp-tool" }] }),
    ...BLOCKED,
    says: /Features\.Resources/,
    healthy: "the configuration leaves resources out",
  },
  {
    reason: "Orphaned",
    room: "room-orphan",
    before: file("room-orphan", { entities: ["E-01"] }),
    after: { [path("room-orphan")]: null },
    says: /no spec names this room any more/,
    audit: "room.orphaned",
    gauge: "rooms_orphaned",
    healthy: "the file was removed, and the room is left as it is",
  },
  {
    reason: "DryRun",
    room: "room-rehearsal",
    before: file("room-rehearsal", { entities: ["E-01"] }),
    act: async (world) =>
      world.commit(
        file("room-rehearsal", { version: 2, entities: ["E-01", "E-02"] }),
        "Rehearse\n\nDry-Run: true",
      ),
    says: /dry run|Dry-Run/,
    audit: "room.planned",
    gauge: "ready",
    healthy: "a person asked for it",
  },
  {
    reason: "DryRunLookAlike",
    room: "room-alike",
    before: file("room-alike", { entities: ["E-01"] }),
    act: async (world) =>
      world.commit(
        file("room-alike", { version: 2, entities: ["E-01", "E-02"] }),
        "Rehearse\n\ndry-run: true",
      ),
    says: /`dry-run: true` of commit .* looks as if it asked for a dry run/,
    audit: "room.planned",
    gauge: "ready",
  },
  {
    reason: "SpecUnreadable",
    room: "room-unread",
    before: file("room-unread", { entities: ["E-01"] }),
    act: async (world) => {
      await world.reason("room-orphan", "Orphaned");
      world.commit({ [path("room-unread")]: null, "rooms/garbled.room.yaml": "spec: [" });
    },
    says: /rooms\/garbled\.room\.yaml/,
    audit: "room.specRefused",
    gauge: "ready",
  },
  {
    reason: "HistoryRewritten",
    room: "room-rewritten",
    before: file("room-rewritten", { entities: entityIds(3) }),
    act: async (world) => {
      const parent = world.repository.head() ?? "";
      const branch = (version: number, ids: readonly string[]) =>
        world.commit(file("room-rewritten", { version, entities: ids }), "Change", {
          parents: [parent],
        });
      await world.verified("room-rewritten", branch(2, entityIds(4)));
      branch(3, entityIds(2));
    },
    audit: "room.refused",
    gauge: "rooms_awaiting_confirm",
    says: /not built on|forced|rewritten/,
  },
];
