import { expect } from "chai";
import { parse } from "yaml";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import type { WriteEntry } from "../../devserver/write-log.ts";
import { eventually } from "./eventually.ts";
import type { AgentWorld } from "./agent-world.ts";
import type { GitRepository } from "./git-repository.ts";

/** What the agent signs in with, told apart from everything else it may say. */
export const CANARIES = {
  roomServer: "canary-4f1d9c-room",
  git: "canary-8a3b7e-git",
} as const;

/** Settings that give an agent the canaries to keep. */
export function canarySettings(sources = 1): Record<string, string> {
  const settings: Record<string, string> = { Auth__Token: CANARIES.roomServer };
  for (let at = 0; at < sources; at += 1) {
    settings[`Git__Sources__${at}__Auth__Kind`] = "token";
    settings[`Git__Sources__${at}__Auth__Token`] = CANARIES.git;
  }
  return settings;
}

/**
 * What holds in every world at every moment, whatever has gone wrong in it. An agent must be running: it is asked for status,
 * audit and metrics. `repositories` are those the rooms come from. Writes without a request id are somebody else's and are left out.
 */
export async function checkWorld(
  world: AgentWorld,
  repositories: readonly GitRepository[] = [world.repository],
): Promise<void> {
  const before = await ourWrites(world);
  const status = await world.status();
  const rooms = new Set([...before.map(({ room }) => room), ...status.rooms.map((r) => r.roomId)]);
  for (const room of rooms) {
    const audit = await settledAudit(world, room);
    const records = byRequest(audit);
    checkIntents(
      before.filter((write) => write.room === room),
      records,
    );
    checkOutcomes(await ourWrites(world), records);
    checkRemovals(repositories, room, audit);
    checkVerified(status.rooms.find(({ roomId }) => roomId === room)?.verifiedRevision, audit);
  }
  await checkSecrets(world);
}

async function ourWrites(world: AgentWorld): Promise<readonly WriteEntry[]> {
  return (await world.log()).filter(({ requestId }) => requestId !== null);
}

interface ByRequest {
  readonly intended: ReadonlyMap<string, readonly AuditRecord[]>;
  readonly outcomes: ReadonlyMap<string, readonly AuditRecord[]>;
}

function byRequest(audit: readonly AuditRecord[]): ByRequest {
  const ofActions = audit.filter(({ metadata }) => "requestId" in metadata);
  const isIntent = ({ action }: AuditRecord) => action.endsWith(".intended");
  return {
    intended: Map.groupBy(ofActions.filter(isIntent), requestIdOf),
    outcomes: Map.groupBy(
      ofActions.filter((record) => !isIntent(record)),
      requestIdOf,
    ),
  };
}

/** The audit of a room once each of its intents has ended: soon, when nothing is at fault any more. */
function settledAudit(world: AgentWorld, room: string): Promise<readonly AuditRecord[]> {
  return eventually(`every intent of ${room} has ended`, async () => {
    const audit = await world.auditOf(room);
    const { intended, outcomes } = byRequest(audit);
    return intended.size === outcomes.size ? audit : undefined;
  });
}

/** Each change was intended before it was made, and happened once. */
function checkIntents(writes: readonly WriteEntry[], { intended, outcomes }: ByRequest): void {
  for (const write of writes) {
    const id = String(write.requestId);
    const intents = intended.get(id) ?? [];
    expect(intents, `intents of ${JSON.stringify(write)}`).to.have.length(1);
    expect(String(intents[0]?.timestamp) <= write.at, `${write.at} has an earlier intent`).to.be
      .true;
    const [end] = outcomes.get(id) ?? [];
    // Of an update the first half may have happened alone.
    if (!write.effect || end?.action === "entity.updated") continue;
    expect(end?.metadata["outcome"], JSON.stringify([write, end])).to.equal("done");
  }
  const effects = writes.filter(({ effect }) => effect);
  for (const [key, same] of Map.groupBy(effects, (w) => `${w.requestId} ${w.op} ${w.target}`)) {
    expect(same, `effects of ${key}`).to.have.length(1);
  }
}

