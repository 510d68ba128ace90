import { stringify } from "yaml";
import { legible } from "../kernel/shortened.ts";
import { checkSpec } from "../spec/check-spec.ts";
import type { Finding } from "../spec/finding.ts";
import type { PolicyName } from "../spec/room-spec.ts";
import { toEntitySpec, unsaidAttributes } from "./entity-spec.ts";
import { POLICY_DEFAULTS } from "./policy-values.ts";
import type { ObservedArtifact, ObservedEntity, RoomState } from "./room-state.ts";
import { indexState } from "./state-index.ts";

/** An entry that a RoomSpec cannot hold, and why. */
interface Unexpressed {
  readonly what: string;
  readonly why: string;
}

interface Draft {
  readonly version: number;
  readonly entities: readonly ObservedEntity[];
  readonly artifacts: readonly ObservedArtifact[];
  readonly policies: Readonly<Record<string, unknown>>;
  readonly left: readonly Unexpressed[];
}

/** What says now how the room is to be. */
export interface ManagedBy {
  /** In words for people. */
  readonly what: string;
  readonly specVersion: number;
}

/**
 * A room as a RoomSpec, in YAML, with what a spec cannot say in comments. Adopting it changes nothing in the room: artifacts are
 * named without a seed, which protects them and writes nothing, and resources, whose configuration may hold secrets, are comments
 * alone. `managed`: null where the agent does not manage the room; else the version is the next one. The same room gives the same
 * text. Pure.
 */
export function exportRoom(
  state: RoomState,
  roomIdPattern: RegExp,
  managed: ManagedBy | null = null,
): string {
  const version = managed === null ? 1 : managed.specVersion + 1;
  const { left, errors, ...draft } = checked({ ...draftOf(state), version }, state, roomIdPattern);
  const comments = [
    `Room ${state.roomId} as the RoomServer shows it. Adopting this spec changes nothing in the room.`,
    ...(managed === null ? [] : [managedNote(managed)]),
    ...(state.entities.length + state.artifacts.length === 0 ? [NOTHING_THERE] : []),
    ...errors.map(({ message }) => `Correct this before use: ${message}`),
    ...left.map(
      ({ what, why }) => `NOT IN THIS SPEC, so adopting it asks to remove it: ${what} (${why})`,
    ),
    ...state.entities.toSorted(byId).flatMap(entityNotes),
    ...draft.artifacts.map(artifactNote),
    ...policyNotes(state),
    ...resourceNotes(state),
  ];
  const head = comments.map((line) => `# ${legible(line, LINE)}\n`).join("");
  return head + stringify(toSpec(state.roomId, draft), { lineWidth: 0 });
}

function managedNote({ what, specVersion }: ManagedBy): string {
  return (
    `It is managed by ${what} at version ${specVersion}: to change the room, change that. This spec is for taking its place, ` +
    "and has the next version."
  );
}

/** An unknown room reads as an empty one. */
const NOTHING_THERE = "The RoomServer shows nothing in this room: check its id.";

/** Characters of a comment that are shown. */
const LINE = 1000;

function draftOf(state: RoomState): Omit<Draft, "version"> {
  const { entities, artifacts, policies = {} } = indexState(state);
  return {
    entities: [...entities.values()].sort(byId),
    artifacts: [...artifacts.values()].sort((a, b) => compare(a.name, b.name)),
    policies: Object.fromEntries(
      KNOWN_POLICIES.flatMap((name) => {
        const value = policies[name];
        return value === undefined || value === null ? [] : [[name, value]];
      }),
    ),
    left: [],
  };
}

const KNOWN_POLICIES = Object.keys(POLICY_DEFAULTS) as readonly PolicyName[];

