import type { RoomIntents } from "../intent/commit-intents.ts";
import { labelledIntents } from "../intent/labelled-intents.ts";
import { toIso, type Clock } from "../kernel/clock.ts";
import { openQuestion, questionKey, type LabelQuestion } from "../room/label-question.ts";
import type { Room, RoomInputs } from "../room/room.ts";
import type { CommitRange } from "../source/spec-source.ts";
import type { Store, StoreChange } from "../store/store.ts";
import type { LabelReader, LabelsRead } from "./label-reader.ts";

export interface LabelIntakeOptions {
  /** The source's name. */
  readonly source: string;
  readonly reader: Pick<LabelReader, "read" | "ask">;
  readonly store: Pick<Store, "readDocuments" | "readRoom" | "write">;
  readonly clock: Pick<Clock, "nowMs">;
  /** Called when a question is open, and when none is any more. `retryAfterMs`: what the forge asked for. Must not throw. */
  readonly onQuestions: (open: readonly LabelQuestion[], retryAfterMs?: number) => void;
}

/** Questions that are remembered of a source: the oldest are given up, and what their commits remove is judged without labels. */
const MOST_QUESTIONS = 20;

/** What the labels say of a source's commits, and what is not known of that yet. */
export class LabelIntake {
  readonly #options: LabelIntakeOptions;
  #questions: readonly LabelQuestion[];

  private constructor(options: LabelIntakeOptions, questions: readonly LabelQuestion[]) {
    this.#options = options;
    this.#questions = questions;
  }

  static async open(options: LabelIntakeOptions): Promise<LabelIntake> {
    return new LabelIntake(options, await questionsOf(options.source, options.store));
  }

  get questions(): readonly LabelQuestion[] {
    return this.#questions;
  }

  read(range: CommitRange, signal: AbortSignal): Promise<LabelsRead> {
    return this.#options.reader.read(range, signal);
  }

  /** Why removals towards these inputs wait; null: they do not. */
  whyUnknown(row: Room, inputs: RoomInputs): string | null {
    const open = openQuestion(this.#questions, row, inputs);
    return open === null ? null : `${open.message}; it is asked for again since ${open.since}`;
  }

  /** Keeps a question that was not answered. It holds from now on, and is durable when this resolves. */
  async note(asked: Omit<LabelQuestion, "source" | "since">, retryAfterMs?: number): Promise<void> {
    const { source, clock, store, onQuestions } = this.#options;
    const before = this.#questions.find(({ revision }) => revision === asked.revision);
    const since = before?.since ?? toIso(clock.nowMs());
    const question = { ...asked, source, since };
    const others = this.#questions.filter((one) => one !== before);
    const kept = [...others, question].slice(-MOST_QUESTIONS);
    const dropped = others.filter((one) => !kept.includes(one));
    this.#questions = kept;
    await store.write([toChange(question, question), ...dropped.map((one) => toChange(one, null))]);
    onQuestions(kept, retryAfterMs);
  }

  /**
   * Asks the open questions once more, the oldest first. What is known now is handed to `apply`, and once that resolves the question is
   * closed and its rooms are handed to `wake`. Gives back how long the forge wants to be left alone, where it says so.
   */
  async askAgain(
    then: {
      readonly apply: (intents: RoomIntents) => Promise<void>;
      readonly wake: (roomId: string) => void;
    },
    signal: AbortSignal,
  ): Promise<number | undefined> {
    const { reader, store } = this.#options;
    for (const question of this.#questions) {
      const { commits, mayConfirm } = question;
      const { pulls, unknown } = await reader.ask(commits, { mayConfirm }, signal);
      if (unknown !== null) {
        await this.note({ ...question, message: unknown.message }, unknown.retryAfterMs);
        return unknown.retryAfterMs;
      }
      const intents = labelledIntents(question, pulls, await movedRooms(question, store));
      await then.apply(intents);
      await this.#close(question);
      for (const roomId of intents.rooms.keys()) then.wake(roomId);
    }
    return undefined;
  }

  async #close(question: LabelQuestion): Promise<void> {
    const { store, onQuestions } = this.#options;
    const left = this.#questions.filter((one) => questionKey(one) !== questionKey(question));
    await store.write([toChange(question, null)]);
    this.#questions = left;
    onQuestions(left);
  }
}

/** The rooms that have later inputs than those of a question: what brought those decides whether they are a dry run. */
async function movedRooms(
  { rooms, revision }: LabelQuestion,
  store: Pick<Store, "readRoom">,
): Promise<ReadonlySet<string>> {
  const moved = new Set<string>();
  for (const roomId of rooms) {
    const row = await store.readRoom(roomId);
    const isBroken = row?.headProblem != null && row.head?.revision === revision;
    if (row?.observedRevision !== revision && !isBroken) moved.add(roomId);
  }
  return moved;
}

/** The open questions of a source that no forge is asked for any more. */
export async function dropQuestions(
  source: string,
  store: LabelIntakeOptions["store"],
): Promise<void> {
  const left = await questionsOf(source, store);
  if (left.length > 0) await store.write(left.map((one) => toChange(one, null)));
}

async function questionsOf(
  source: string,
  store: Pick<Store, "readDocuments">,
): Promise<readonly LabelQuestion[]> {
  const all = await store.readDocuments("labelQuestion");
  return all
    .map(({ document }) => document)
    .filter((one) => one.source === source)
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since));
}

function toChange(question: LabelQuestion, document: LabelQuestion | null): StoreChange {
  return { kind: "document", collection: "labelQuestion", key: questionKey(question), document };
}