/** Each outcome is the only one, was intended, and is true as far as it speaks of a call. */
function checkOutcomes(writes: readonly WriteEntry[], { intended, outcomes }: ByRequest): void {
  const reached = new Set(writes.map(({ requestId }) => requestId));
  for (const [id, records] of outcomes) {
    const [record] = records;
    expect(records, `outcomes of ${id}`).to.have.length(1);
    expect(intended.has(id), `${JSON.stringify(record)} was intended`).to.be.true;
    const { outcome, settledByRead } = record?.metadata ?? {};
    if (outcome !== "done" || settledByRead === true) continue;
    expect(reached.has(id), `${JSON.stringify(record)} reached the server`).to.be.true;
  }
}

/** Nothing was meant to be removed that the spec of that very revision names. */
function checkRemovals(
  repositories: readonly GitRepository[],
  room: string,
  audit: readonly AuditRecord[],
): void {
  const removals = audit.filter(({ action }) =>
    ["entity.kicked.intended", "artifact.deleted.intended"].includes(action),
  );
  for (const [revision, records] of Map.groupBy(removals, (r) => textOf(r.metadata["revision"]))) {
    const commit = /^main@sha1:([0-9a-f]{40})$/.exec(revision)?.[1];
    if (commit === undefined) continue;
    const kept = itemsAt(repositories, commit, room);
    for (const { metadata } of records) {
      const item = textOf(metadata["item"]);
      expect(kept.has(item), `${item} was kept at ${revision}`).to.be.false;
    }
  }
}

/** The items of a room's spec in a commit. */
function itemsAt(
  repositories: readonly GitRepository[],
  commit: string,
  room: string,
): ReadonlySet<string> {
  const repository = repositories.find((each) => each.has(commit));
  for (const file of repository?.filesNaming(room, commit) ?? []) {
    const spec = readSpec(repository?.git("show", file) ?? "");
    if (spec?.roomId !== room) continue;
    return new Set([
      ...(spec.entities ?? []).map(({ id }) => `entity/${id}`),
      ...(spec.artifacts ?? []).map(({ name }) => `artifact/${name}`),
    ]);
  }
  throw new Error(`${room} has no spec in ${commit}, and something was removed under it`);
}

interface SpecBody {
  readonly roomId?: string;
  readonly entities?: readonly { readonly id: string }[];
  readonly artifacts?: readonly { readonly name: string }[];
}

function readSpec(text: string): SpecBody | undefined {
  if (text.length > 200_000) return undefined;
  try {
    return (parse(text) as { spec?: SpecBody } | null)?.spec;
  } catch {
    return undefined;
  }
}

/** A room is called verified only at a revision at which a pass converged. */
function checkVerified(verified: string | null | undefined, audit: readonly AuditRecord[]): void {
  if (verified === null || verified === undefined) return;
  const converged = audit
    .filter(({ action }) => action === "room.converged")
    .map(({ metadata }) => metadata["revision"]);
  expect(converged).to.include(verified);
}

/** Neither the canaries nor the headers that carried them are in anything people get to see. */
async function checkSecrets(world: AgentWorld): Promise<void> {
  const headers = world.git.requests.flatMap(({ authorization }) => authorization ?? []);
  const secrets = [...Object.values(CANARIES), ...new Set(headers.map(withoutScheme))];
  const paths = ["/status", "/audit?count=1000", "/metrics", "/health"];
  const outputs = [world.said, ...(await Promise.all(paths.map((path) => world.text(path))))];
  for (const secret of secrets) {
    for (const output of outputs) expect(output).to.not.include(secret);
  }
}

function withoutScheme(authorization: string): string {
  return authorization.replace(/^\S+ /, "");
}

function requestIdOf({ metadata }: AuditRecord): string {
  return textOf(metadata["requestId"]);
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError(`not a text: ${JSON.stringify(value)}`);
  return value;
}