/** Leaves out what a spec may not hold, until the rest may be one. */
function checked(
  draft: Draft,
  state: RoomState,
  roomIdPattern: RegExp,
): Draft & { readonly errors: readonly Finding[] } {
  const { errors } = checkSpec(toSpec(state.roomId, draft), { roomIdPattern, maxEntities: 1000 });
  const wrong = new Map<string, string>();
  for (const { path, message } of errors) {
    const [, list, at] = path;
    const key = `${String(list)} ${String(at)}`;
    if (at !== undefined && !wrong.has(key)) wrong.set(key, message);
  }
  if (wrong.size === 0) return { ...draft, errors };
  const left = [...draft.left];
  const keep = (list: string, what: string, at: string | number) => {
    const why = wrong.get(`${list} ${at}`);
    if (why !== undefined) left.push({ what, why });
    return why === undefined;
  };
  const rest = {
    entities: draft.entities.filter(({ id }, at) => keep("entities", `entity ${id}`, at)),
    artifacts: draft.artifacts.filter(({ name }, at) => keep("artifacts", `artifact ${name}`, at)),
    policies: Object.fromEntries(
      Object.entries(draft.policies).filter(([name]) => keep("policies", `policy ${name}`, name)),
    ),
  };
  const isLess = left.length > draft.left.length;
  const { version } = draft;
  return isLess ? checked({ ...rest, version, left }, state, roomIdPattern) : { ...draft, errors };
}

function toSpec(roomId: string, { version, entities, artifacts, policies }: Omit<Draft, "left">) {
  return {
    apiVersion: "v1",
    kind: "RoomSpec",
    metadata: { name: roomId, version },
    spec: {
      roomId,
      ...(entities.length === 0 ? {} : { entities: entities.map(toEntity) }),
      ...(artifacts.length === 0 ? {} : { artifacts: artifacts.map(toArtifact) }),
      ...(Object.keys(policies).length === 0 ? {} : { policies }),
    },
  };
}

/** Defaults are left out. */
function toEntity(observed: ObservedEntity): Record<string, unknown> {
  const { id, kind, displayName, visibility, ownerUserId, capabilities, policy } =
    toEntitySpec(observed);
  const { allow_commands_from, sandbox_mode, env_whitelist, scopes, rateLimit } = policy;
  const rules = {
    ...(allow_commands_from === "any" ? {} : { allow_commands_from }),
    ...(sandbox_mode ? { sandbox_mode } : {}),
    ...some("env_whitelist", env_whitelist),
    ...some("scopes", scopes),
    ...(rateLimit === null ? {} : { rateLimit: { perMinute: rateLimit.perMinute } }),
  };
  return {
    id,
    kind,
    ...(displayName === null ? {} : { displayName }),
    ...(visibility === "team" ? {} : { visibility }),
    ...(ownerUserId === null ? {} : { ownerUserId }),
    ...some("capabilities", capabilities),
    ...(Object.keys(rules).length === 0 ? {} : { policy: rules }),
  };
}

function some(name: string, values: readonly string[]): Record<string, readonly string[]> {
  const sorted = [...new Set(values)].sort();
  return sorted.length === 0 ? {} : { [name]: sorted };
}

function toArtifact({ name, type, workspace, tags = [] }: ObservedArtifact) {
  return {
    name,
    type: type ?? "document",
    workspace: workspace ?? "shared",
    ...(tags.length === 0 ? {} : { tags }),
  };
}

function entityNotes(observed: ObservedEntity): readonly string[] {
  const unsaid = unsaidAttributes(observed);
  if (unsaid.length === 0) return [];
  return [`entity ${observed.id}: the RoomServer does not show ${unsaid.join(", ")}`];
}

function artifactNote({ name, fingerprint, size, isPromoted }: ObservedArtifact): string {
  const content = fingerprint === undefined ? "its content is not shown" : `hash ${fingerprint}`;
  const bytes = size === undefined ? "" : `, ${size} bytes`;
  const promoted = isPromoted === true ? ", promoted" : "";
  return `artifact ${name}: ${content}${bytes}${promoted}; to manage its content, add its file and seedFrom`;
}

function policyNotes({ policies }: RoomState): readonly string[] {
  if (policies === undefined) return ["the RoomServer does not show policies"];
  const known: readonly string[] = KNOWN_POLICIES;
  return Object.keys(policies)
    .filter((name) => !known.includes(name))
    .sort()
    .map((name) => `policy ${name}: not part of RoomSpec, left as it is`);
}

function resourceNotes({ resources }: RoomState): readonly string[] {
  return resources
    .map(({ name, type }) => `resource ${name}${type === undefined ? "" : ` (${type})`}`)
    .sort()
    .map(
      (text) => `${text}: left as it is; its configuration may hold secrets and is not exported`,
    );
}

function byId(a: ObservedEntity, b: ObservedEntity): number {
  return compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
