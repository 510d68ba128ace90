import { join } from "node:path";
import type { Config, SourceConfig } from "../config/config.ts";
import { reviewRule } from "../config/room-rule.ts";
import { whyNoOverrideBy } from "../intent/override-persons.ts";
import { OperatorError } from "../kernel/errors.ts";
import { shownRef } from "../room/revision.ts";
import { patternsText } from "../source/spec-filter.ts";
import { signatureCheck } from "../source/signature-check.ts";
import { accessKey, sourceCredentials } from "../source/source-credentials.ts";
import type { RevisionReader } from "../source/revision.ts";
import type { SpecSource } from "../source/spec-source.ts";
import { KeptFolderWatch } from "../trigger/kept-folder-watch.ts";
import { firstPollMs } from "../trigger/poll-schedule.ts";
import {
  reassessOthers,
  RunningSource,
  type RunningSourceDeps,
  type RunningSourceOptions,
} from "../trigger/running-source.ts";
import { cloneReport } from "./clone-report.ts";
import type { Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";
import { otherPlaces, readsSame } from "./other-places.ts";
import { sourceForge } from "./source-forge.ts";
import { sourceLabels } from "./source-labels.ts";
import type { Work } from "./work.ts";

interface Given {
  readonly edges: Edges;
  readonly memory: Memory;
  readonly work: Work;
}

/** What a running source was opened with. */
interface Opened {
  readonly source: SourceConfig;
  readonly isAlone: boolean;
}

/** The sources that run, in the order of the configuration in force. */
export class SourceSet {
  /** Always this very list: it changes as sources are opened and closed. */
  readonly list: readonly RunningSource[];
  readonly #running: RunningSource[] = [];
  readonly #opened = new Map<RunningSource, Opened>();
  readonly #live: LiveConfig;
  readonly #given: Given;
  readonly #deps: RunningSourceDeps;

  constructor(live: LiveConfig, given: Given) {
    this.list = this.#running;
    this.#live = live;
    this.#given = given;
    this.#deps = sourceDeps(live, given, this.#running);
  }

  /** Those that a configuration does not have, or has with another setting. Its unchanged sources are the same objects. */
  outdated(config: Config): readonly RunningSource[] {
    const wanted = new Map(config.git.sources.map((source) => [source.name, source]));
    return this.#running.filter((running) => {
      const opened = this.#opened.get(running);
      const source = wanted.get(running.name);
      if (opened === undefined || source === undefined) return true;
      return opened.source !== source || opened.isAlone !== isAlone(source, config);
    });
  }

  /** Ends their polls and closes their workers and connections. */
  async close(sources: readonly RunningSource[]): Promise<void> {
    for (const source of sources) {
      const at = this.#running.indexOf(source);
      if (at !== -1) this.#running.splice(at, 1);
      this.#given.memory.loaded.owners.noteChange();
      this.#opened.delete(source);
    }
    await Promise.all(sources.map((source) => source.stop(closed(source.name))));
  }

  /** Opens those that do not run yet, each with what the store knows of it. None is asked anything yet. */
  async open(): Promise<readonly RunningSource[]> {
    const config = this.#live.now;
    const opened: RunningSource[] = [];
    const known = new Set(this.#running.map(({ name }) => name));
    const missing = config.git.sources.filter(({ name }) => !known.has(name));
    const count = missing.length;
    for (const [position, source] of missing.entries()) {
      const { intervalMs } = source;
      const firstMs = firstPollMs(position, { count, intervalMs });
      const running = await this.#openOne(source, config, firstMs);
      this.#running.push(running);
      this.#given.memory.loaded.owners.noteChange();
      opened.push(running);
    }
    const places = new Map(config.git.sources.map(({ name }, place) => [name, place]));
    this.#running.sort((one, other) => (places.get(one.name) ?? 0) - (places.get(other.name) ?? 0));
    return opened;
  }

  async #openOne(source: SourceConfig, config: Config, firstMs: number): Promise<RunningSource> {
    const { edges, memory } = this.#given;
    const { ref } = source;
    const forge = await sourceForge(source, edges);
    const alone = isAlone(source, config);
    const followed = ref.kind === "local" ? null : ref;
    const watch = folderWatch(source, edges);
    const options = {
      ...source,
      ref: shownRef(ref),
      patternsText: patternsText(source.patterns),
      firstMs,
      followed,
      isAlone: alone,
      prunes: source.prune,
      confirmSigners: source.kind === "git" ? (source.verify?.confirmSigners ?? null) : null,
      forge,
      openLabels: sourceLabels(source, forge, { store: memory.store, clock: edges.clock }),
      ...watch,
    };
    const spec = specSource(config, source, edges);
    const running = await RunningSource.open(spec, options, this.#deps);
    // Its first head is ingested as soon as it is known.
    if (running.intake.observedHead === null) spec.prepare?.();
    this.#opened.set(running, { source, isAlone: alone });
    return running;
  }
}

function closed(source: string): OperatorError {
  const message = `source ${source} was removed, or is opened again with another configuration: send the request again`;
  return new OperatorError("SourceNotPolled", message);
}

/** Whether no other source reads the same repository. */
function isAlone(source: SourceConfig, { git }: Config): boolean {
  return git.sources.every((other) => other === source || other.url !== source.url);
}

/** `running`: the sources that are open by then. */
function sourceDeps(
  live: LiveConfig,
  { edges, memory, work }: Given,
  running: readonly RunningSource[],
): RunningSourceDeps {
  const { store, rooms, steady, loaded } = memory;
  const { clock, newId, random, trail, logger, metrics, onPassPoint } = edges;
  const { confirmations, reconciliation } = live.now.operator;
  return {
    store,
    rooms,
    steady,
    owners: loaded.owners,
    tracker: loaded.tracker,
    leftSources: () => memory.leftSources,
    serverMove: memory.serverMove,
    clock,
    newId,
    random,
    trail,
    log: logger,
    metrics,
    onPassPoint,
    confirmationExpiresMs: confirmations.expireMs,
    whyNoOverride: (commit) =>
      whyNoOverrideBy(live.now.operator.windowOverride.allowedPersons)(commit),
    requiresReview: (source) => reviewRule(live.now)(source)?.isRequired === true,
    staleToleranceMs: reconciliation.stateConsistency.staleToleranceMs,
    mayManage: live.mayManage,
    enqueue: (roomId) => {
      work.firstPolls.release(roomId);
      work.queue.add(roomId, "git");
    },
    polled: (source) => work.firstPolls.polled(source),
    claimsElsewhere: (roomId, source) =>
      running
        .filter(({ name }) => name !== source)
        .flatMap(({ name, intake }) =>
          intake.pathsOf(roomId).map((path) => ({ source: name, path })),
        ),
    readsSame: (source, other) => readsSame(live.now, source, other),
    placesElsewhere: (source) => otherPlaces(source, live.now, running),
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
  const { folder, name } = source;
  const log = logger.child({ source: name });
  const given = { folder, clock, log, open: implementations.watchFolder };
  return { watch: (wake, warnings) => new KeptFolderWatch({ ...given, wake, warnings }) };
}

/** Opens the reader of a source; it sends no request before it is asked. */
export function specSource(
  config: Config,
  source: SourceConfig,
  edges: Edges,
): SpecSource & Partial<RevisionReader> {
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
    accessKey: accessKey(auth, reach),
    ...(verify === null ? {} : { signatures: () => signatureCheck(verify) }),
    clock,
    onClone: cloneReport({ source: name, metrics, log: logger }),
  });
}
