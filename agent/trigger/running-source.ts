import type { Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Random } from "../kernel/ids.ts";
import type { SourceRef, WebhookConfig } from "../config/config.ts";
import { Intake } from "../intake/intake.ts";
import type { IntakeDeps, IntakeSource } from "../intake/intake-deps.ts";
import type { SeedReader } from "../source/seed-reader.ts";
import type { SpecSource } from "../source/spec-source.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { RoomMetrics } from "../telemetry/room-metrics.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";
import { Poller } from "./poller.ts";
import { lookAtSource } from "./source-look.ts";
import { RefusalWatch } from "./webhook/refusal-watch.ts";
import { WebhookReceiver } from "./webhook/webhook-receiver.ts";

export interface RunningSourceOptions extends Omit<IntakeSource, "spec"> {
  readonly intervalMs: number;
  /** Null: the source has no webhook. */
  readonly webhook: WebhookConfig | null;
  readonly followed: SourceRef;
}

export interface RunningSourceDeps extends IntakeDeps {
  readonly metrics: SourceMetrics & Pick<RoomMetrics, "setSpecErrors">;
  readonly log: Logger;
  readonly random: Random;
  readonly clock: Clock;
}

/** A running source: its reader, its intake and its poller. */
export class RunningSource implements SeedReader {
  readonly name: string;
  readonly intake: Intake;
  readonly poller: Poller;
  /** Null: the source has no webhook. */
  readonly webhook: WebhookReceiver | null;
  readonly #spec: SpecSource;

  private constructor(
    spec: SpecSource,
    parts: Pick<RunningSource, "intake" | "poller" | "webhook">,
  ) {
    this.name = spec.name;
    this.#spec = spec;
    this.intake = parts.intake;
    this.poller = parts.poller;
    this.webhook = parts.webhook;
  }

  static async open(
    spec: SpecSource,
    options: RunningSourceOptions,
    deps: RunningSourceDeps,
  ): Promise<RunningSource> {
    const { metrics, clock, random } = deps;
    const log = deps.log.child({ source: spec.name });
    const { setSpecErrors } = metrics;
    const intake = await Intake.open({ ...options, spec }, { ...deps, log, setSpecErrors });
    const poller = new Poller({
      name: spec.name,
      intervalMs: options.intervalMs,
      clock,
      random,
      look: (signal) => lookAtSource({ spec, intake, metrics, log, clock }, signal),
      onError: (error) => log.error({ error }, "poll failed"),
    });
    const webhook =
      options.webhook === null
        ? null
        : openWebhook({ ...options, webhook: options.webhook }, poller, { ...deps, log });
    return new RunningSource(spec, { intake, poller, webhook });
  }

  /** Seeds of posted specs, from the newest snapshot that counts. */
  async readSeeds(
    paths: readonly string[],
    signal: AbortSignal,
  ): ReturnType<SpecSource["readSeeds"]> {
    if (paths.length === 0) return [];
    const head = this.intake.observedHead;
    if (head === null) {
      const message = `source ${this.name} has no snapshot yet to read seeds from; see /status for the reason and try again`;
      throw new OperatorError("SourceUnavailable", message);
    }
    return this.#spec.readSeeds(head, paths, signal);
  }

  /** Ends polling and closes worker and connections. Idempotent. */
  async stop(): Promise<void> {
    await this.poller.stop();
    await this.#spec.close();
  }
}

function openWebhook(
  options: RunningSourceOptions & { readonly webhook: WebhookConfig },
  poller: Poller,
  deps: RunningSourceDeps,
): WebhookReceiver {
  const { name: source, url, followed, webhook } = options;
  const { log } = deps;
  return new WebhookReceiver({
    ...deps,
    source,
    followed: { url, ref: followed },
    webhook,
    refusals: new RefusalWatch({ ...deps, source }),
    announce: () => {
      // The poller reports how a poll ended; it rejects for whom it no longer polls.
      poller.pollNow().catch((error: unknown) => log.debug({ error }, "webhook not polled for"));
    },
  });
}

/** Makes the sources whose files name one of these rooms decide its owner again. */
export function reassessOthers(
  given: {
    readonly sources: readonly RunningSource[];
    readonly roomIds: readonly string[];
    /** The source that released them. */
    readonly except: string | null;
  },
  log: Pick<Logger, "error">,
): void {
  for (const { name, intake } of given.sources) {
    const claims = given.roomIds.some((roomId) => intake.pathsOf(roomId).length > 0);
    if (name === given.except || !claims) continue;
    intake.reassess().catch((error: unknown) => {
      log.error({ source: name, error }, "taking over released rooms failed");
    });
  }
}
