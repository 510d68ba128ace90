import { messageOf, OperatorError } from "../kernel/errors.ts";
import type { Room } from "../room/room.ts";
import type { Store } from "../store/store.ts";
import type { PollEnd } from "../trigger/poller.ts";
import type { NotPolled } from "./requests.ts";
import { isReason } from "../status/reasons.ts";

export interface SourcePollsOptions {
  readonly store: Pick<Store, "readRoom">;
  /** All sources that are configured now. */
  readonly names: () => readonly string[];
  /** Polls a source now; null when no such source is configured. */
  readonly pollSource: (name: string) => Promise<PollEnd> | null;
  /** ISO time of a source's next poll; null where none is planned. */
  readonly nextPoll: (name: string) => string | null;
}

/** Polls sources for people's requests, and says which could not be polled and why. */
export class SourcePolls {
  readonly #options: SourcePollsOptions;

  constructor(options: SourcePollsOptions) {
    this.#options = options;
  }

  /** The sources to ask about a room: its own, or all for a room that has no owner, which a newer commit may name. */
  of(row: Room | null): readonly string[] {
    const owner = row?.owner ?? null;
    if (owner === null) return this.#options.names();
    return owner.kind === "git" ? [owner.source] : [];
  }

  /** Those of `names` that could not be polled. Never rejects: a source that fails does not keep a pass from running. */
  async poll(roomId: string, names: readonly string[]): Promise<readonly NotPolled[]> {
    const failures = await Promise.all(names.map((name) => this.#poll(name)));
    const failed = failures.filter((failure) => failure !== null);
    if (failed.length === 0) return [];
    const row = await this.#options.store.readRoom(roomId);
    const revision = row?.head?.revision ?? null;
    return failed.map((failure) => ({ ...failure, nextPoll: null, revision }));
  }

  /** With the time of the next poll, which is planned only after the failed one has ended. */
  dated(notPolled: readonly NotPolled[]): readonly NotPolled[] {
    const { nextPoll } = this.#options;
    return notPolled.map((entry) => ({ ...entry, nextPoll: nextPoll(entry.source) }));
  }

  async #poll(source: string): Promise<Pick<NotPolled, "source" | "reason" | "message"> | null> {
    const { pollSource } = this.#options;
    const because = (reason: NotPolled["reason"], message: string) => ({ source, reason, message });
    try {
      const polling = pollSource(source);
      if (polling === null)
        return because("SourceNotConfigured", "no source of this name is configured");
      const end = await polling;
      return end.kind === "failed" ? because(end.reason, end.message) : null;
    } catch (error) {
      const isKnown = error instanceof OperatorError && isReason(error.code);
      return because(isKnown ? error.code : "InternalError", messageOf(error));
    }
  }
}
