import { compareSettings, type ConfigChange } from "../config/compare-settings.ts";
import type { Config } from "../config/config.ts";
import type { ConfigReading } from "../config/read-configuration.ts";
import type { Settings } from "../config/schema.ts";
import { messageOf } from "../kernel/errors.ts";
import type { ReloadAnswer, ReloadRequest } from "../request/reload-requests.ts";
import type { OpenWatch } from "../trigger/folder-watch.ts";
import type { ConfigurationSource, Edges } from "./edges.ts";
import type { LiveConfig } from "./live-config.ts";
import type { Memory } from "./memory.ts";
import type { Reconfiguration } from "./reconfiguration.ts";
import { ReloadReport } from "./reload-report.ts";

/** The watch may miss a change: the file is looked at this often. */
const LOOK_EVERY_MS = 60_000;

/** The first polls come before: a change since the start is not missed, only seen so much later. */
const FIRST_LOOK_MS = 300;

/** A file that is refused may be half written: it counts once it stays the same for so long, ms. */
const SETTLE_MS = 1000;
const MOST_SETTLES = 10;

/** How long to wait before the configuration before is tried again, where the store failed in between. */
const BACK_EVERY_MS = 5000;

export interface ReloaderParts {
  readonly live: LiveConfig;
  readonly edges: Edges;
  readonly memory: Pick<Memory, "store" | "state">;
  readonly reconfiguration: Pick<Reconfiguration, "carryOut">;
}

type Accepted = Extract<ConfigReading["loaded"], { ok: true }>;

/**
 * Reads the configuration again when a person, a signal or its file asks for it, and puts it in force as a whole or not at
 * all. One reload at a time; those that are asked for before it begins are one.
 */
export class Reloader {
  readonly #parts: ReloaderParts;
  readonly #report: ReloadReport;
  readonly #stopping = new AbortController();
  /** In force; null: there is nothing to read again. */
  #settings: Settings | null;
  /** Of the file as it was considered last. */
  #seen: string | null;
  #tail: Promise<unknown> = Promise.resolve();
  #next: Promise<ReloadAnswer> | null = null;
  #watching: OpenWatch | null = null;
  #looking: Promise<void> | null = null;

  constructor(parts: ReloaderParts) {
    this.#parts = parts;
    this.#report = new ReloadReport(parts.edges, parts.memory);
    const { configuration } = parts.edges;
    this.#settings = configuration?.settings ?? null;
    this.#seen = configuration?.digest ?? null;
  }

