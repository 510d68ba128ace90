import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config, SourceConfig } from "../config/config.ts";
import type { Forge, ForgeFinding } from "../forge/forge.ts";
import { messageOf } from "../kernel/errors.ts";
import { serverHealth } from "../roomserver/call-report.ts";
import { shownRef, toRevision } from "../room/revision.ts";
import { NO_SOURCE } from "../status/no-source.ts";
import { dataFolderProblem } from "../store/data-folder.ts";
import { lookAtStore } from "../store/look-at-store.ts";
import { ofAgent } from "./doctor-agent.ts";
import type { Finding } from "./doctor-finding.ts";
import { ofPort } from "./doctor-port.ts";
import { failureText, ofSpecs, readSpecs, type SourceSpecs } from "./doctor-specs.ts";
import type { Edges } from "./edges.ts";
import { openRoomServer } from "./passes.ts";
import { sourceForge } from "./source-forge.ts";
import { specSource } from "./sources.ts";

/** A room that no RoomServer has; a read of it changes nothing, and shows that address, dialect and token are right. */
const NO_ROOM = "room-operator-doctor";

/**
 * Looks at all that a configuration reaches: the RoomServer, each source's repository, and its forge with the rights of the token,
 * the labels and the protection of the branch; and asks the agent that runs with this data folder what else is not well. Changes
 * nothing, and keeps nothing. Rejects with the reason of `signal`.
 */
export async function* examine(
  config: Config,
  edges: Edges,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  yield await ofStore(config.store.path, signal);
  const { finding, agent } = await ofPort(config, edges, signal);
  yield finding;
  const found: Finding[] = [];
  for await (const one of ofReached(config, edges, signal)) {
    found.push(one);
    yield one;
  }
  if (agent !== null) yield* await ofAgent(agent, found, signal);
}

async function* ofReached(
  config: Config,
  edges: Edges,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  yield await ofRoomServer(config, edges, signal);
  if (config.git.sources.length === 0) yield ofNoSource();
  const read: SourceSpecs[] = [];
  for (const source of config.git.sources) {
    const { finding, specs } = await ofRepository(config, source, { edges, signal });
    yield finding;
    if (specs !== null) read.push(specs);
    for (const found of await ofForge(source, edges, signal)) yield found;
  }
  // Which file names which room shows when all are read.
  for (const finding of ofSpecs(config, read)) yield finding;
}

async function ofStore(path: string, signal: AbortSignal): Promise<Finding> {
  const about = { about: "store", check: path };
  const problem = dataFolderProblem(path);
  if (problem !== null) return { ...about, result: "missing", message: problem };
  const found = await lookAtStore(path, signal);
  if (found.kind === "usable") return { ...about, result: "ok", message: "" };
  const result = found.kind === "refused" ? "wrong" : "unknown";
  return { ...about, result, message: found.message };
}

function ofNoSource(): Finding {
  const { reason, message } = NO_SOURCE;
  return { about: "sources", check: `${reason}: ${message}`, result: "warning", message: "" };
}

async function ofRoomServer(config: Config, edges: Edges, signal: AbortSignal): Promise<Finding> {
  const about = { about: "RoomServer", check: `read ${config.roomServer.baseUrl}` };
  if (!config.roomServer.roomIdPattern.test(NO_ROOM)) {
    const message = `It was not asked: RoomServer.RoomIdPattern does not let a room be called ${NO_ROOM}.`;
    return { ...about, result: "unknown", message };
  }
  const server = openRoomServer(config, { note: () => undefined }, edges);
  try {
    const id = edges.newId();
    const call = { signal, correlationId: id, requestId: id, priority: "interval" } as const;
    const read = await server.readState(NO_ROOM, call);
    if (read.kind === "ok") return { ...about, result: "ok", message: "" };
    const message = advised(read.message);
    const isServer = read.kind === "unauthorized" || read.kind === "unavailable";
    const { reason } = isServer ? serverHealth(read) : {};
    return { ...about, result: "missing", message, ...(reason === undefined ? {} : { reason }) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...about, result: "missing", message: messageOf(error) };
  } finally {
    await server.close();
  }
}

/** Which room was asked for helps no one; what to do does. */
function advised(message: string): string {
  if (!message.startsWith("RoomServer unreachable")) return message;
  const short = message.replace(`state of room "${NO_ROOM}": `, "");
  return `${short}. Start it, or correct RoomServer.BaseUrl`;
}

async function ofRepository(
  config: Config,
  source: SourceConfig,
  { edges, signal }: { readonly edges: Edges; readonly signal: AbortSignal },
): Promise<{ readonly finding: Finding; readonly specs: SourceSpecs | null }> {
  const about = { about: `source ${source.name}`, check: `read ${shownRef(source.ref)}` };
  const failed = (message: string) =>
    ({ finding: { ...about, result: "missing", message }, specs: null }) as const;
  const folder = await mkdtemp(join(tmpdir(), "room-operator-doctor-"));
  const spec = specSource({ ...config, store: { ...config.store, path: folder } }, source, edges);
  try {
    const polled = await spec.poll(signal);
    if (polled.kind === "failed") return failed(failureText(polled));
    const revision = toRevision(polled.tag ?? shownRef(source.ref), polled.head);
    const check = `${about.check}: ${revision}`;
    const specs = await readSpecs(spec, { source, head: polled.head }, signal);
    return { finding: { ...about, check, result: "ok", message: "" }, specs };
  } catch (error) {
    signal.throwIfAborted();
    return failed(messageOf(error));
  } finally {
    await spec.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function ofForge(
  source: SourceConfig,
  edges: Edges,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const forge = await sourceForge(source, edges);
  if (forge === null || source.kind !== "git" || source.forge === null) return [];
  const about = `forge of ${source.name}`;
  try {
    const findings = await forge.check(signal);
    const labels = await ofLabels(forge, source.forge.labels, signal);
    return [...findings, ...labels].map((finding) => ({ about, ...finding }));
  } catch (error) {
    signal.throwIfAborted();
    return [{ about, check: "answers", result: "unknown", message: messageOf(error) }];
  } finally {
    forge.close();
  }
}

async function ofLabels(
  forge: Forge,
  { confirm, dryRun, confirmId }: { confirm: string; dryRun: string; confirmId: string | null },
  signal: AbortSignal,
): Promise<readonly ForgeFinding[]> {
  const answer = await forge.labels.named([confirm, dryRun], signal);
  return [confirm, dryRun].map((name) => {
    const check = `the label ${name} exists once`;
    if (answer.kind === "failed") return { check, result: "unknown", message: answer.message };
    const found = answer.value.filter((label) => label.name === name);
    const ids = found.flatMap(({ id }) => id ?? []);
    if (found.length === 0)
      return { check, result: "missing", message: `No label of this name: create it.` };
    if (found.length > 1) {
      const message = `${found.length} labels have this name (ids ${ids.join(", ")}): delete those that are not used.`;
      return { check, result: "missing", message };
    }
    const isOther = name === confirm && confirmId !== null && !ids.includes(confirmId);
    if (!isOther) return { check, result: "ok", message: "" };
    const message = `It has the id ${ids.join()}, and Labels.ConfirmId is ${confirmId}: it confirms nothing.`;
    return { check, result: "missing", message };
  });
}
