import { join } from "node:path";
import type { Config, SourceConfig } from "../config/config.ts";
import { roomRule } from "../config/room-rule.ts";
import { whyNoOverrideBy } from "../intent/override-persons.ts";
import { shownRef } from "../room/revision.ts";
import { sourceCredentials } from "../source/source-credentials.ts";
import type { SpecSource } from "../source/spec-source.ts";
import {
  reassessOthers,
  RunningSource,
  type RunningSourceDeps,
} from "../trigger/running-source.ts";
import { cloneReport } from "./clone-report.ts";
import type { Edges } from "./edges.ts";
import type { Memory } from "./memory.ts";
import type { Work } from "./work.ts";

interface Given {
  readonly edges: Edges;
  readonly memory: Memory;
  readonly work: Work;
}

/** The sources as configured, in their order, each with what the store knows of it. None is asked anything yet. */
export async function openSources(config: Config, given: Given): Promise<readonly RunningSource[]> {
  const running: RunningSource[] = [];
  const deps = sourceDeps(config, given, running);
  for (const source of config.git.sources) {
    const { url, ref } = source;
    const isAlone = config.git.sources.every((other) => other === source || other.url !== url);
    const options = { ...source, ref: shownRef(ref), followed: ref, isAlone };
    running.push(await RunningSource.open(specSource(config, source, given.edges), options, deps));
  }
  return running;
}

/** `running`: the sources that are open by then. */
function sourceDeps(
  config: Config,
  { edges, memory, work }: Given,
  running: readonly RunningSource[],
): RunningSourceDeps {
  const { store, rooms, steady, loaded } = memory;
  const { clock, newId, random, trail, logger, metrics, onPassPoint } = edges;
  const { confirmations, reconciliation, windowOverride } = config.operator;
  return {
    store,
    rooms,
    steady,
    owners: loaded.owners,
    tracker: loaded.tracker,
    leftSources: loaded.leftSources,
    clock,
    newId,
    random,
    trail,
    log: logger,
    metrics,
    onPassPoint,
    confirmationExpiresMs: confirmations.expireMs,
    whyNoOverride: whyNoOverrideBy(windowOverride.allowedPersons),
    staleToleranceMs: reconciliation.stateConsistency.staleToleranceMs,
    mayManage: roomRule(config),
    enqueue: (roomId) => work.queue.add(roomId, "git"),
    claimsElsewhere: (roomId, source) =>
      running
        .filter(({ name }) => name !== source)
        .flatMap(({ name, intake }) =>
          intake.pathsOf(roomId).map((path) => ({ source: name, path })),
        ),
    released: (roomIds, source) =>
      reassessOthers({ sources: running, roomIds, except: source }, logger),
  };
}

function specSource(config: Config, source: SourceConfig, edges: Edges): SpecSource {
  const { name, url, ref, path, limits, timeoutMs, pollTimeoutMs, auth, reach, fetcher } = source;
  const { clock, metrics, logger } = edges;
  return edges.implementations.openSource({
    name,
    url,
    fetcher,
    ref,
    path,
    folder: join(config.store.path, "git", name),
    limits,
    timeoutMs,
    pollTimeoutMs,
    roomIdPattern: config.roomServer.roomIdPattern.source,
    credentials: () => sourceCredentials(auth, reach),
    clock,
    onClone: cloneReport({ source: name, metrics, log: logger }),
  });
}
