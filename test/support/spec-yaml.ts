import { stringify } from "yaml";

export interface SpecYamlGiven {
  readonly roomId?: string;
  readonly version?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly entities?: readonly (string | Readonly<Record<string, unknown>>)[];
  /** Names alone are artifacts with the seed `seeds/<name>.md`. */
  readonly artifacts?: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly policies?: Readonly<Record<string, unknown>>;
  readonly resources?: readonly Readonly<Record<string, unknown>>[];
}

/** The text of a spec file. */
export function specYaml(given: SpecYamlGiven = {}): string {
  const {
    roomId = "room-harbor7",
    version = 1,
    annotations,
    entities = [],
    artifacts = [],
    policies = {},
    resources = [],
  } = given;
  return stringify({
    apiVersion: "v1",
    kind: "RoomSpec",
    metadata: { name: roomId, version, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      roomId,
      entities: entities.map((entity) =>
        typeof entity === "string" ? { id: entity, kind: "agent" } : entity,
      ),
      artifacts: artifacts.map((artifact) =>
        typeof artifact === "string"
          ? {
              name: artifact,
              type: "document",
              workspace: "shared",
              seedFrom: `./seeds/${artifact}.md`,
            }
          : artifact,
      ),
      policies,
      resources,
    },
  });
}

/** `E-01` … `E-<count>`. */
export function entityIds(count: number, from = 1): readonly string[] {
  return Array.from({ length: count }, (_unused, at) => `E-${String(at + from).padStart(2, "0")}`);
}