  /** Begins to watch the file, a moment later. Idempotent. */
  start(): void {
    const { configuration } = this.#parts.edges;
    if (configuration === null || this.#stopping.signal.aborted) return;
    this.#looking ??= this.#look(configuration);
  }

  /** Resolves when no reload runs any more. Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent stops"));
    await this.#looking;
    await this.#watching?.stop();
    await this.#tail;
  }

  /** A SIGHUP came. Never rejects: what becomes of it is in log, status and audit. */
  signalled(): void {
    this.#askedBy("signal");
  }

  /** Rejects with a defect alone. */
  reload(request: ReloadRequest): Promise<ReloadAnswer> {
    this.#next ??= this.#after(() => {
      this.#next = null;
      return this.#reload(request);
    });
    return this.#next;
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work);
    // Whoever asked for it is answered with its failure.
    this.#tail = run.catch(() => undefined);
    return run;
  }

  #askedBy(cause: "signal" | "watch"): void {
    const { newId, logger } = this.#parts.edges;
    const request = { cause, actor: "operator", correlationId: newId() };
    this.reload(request).catch((error: unknown) => logger.error({ error }, "reload failed"));
  }

  async #look({ file }: ConfigurationSource): Promise<void> {
    const { clock, implementations, logger } = this.#parts.edges;
    const { signal } = this.#stopping;
    const wait = (ms: number) => clock.sleep(ms, signal).catch(() => undefined);
    await wait(FIRST_LOOK_MS);
    if (signal.aborted) return;
    const wake = () => this.#askedBy("watch");
    this.#watching = implementations.watchFile({ file, clock, wake, log: logger });
    // The file may have changed before the watch began, too.
    while (!signal.aborted) {
      wake();
      await wait(LOOK_EVERY_MS);
    }
  }

  async #reload(request: ReloadRequest): Promise<ReloadAnswer> {
    const { configuration } = this.#parts.edges;
    const settings = this.#settings;
    if (configuration === null || settings === null) return UNAVAILABLE;
    try {
      this.#stopping.signal.throwIfAborted();
      const { loaded, digest } = await this.#read(configuration, request);
      if (request.cause === "watch" && digest === this.#seen) return NO_CHANGE;
      this.#seen = digest;
      if (loaded.ok) return await this.#consider(loaded, settings, request);
      const refusal = { reason: "ConfigInvalid", problems: loaded.problems } as const;
      return await this.#report.refused(refusal, request);
    } catch (error) {
      if (error === this.#stopping.signal.reason) return STOPPING;
      throw error;
    }
  }

  async #read({ read }: ConfigurationSource, { cause }: ReloadRequest): Promise<ConfigReading> {
    const { signal } = this.#stopping;
    let reading = await read(signal);
    if (cause !== "watch") return reading;
    for (let tries = 0; tries < MOST_SETTLES; tries += 1) {
      const { loaded, digest } = reading;
      if (loaded.ok || digest === this.#seen) break;
      await this.#parts.edges.clock.sleep(SETTLE_MS, signal);
      reading = await read(signal);
      if (reading.digest === digest) break;
    }
    return reading;
  }

  async #consider(
    loaded: Accepted,
    settings: Settings,
    request: ReloadRequest,
  ): Promise<ReloadAnswer> {
    const found = compareSettings(settings, loaded.settings);
    if (found.kind === "refused")
      return this.#report.refused({ reason: "RestartRequired", ...found }, request);
    const changes = found.kind === "none" ? [] : found.changes;
    const error = changes.length === 0 ? null : await this.#carryOut(loaded, changes, request);
    if (error !== null) {
      const problems = [{ key: "Store.Path", message: `failed: ${messageOf(error)}` }];
      return this.#report.refused({ reason: "ReloadFailed", problems, changes }, request);
    }
    await this.#report.loaded(changes, request);
    if (changes.length > 0) return { kind: "reloaded", changes };
    const { loadedAt, changes: last } = this.#parts.memory.state.configuration;
    return { kind: "reloaded", changes, before: { since: loadedAt, changes: last } };
  }

  /** Gives what failed: then the configuration before is in force. Null: the new one is. */
  async #carryOut(
    loaded: Accepted,
    changes: readonly ConfigChange[],
    request: ReloadRequest,
  ): Promise<Error | null> {
    const { live, edges, reconfiguration } = this.#parts;
    const { logger, configuration } = edges;
    const before = live.now;
    try {
      // A store that cannot be written to shows before anything has changed.
      await this.#report.intended(changes, request);
    } catch (error) {
      return failureOf(error);
    }
    for (const { key, message } of loaded.warnings)
      logger.warn({ key, warning: message }, "configuration warning");
    try {
      const next = withUnchanged(before, loaded.config, changes);
      await reconfiguration.carryOut(next, this.#stopping.signal);
      this.#settings = loaded.settings;
      configuration?.inForce(next);
      return null;
    } catch (error) {
      logger.error({ error }, "configuration could not be put in force");
      await this.#goBack(before);
      return failureOf(error);
    }
  }

  /** The configuration before is put in force again, at once or as soon as that can be done; no reload comes between. */
  async #goBack(before: Config): Promise<void> {
    if (await this.#wentBack(before)) return;
    const { signal } = this.#stopping;
    void this.#after(async () => {
      do await this.#parts.edges.clock.sleep(BACK_EVERY_MS, signal).catch(() => undefined);
      while (!signal.aborted && !(await this.#wentBack(before)));
    });
  }

  async #wentBack(before: Config): Promise<boolean> {
    const { reconfiguration, edges } = this.#parts;
    try {
      await reconfiguration.carryOut(before, this.#stopping.signal);
      return true;
    } catch (error) {
      edges.logger.error({ error }, "configuration before could not be put in force again");
      return false;
    }
  }
}

const NO_CHANGE: ReloadAnswer = { kind: "reloaded", changes: [] };

const STOPPING: ReloadAnswer = {
  kind: "rejected",
  status: 503,
  code: "ShuttingDown",
  detail: "the agent is stopping; ask again when it is back",
  problems: [],
};

const UNAVAILABLE: ReloadAnswer = {
  kind: "rejected",
  status: 409,
  code: "ReloadUnavailable",
  detail: "this agent was started without a configuration that can be read again: restart it",
  problems: [],
};

function failureOf(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** `next`, with what did not change taken over from `before` as the same objects. */
function withUnchanged(before: Config, next: Config, changes: readonly ConfigChange[]): Config {
  const isOther = changes.some(({ key }) => key.startsWith("Operator."));
  const touched = new Set(changes.map(({ source }) => source));
  const known = new Map(before.git.sources.map((source) => [source.name, source]));
  const sources = next.git.sources.map((source) =>
    touched.has(source.name) ? source : (known.get(source.name) ?? source),
  );
  return { ...next, operator: isOther ? next.operator : before.operator, git: { sources } };
}
