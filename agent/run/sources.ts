import { join } from "node:path";
import type { Config, SourceConfig } from "../config/config.ts";
import { roomRule } from "../config/room-rule.ts";
import { whyNoOverrideBy } from "../intent/override-persons.ts";
import { shownRef } from "../room/revision.ts";
import { patternsText } from "../source/spec-filter.ts";
import { signatureCheck } from "../source/signature-check.ts";
import { sourceCredentials } from "../source/source-credentials.ts";
import type { SpecSource } from "../source/spec-source.ts";
import { firstPollMs } from "../trigger/poll-schedule.ts";
import {
  reassessOthers,
  RunningSource,
  type RunningSourceDeps,
  type RunningSourceOptions,
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
  const count = config.git.sources.length;
  for (const [position, source] of config.git.sources.entries()) {
    const { url, ref, intervalMs } = source;
    const isAlone = config.git.sources.every((other) => other === source || other.url !== url);
    const followed = ref.kind === "local" ? null : ref;
    const watch = folderWatch(source, given.edges);
    const options = {
      ...source,
      ref: shownRef(ref),
      patternsText: patternsText(source.patterns),
      firstMs: firstPollMs(position, { count, intervalMs }),
      followed,
      isAlone,
      prunes: source.prune,
      confirmSigners: source.kind === "git" ? (source.verify?.confirmSigners ?? null) : null,
      ...watch,
    };
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

/** Changes of a folder are looked at at once; what the watch misses, the next poll finds. */
function folderWatch(
  source: SourceConfig,
  { implementations, logger, clock }: Edges,
): Pick<RunningSourceOptions, "watch"> {
  if (source.kind === "git") return {};
  const { folder, name, path } = source;
  const log = logger.child({ source: name });
  const place = { folder, path, clock };
  return { watch: (wake) => implementations.watchFolder({ ...place, wake, log }) };
}

function specSource(config: Config, source: SourceConfig, edges: Edges): SpecSource {
  const { name, path, patterns, limits, timeoutMs } = source;
  const { clock, metrics, logger } = edges;
  const roomIdPattern = config.roomServer.roomIdPattern.source;
  if (source.kind === "folder") {
    const { folder } = source;
    const options = { name, folder, path, patterns, limits, timeoutMs, roomIdPattern, clock };
    return edges.implementations.openFolderSource(options);
  }
  const { url, ref, pollTimeoutMs, auth, reach, fetcher, verify } = source;
  return edges.implementations.openSource({
    name,
    url,
    fetcher,
    ref,
    path,
    patterns,
    folder: join(config.store.path, "git", name),
    limits,
    timeoutMs,
    pollTimeoutMs,
    roomIdPattern,
    credentials: () => sourceCredentials(auth, reach),
    ...(verify === null ? {} : { signatures: () => signatureCheck(verify) }),
    clock,
    onClone: cloneReport({ source: name, metrics, log: logger }),
  });
}
