import { isDeepStrictEqual } from "node:util";
import type { ConfigChange } from "../config/compare-settings.ts";
import type { Problem } from "../config/problem.ts";
import { toIso } from "../kernel/clock.ts";
import type { JsonValue } from "../kernel/json.ts";
import type { ConfigFailure, ReloadAnswer, ReloadRequest } from "../request/reload-requests.ts";
import type { StoreChange } from "../store/store.ts";
import type { Edges } from "./edges.ts";
import type { Memory } from "./memory.ts";
import { failureText } from "./reload-texts.ts";

/** Problems and changes in one line of the log and one record of the audit. */
const MOST_SHOWN = 20;

interface Refusal {
  readonly reason: ConfigFailure["reason"];
  readonly problems: readonly Problem[];
  /** What the file has otherwise; absent: not known. */
  readonly changes?: readonly ConfigChange[];
}

/** Brings what becomes of a reload to state, log, metrics and audit, in the same words. */
export class ReloadReport {
  readonly #edges: Edges;
  readonly #memory: Pick<Memory, "store" | "state">;

  constructor(edges: Edges, memory: Pick<Memory, "store" | "state">) {
    this.#edges = edges;
    this.#memory = memory;
    edges.metrics.configLoaded(edges.clock.nowMs());
  }

  /** Before anything changes. Rejects where the store cannot be written to. */
  async intended(changes: readonly ConfigChange[], request: ReloadRequest): Promise<void> {
    const record = this.#record("config.reloaded.intended", request, changesIn(changes));
    await this.#memory.store.write([record]);
  }

  /** What the file has is in force. Where nothing changed and nothing had been refused, the log alone says so, to whoever asked. */
  async loaded(changes: readonly ConfigChange[], request: ReloadRequest): Promise<void> {
    const { clock, metrics, logger } = this.#edges;
    const { state } = this.#memory;
    const { failure } = state.configuration;
    const nowMs = clock.nowMs();
    metrics.configLoaded(nowMs);
    const { cause, actor, correlationId } = request;
    if (changes.length === 0 && failure === null) {
      // Whoever asked looks for an answer; the watch looks each minute.
      if (cause !== "watch")
        logger.info({ cause, actor, correlationId }, "configuration unchanged");
      return;
    }
    const isOther = changes.length > 0;
    const inForce = isOther ? { loadedAt: toIso(nowMs), changes } : state.configuration;
    state.configuration = { ...inForce, failure: null };
    const shown = changes.slice(0, MOST_SHOWN).map(({ what, key }) => `${what} ${key}`);
    const fields = { changes: shown, count: changes.length, cause, actor, correlationId };
    if (isOther) logger.info(fields, "configuration reloaded");
    else logger.info(fields, "configuration file has what is in force");
    await this.#audit("config.reloaded", request, changesIn(changes));
  }

  async refused(refusal: Refusal, request: ReloadRequest): Promise<ReloadAnswer> {
    const { configuration, clock, metrics, logger } = this.#edges;
    const { state } = this.#memory;
    const { reason, problems } = refusal;
    const message = failureText(configuration?.file ?? "", reason, problems);
    const before = state.configuration.failure;
    const since = before?.reason === reason ? before.since : toIso(clock.nowMs());
    const failure = { reason, since, message, problems, sources: sourcesIn(refusal.changes) };
    const isNews = !isDeepStrictEqual(before, failure);
    state.configuration = { ...state.configuration, failure };
    metrics.configRefused();
    const { cause, actor, correlationId } = request;
    const shown = problems.slice(0, MOST_SHOWN).map((each) => ({ ...each }));
    if (isNews || cause !== "watch") {
      const fields = { reason, detail: message, problems: shown, cause, actor, correlationId };
      logger.warn(fields, "configuration refused");
    }
    const count = problems.length;
    if (isNews)
      await this.#audit("config.refused", request, { reason, message, problems: shown, count });
    const status = reason === "ReloadFailed" ? 503 : 409;
    return { kind: "rejected", status, code: reason, detail: message, problems };
  }

  /** What is in force does not depend on the record. */
  async #audit(
    action: string,
    request: ReloadRequest,
    metadata: Readonly<Record<string, JsonValue>>,
  ): Promise<void> {
    const record = this.#record(action, request, metadata);
    await this.#memory.store.write([record]).catch((error: unknown) => {
      this.#edges.logger.error({ error, action }, "reload not audited");
    });
  }

  #record(
    action: string,
    { cause, actor, correlationId }: ReloadRequest,
    metadata: Readonly<Record<string, JsonValue>>,
  ): StoreChange {
    const { trail } = this.#edges;
    const said = { actor, cause, ...metadata };
    return cause === "request"
      ? trail.command(action, said, { correlationId })
      : trail.event(action, said, { correlationId });
  }
}

function changesIn(changes: readonly ConfigChange[]) {
  const shown = changes.slice(0, MOST_SHOWN).map((each) => ({ ...each }));
  return { changes: shown, count: changes.length };
}

function sourcesIn(changes: readonly ConfigChange[] | undefined): readonly string[] | null {
  if (changes === undefined) return null;
  return [...new Set(changes.flatMap(({ source }) => source ?? []))];
}
