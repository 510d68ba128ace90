import type { Clock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import type { Random } from "../kernel/ids.ts";
import type { PollTimes, SourceRef, WebhookConfig } from "../config/config.ts";
import type { Forge } from "../forge/forge.ts";
import { Intake } from "../intake/intake.ts";
import type { LabelIntake } from "../intake/label-intake.ts";
import type { IntakeDeps, IntakeSource } from "../intake/intake-deps.ts";
import type { RevisionReader } from "../source/revision.ts";
import type { SeedReader } from "../source/seed-reader.ts";
import type { SpecSource } from "../source/spec-source.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { RoomMetrics } from "../telemetry/room-metrics.ts";
import type { SourceMetrics } from "../telemetry/source-metrics.ts";
import { HandOverWatch } from "./hand-over-watch.ts";
import type { SourceWatch } from "./kept-folder-watch.ts";
import { LabelWatch, type OpenLabels } from "./label-watch.ts";
import { LiveWarnings } from "./live-warnings.ts";
import { PollSchedule } from "./poll-schedule.ts";
import { Poller } from "./poller.ts";
import { lookAtSource } from "./source-look.ts";
import { Announcements } from "./webhook/announcements.ts";
import { RefusalWatch } from "./webhook/refusal-watch.ts";
import { WebhookReceiver } from "./webhook/webhook-receiver.ts";
import { WebhookSecretFiles } from "./webhook/webhook-secrets.ts";

export interface RunningSourceOptions extends Omit<IntakeSource, "spec" | "labels"> {
  /** The client of its forge, which it closes; null: none is asked. */
  readonly forge: Forge | null;
  readonly openLabels?: OpenLabels;
  readonly intervalMs: number;
  /** When it is polled instead; null: each `intervalMs`. */
  readonly schedule: PollTimes | null;
  /** Ms from the start to the first poll. */
  readonly firstMs: number;
  /** Null: the source has no webhook. */
  readonly webhook: WebhookConfig | null;
  /** Null: the source has no refs. */
  readonly followed: SourceRef | null;
  /** Calls `wake` when there may be news. Absent: nothing says so, and polls find it. */
  readonly watch?: (wake: () => void, warnings: LiveWarnings) => SourceWatch;
}

/** A source, and what it reads besides where it has commits. */
type RunningSpec = SpecSource & Partial<RevisionReader>;

export interface RunningSourceDeps extends IntakeDeps {
  readonly metrics: SourceMetrics & Pick<RoomMetrics, "setSpecErrors">;
  readonly log: Logger;
  readonly random: Random;
  readonly clock: Clock;
  /** Called when a poll of a source has ended, however it ended. */
  readonly polled: (source: string) => Promise<void>;
}

/** Ms from which a source with a schedule backs off after failures. */
const FAILED_MS = 60_000;

/** What has to know what happens at a source to write about it on its forge. */
export interface SourceFollower {
  /** A webhook is about a pull request; null: which one is not known. */
  wake(number: number | null): void;
  headMoved(): void;
}

/** Null: nothing is written on a forge. */
interface PlanLink {
  by: SourceFollower | null;
}

interface Ends {
  /** Null: the source has no webhook. */
  readonly announcements: Announcements | null;
  /** Null: nothing says when there may be news. */
  readonly watch: SourceWatch | null;
  readonly forge: Forge | null;
  readonly labels: LabelWatch;
  readonly enqueue: (roomId: string) => void;
  readonly plans: PlanLink;
}

/** A running source: its reader, its intake and its poller. */
export class RunningSource implements SeedReader {
  readonly name: string;
  readonly intake: Intake;
  readonly poller: Poller;
  /** Null: the source has no webhook. */
  readonly webhook: WebhookReceiver | null;
  readonly warnings: LiveWarnings;
  readonly #spec: RunningSpec;
  readonly #announcements: Announcements | null;
  readonly #watch: SourceWatch | null;
  readonly #labels: LabelWatch;
  /** Null: none is asked. */
  readonly forge: Forge | null;
  readonly #enqueue: (roomId: string) => void;
  readonly #plans: PlanLink;
  /** Whether it looks at once when another source of the same address found something. */
  readonly #followsNews: boolean;

  private constructor(
    spec: RunningSpec,
    parts: Pick<RunningSource, "intake" | "poller" | "webhook" | "warnings">,
    ends: Ends & Pick<RunningSourceOptions, "schedule">,
  ) {
    const { announcements, watch, schedule } = ends;
    // A head that a webhook announces and that was found before would look as if the webhook had missed it.
    this.#followsNews = parts.webhook === null && schedule === null;
    this.name = spec.name;
    this.warnings = parts.warnings;
    this.#spec = spec;
    this.intake = parts.intake;
    this.poller = parts.poller;
    this.webhook = parts.webhook;
    this.#announcements = announcements;
    this.#watch = watch;
    this.#labels = ends.labels;
    this.forge = ends.forge;
    this.#enqueue = ends.enqueue;
    this.#plans = ends.plans;
  }

  /** Null: no forge is asked what labels say. */
  get labels(): LabelIntake | null {
    return this.#labels.labels;
  }

  static async open(
    spec: RunningSpec,
    options: RunningSourceOptions,
    deps: RunningSourceDeps,
  ): Promise<RunningSource> {
    const { metrics, clock, random } = deps;
    const log = deps.log.child({ source: spec.name });
    const { setSpecErrors, setSnapshotWarning } = metrics;
    const { webhook } = options;
    const warnings = new LiveWarnings({ ...deps, log, source: spec.name });
    const labels = await LabelWatch.open(options.openLabels, { clock, warnings, log });
    const asked = labels.labels === null ? {} : { labels: labels.labels };
    const given = { ...options, ...asked, spec };
    const intake = await Intake.open(given, { ...deps, log, setSpecErrors, setSnapshotWarning });
    const secrets = webhook === null ? null : new WebhookSecretFiles({ webhook, warnings, clock });
    const watch = options.watch?.(() => poller.wake(), warnings) ?? null;
    const handOvers = new HandOverWatch({ ...deps, source: spec.name, warnings });
    const plans: PlanLink = { by: null };
    const times = timesOf(options);
    const { intervalMs, schedule } = times;
    const announcements =
      webhook === null
        ? null
        : new Announcements({
            ...deps,
            log,
            source: spec.name,
            ref: options.ref,
            intervalMs: schedule === null ? intervalMs : null,
            pollNow: () => poller.pollNow(),
            waitsUntil: () => poller.waitsUntil,
            head: () => intake.observedHead,
            knows: (commit) => intake.knows(commit),
          });
    const poller: Poller = new Poller({
      name: spec.name,
      ...times,
      onDue: (atMs) => metrics.setNextPollDue(spec.name, atMs),
      ...paceOf(announcements, intervalMs),
      clock,
      random,
      look: async (signal, maxAgeMs) => {
        const end = await lookAtSource({ spec, intake, metrics, log, clock, maxAgeMs }, signal);
        announcements?.polled(end);
        watch?.polled();
        handOvers.polled(end);
        await deps.polled(spec.name);
        if (end.kind === "synced") plans.by?.headMoved();
        secrets?.read().catch((error: unknown) => log.error({ error }, "webhook secret not read"));
        return end;
      },
      onError: (error) => log.error({ error }, "poll failed"),
    });
    const receiver = toReceiver({ secrets, announcements, plans }, options, { ...deps, log });
    return new RunningSource(
      spec,
      { intake, poller, webhook: receiver, warnings },
      { ...options, announcements, watch, labels, plans, enqueue: deps.enqueue },
    );
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

  /** Null: the source has no commits. */
  get revisions(): RevisionReader | null {
    const spec = this.#spec;
    if (spec.readRevision === undefined) return null;
    const read = spec.readRevision.bind(spec);
    return { readRevision: read };
  }

  /** `by` is called from now on when there may be something to write on the forge. */
  follow(by: SourceFollower | null): void {
    this.#plans.by = by;
  }

  /** Begins to poll. */
  start(): void {
    this.poller.start();
    this.#watch?.start();
    this.#labels.start({
      apply: (intents) => this.intake.takeIntents(intents),
      wake: this.#enqueue,
    });
    if (this.#followsNews) this.#spec.onNews?.(() => this.poller.wake());
  }

  /** Ends polling and closes worker and connections. `why`: see `Poller.stop`. Idempotent. */
  async stop(why?: Error): Promise<void> {
    this.#announcements?.stop();
    await Promise.all([this.#watch?.stop(), this.#labels.stop()]);
    await this.poller.stop(why);
    this.warnings.close();
    this.forge?.close();
    await this.#spec.close();
  }
}

/** How webhooks change when it is polled. */
function paceOf(announcements: Announcements | null, intervalMs: number) {
  return {
    askedAt: () => announcements?.againAt ?? null,
    steadyMs: () => announcements?.intervalMs ?? intervalMs,
  };
}

/** Null: the source has no webhook. */
function toReceiver(
  parts: Pick<Ends, "announcements" | "plans"> & { readonly secrets: WebhookSecretFiles | null },
  { followed, url }: RunningSourceOptions,
  deps: RunningSourceDeps,
): WebhookReceiver | null {
  const { secrets, announcements, plans } = parts;
  if (secrets === null || announcements === null || followed === null) return null;
  const { source } = announcements;
  const refusals = new RefusalWatch({ ...deps, source });
  return new WebhookReceiver({
    ...deps,
    source,
    followed: { url, ref: followed },
    secrets,
    announcements,
    refusals,
    wakePlans: () => {
      const { by } = plans;
      return by === null ? null : (number) => by.wake(number);
    },
  });
}

function timesOf({ schedule, intervalMs, firstMs }: RunningSourceOptions) {
  return schedule === null
    ? { intervalMs, schedule, firstMs }
    : { intervalMs: FAILED_MS, schedule: new PollSchedule(schedule), firstMs };
}

/** Makes the sources whose files name one of these rooms decide its owner again. */
export function reassessOthers(
  given: {
    readonly sources: readonly Pick<RunningSource, "name" | "intake">[];
    readonly roomIds: readonly string[];
    /** The source that released them. */
    readonly except: string | null;
  },
  log: Pick<Logger, "error">,
): void {
  for (const { name, intake } of given.sources) {
    if (name === given.except) continue;
    intake.reassess(given.roomIds).catch((error: unknown) => {
      log.error({ source: name, error }, "taking over released rooms failed");
    });
  }
}
