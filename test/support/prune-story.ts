import { prunedText, pruneInputs } from "../../agent/room/prune.ts";
import { LOOK_MS } from "../../agent/room/missing.ts";
import type { Outcome } from "../../agent/room/outcome.ts";
import { reasonOf } from "../../agent/room/ends.ts";
import { PRUNE_MARK } from "./a-prune-mark.ts";
import { aConfirmation } from "./a-row.ts";
import { A_ROOM } from "./a-room-spec.ts";
import { PassWorld, STALE_MS } from "./pass-world.ts";
import { entityIds } from "./spec-yaml.ts";

/** A verified room of four whose file is gone, and whose prune a commit confirmed. */
export class PruneStory extends PassWorld {
  #said = 0;

  constructor() {
    super({ prunes: () => true, staleToleranceMs: STALE_MS });
  }

  async begin(): Promise<this> {
    await this.verified({ entities: entityIds(4) });
    await this.orphaned();
    return this;
  }

  async orphaned(): Promise<void> {
    await this.change({ owner: null, prune: PRUNE_MARK });
    await this.say();
    this.forget();
  }

  /** `Confirm: <roomId>` of one more commit. */
  async say(): Promise<void> {
    this.#said += 1;
    const { inventory, head } = await this.row();
    const row = aConfirmation({
      id: `said-${this.#said}`,
      items: inventory,
      named: true,
      inputs: pruneInputs(A_ROOM, PRUNE_MARK, head).digest,
      actor: "Ada",
      expiresAt: "2100-01-01T00:00:00.000Z",
    });
    await this.store.write([{ kind: "confirmation", row }]);
  }

  async end(): Promise<string> {
    const { outcome } = (await this.pass({ trigger: "interval" })).report;
    return word(outcome);
  }

  /** The kicks of one more pass, and how it ended. */
  async next(): Promise<readonly string[]> {
    this.forget();
    const end = await this.end();
    return [...this.server.writes, end];
  }

  /** `next`, once a state cannot lag any more. */
  async later(): Promise<readonly string[]> {
    await this.clock.advance(STALE_MS);
    return this.next();
  }

  /** A pass each 30 s for so long, as a prune has them that misses something; gives back how the last one ended. */
  async looks(forMs: number): Promise<readonly string[]> {
    let last: readonly string[] = [];
    for (let left = forMs; left > 0; left -= LOOK_MS) {
      await this.clock.advance(Math.min(left, LOOK_MS));
      last = await this.next();
    }
    return last;
  }

  async pruned(): Promise<object | null> {
    return (await this.row()).pruned ?? null;
  }

  async text(): Promise<string> {
    const { pruned } = await this.row();
    return pruned == null ? "" : prunedText(PRUNE_MARK, pruned);
  }
}

function word(outcome: Outcome): string {
  return outcome.kind === "refused"
    ? outcome.refusals.map(({ reason }) => reason).join()
    : (reasonOf(outcome)?.reason ?? outcome.kind);
}
