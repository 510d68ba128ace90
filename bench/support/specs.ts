import type { GitRepository } from "../../test/support/git-repository.ts";

/** `room-00042` in a team's folder: 500 rooms to a folder, as people lay them out. */
export function roomPath(index: number): string {
  return `rooms/team-${String(Math.floor(index / 500)).padStart(3, "0")}/${roomName(index)}.room.yaml`;
}

export function roomName(index: number): string {
  return `room-${String(index).padStart(5, "0")}`;
}

/** A spec of about 1.5 kB with three entities; each of `extra` is one more. */
export function fullSpec(index: number, version = 1, extra: readonly string[] = []): string {
  const name = roomName(index);
  const entities = ["lead", "scribe", "critic"].map((role) => entity(role, name));
  return head(name, version) + [...entities, ...extra.map((id) => shortEntity(id))].join("");
}

/** A spec of about 0.7 kB with two entities: a small room. Each of `extra` is one more. */
export function smallSpec(index: number, version = 1, extra: readonly string[] = []): string {
  const name = roomName(index);
  const guests = ["E-guest", ...extra];
  return head(name, version) + entity("host", name) + guests.map((id) => shortEntity(id)).join("");
}

/** A spec of the size of `fullSpec` that asks nothing of its room: one read verifies it. */
export function leanSpec(index: number): string {
  const name = roomName(index);
  const notes = Array.from(
    { length: 16 },
    (_unused, at) => `# ${name} line ${at}: nobody is in this room before its season begins\n`,
  );
  return `${notes.join("")}${head(name, 1).trimEnd()} []\n`;
}

function head(name: string, version: number): string {
  return `apiVersion: v1
kind: RoomSpec
metadata:
  name: ${name}
  version: ${version}
spec:
  roomId: ${name}
  entities:
`;
}

function entity(role: string, room: string): string {
  return `    - id: E-${role}
      kind: agent
      displayName: ${role} of ${room}, who knows what was said before
      visibility: team
      capabilities:
        - artifacts.read
        - artifacts.manage
        - commands.execute
        - text.write
      policy:
        allow_commands_from: orchestrator
        sandbox_mode: true
        env_whitelist: [LANG, TZ]
        scopes: ["net:${role}.example.org", "files:${room}"]
        rateLimit: { perMinute: 60 }
`;
}

function shortEntity(id: string): string {
  return `    - { id: ${id}, kind: agent, displayName: Guest ${id}, capabilities: [text.write] }\n`;
}

/** Commits `count` specs at once and packs the repository, as a server's would be. Returns the head. */
export function commitSpecs(
  repository: GitRepository,
  count: number,
  spec: (index: number) => string,
): string {
  const files: Record<string, string> = {};
  for (let index = 0; index < count; index += 1) files[roomPath(index)] = spec(index);
  const head = repository.commit(files, { message: `Add ${count} rooms` });
  repository.git("repack", "-a", "-d", "-q");
  return head;
}
