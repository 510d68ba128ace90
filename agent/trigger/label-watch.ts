import type { RoomIntents } from "../intent/commit-intents.ts";
import type { LabelIntake, LabelIntakeOptions } from "../intake/label-intake.ts";
import type { Clock } from "../kernel/clock.ts";
import { Alarm } from "../queue/alarm.ts";
import type { LabelQuestion } from "../room/label-question.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { LiveWarnings } from "./live-warnings.ts";

/** Opens what is known of a source's labels. */
export type OpenLabels = (
  onQuestions: LabelIntakeOptions["onQuestions"],
) => Promise<LabelIntake | null>;

export interface LabelWatchDeps {
  readonly clock: Clock;
  readonly warnings: Pick<LiveWarnings, "raise" | "end">;
  readonly log: Pick<Logger, "info" | "error">;
}

/** What an answer that comes late is handed to. */
export interface LateLabels {
  readonly apply: (intents: RoomIntents) => Promise<void>;
  /** Asks for a pass over a room. */
  readonly wake: (roomId: string) => void;
}

/** Ms before the forge is asked again; twice as long each time. */
const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 300_000;

/** While it is not known what labels say of a source's commits, warns of it and asks the forge again. */
export class LabelWatch {
  readonly #deps: LabelWatchDeps;
  readonly #alarm: Alarm;
  readonly #stopping = new AbortController();
  #labels: LabelIntake | null = null;
  #late: LateLabels | null = null;
  #failures = 0;
  #asking: Promise<void> = Promise.resolve();

  private constructor(deps: LabelWatchDeps) {
    this.#deps = deps;
    this.#alarm = new Alarm(deps.clock, () => {
      this.#asking = this.#ask();
    });
  }

  /** Absent `open`: the source has no labels. */
  static async open(open: OpenLabels | undefined, deps: LabelWatchDeps): Promise<LabelWatch> {
    const watch = new LabelWatch(deps);
    watch.#labels = (await open?.((questions, ms) => watch.#noted(questions, ms))) ?? null;
    return watch;
  }

  /** Null: no forge is asked. */
  get labels(): LabelIntake | null {
    return this.#labels;
  }

  /** Begins to ask, if a question was left open. */
  start(late: LateLabels): void {
    this.#late = late;
    const questions = this.#labels?.questions ?? [];
    if (questions.length > 0) this.#noted(questions, 0);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent stops"));
    this.#alarm.stop();
    await this.#asking;
  }

  #noted(questions: readonly LabelQuestion[], retryAfterMs?: number): void {
    const { warnings, clock } = this.#deps;
    const [oldest] = questions;
    if (oldest === undefined) {
      this.#failures = 0;
      this.#alarm.stop();
      warnings.end("LabelsNotRead");
      return;
    }
    warnings.raise("LabelsNotRead", notRead(questions));
    if (this.#stopping.signal.aborted) return;
    const backoffMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#alarm.set(clock.monotonicMs() + (retryAfterMs ?? backoffMs));
  }

  async #ask(): Promise<void> {
    const { log } = this.#deps;
    const late = this.#late;
    if (late === null || this.#labels === null) return;
    this.#failures += 1;
    try {
      await this.#labels.askAgain(late, this.#stopping.signal);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      log.error({ error }, "labels not asked for again");
      this.#noted(this.#labels.questions);
    }
  }
}

function notRead(questions: readonly LabelQuestion[]): string {
  const rooms = new Set(questions.flatMap((question) => question.rooms));
  const newest = questions.at(-1);
  const what = `what labels say of ${rooms.size} ${rooms.size === 1 ? "room" : "rooms"} changed up to ${newest?.revision} is not known`;
  return `${what}: ${newest?.message}`;
}
