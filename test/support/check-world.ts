import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AuditRecord } from "../../agent/status/audit-record.ts";
import { eventually } from "./eventually.ts";
import type { AgentWorld } from "./agent-world.ts";
import { byRequest, namedIn } from "./evidence.ts";
import type { ConfirmationSeen, Evidence } from "./evidence.ts";
import type { GitRepository } from "./git-repository.ts";
import { checkInvariants } from "./invariants.ts";

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

/** Without the need for a yes, the threshold is none. */
function thresholdOf(settings: Readonly<Record<string, string>>): number {
  const of = (name: string) => settings[`Operator__Reconciliation__Guardrails__${name}`];
  return of("RequireConfirmHeader") === "false" ? Infinity : Number(of("ChangeThreshold") ?? 0.5);
}

/** The audit of each world's rooms when it was checked last. */
const EARLIER = new WeakMap<AgentWorld, ReadonlyMap<string, readonly AuditRecord[]>>();

/**
 * What holds in every world at every moment, whatever has gone wrong in it: all of `INVARIANTS`. An agent must be running: it
 * is asked for status, audit and metrics. `repositories` are those the rooms come from. `settled`: nothing is at fault any
 * more, so that every intent ends soon, which is waited for. `named`: what specs say that are in no repository. Resolves with the names of the invariants.
 */
export async function checkWorld(
  world: AgentWorld,
  repositories: readonly GitRepository[] = [world.repository],
  { settled = true, secrets = [], ...known }: WorldKnown = {},
): Promise<readonly string[]> {
  const evidence = await gather(world, repositories, settled);
  return checkInvariants({
    ...evidence,
    ...known,
    secrets: [...evidence.secrets, ...secrets],
  });
}

/** What a test knows of its world beside what the world shows. */
type WorldKnown = Partial<Pick<Evidence, "settled" | "named" | "labelled" | "rehearsed">> & {
  /** Further ones. */
  readonly secrets?: readonly string[];
};

/** The agent of this world has lost its store: its audit begins anew. */
export function expectNewAudit(world: AgentWorld): void {
  EARLIER.delete(world);
}

/**
 * The writes are read twice: those before the audit must all have their intents in it, and whatever the audit calls done must
 * be among those after it.
 */
async function gather(
  world: AgentWorld,
  repositories: readonly GitRepository[],
  settled: boolean,
): Promise<Evidence> {
  const before = await world.log();
  const { rooms } = await world.status();
  const ids = new Set([
    ...before.filter(({ requestId }) => requestId !== null).map(({ room }) => room),
    ...rooms.map(({ roomId }) => roomId),
  ]);
  const audit = new Map<string, readonly AuditRecord[]>();
  for (const room of ids) {
    audit.set(room, await (settled ? settledAudit(world, room) : world.auditOf(room)));
  }
  const earlierAudit = EARLIER.get(world) ?? new Map<string, readonly AuditRecord[]>();
  EARLIER.set(world, audit);
  return {
    writes: before.filter(({ requestId }) => requestId !== null),
    laterWrites: await world.log(),
    audit,
    earlierAudit,
    rooms,
    confirmations: readConfirmations(world),
    labelled: [],
    rehearsed: new Set(),
    named: namedIn(repositories),
    changeThreshold: thresholdOf(world.settings()),
    settled,
    ...(await outputsOf(world)),
  };
}

/** The audit of a room once each of its intents has ended. */
function settledAudit(world: AgentWorld, room: string): Promise<readonly AuditRecord[]> {
  return eventually(`every intent of ${room} has ended`, async () => {
    const audit = await world.auditOf(room);
    const { intended, outcomes } = byRequest(audit);
    return intended.size === outcomes.size ? audit : undefined;
  });
}

function readConfirmations({ data }: AgentWorld): readonly ConfirmationSeen[] {
  const file = join(data, "store.db");
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare("SELECT document FROM confirmation ORDER BY seq")
      .all()
      .map(({ document }) => JSON.parse(String(document)) as ConfirmationSeen);
  } finally {
    database.close();
  }
}

/** Neither the canaries nor the headers that carried them may be in anything people get to see. */
async function outputsOf(world: AgentWorld): Promise<Pick<Evidence, "outputs" | "secrets">> {
  const headers = world.git.requests.flatMap(({ authorization }) => authorization ?? []);
  const paths = ["/status", "/audit?count=1000", "/metrics", "/health"];
  const texts = paths.map(async (name) => ({ name, text: await world.text(name) }));
  return {
    outputs: [{ name: "the log", text: world.said }, ...(await Promise.all(texts))],
    secrets: [
      ...Object.values(CANARIES),
      ...new Set(headers.map((header) => header.replace(/^\S+ /, ""))),
    ],
  };
}
