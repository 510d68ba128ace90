import { KeyBackoff } from "../../../agent/queue/backoff.ts";
import { WOKEN, type Choice, type Taken } from "../../../agent/queue/waiting-workers.ts";
import { WorkQueue } from "../../../agent/queue/work-queue.ts";
import { FakeClock } from "../../support/fake-clock.ts";

/** A queue on a fake clock whose backoff has no jitter: 1 s, 2 s, 4 s, … */
export function aQueue(): { queue: WorkQueue; clock: FakeClock; backoff: KeyBackoff } {
  const clock = new FakeClock();
  const backoff = new KeyBackoff({ random: () => 1 });
  return { queue: new WorkQueue({ clock, backoff }), clock, backoff };
}

/** What `take` gives without waiting for anything; null when nothing is due. */
export async function takeNow(queue: WorkQueue, choice?: Choice): Promise<Taken | null> {
  const patience = new AbortController();
  const given = queue.take(patience.signal, choice).catch(() => null);
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  patience.abort(new Error("nothing is due"));
  const taken = await given;
  return taken === WOKEN ? null : taken;
}

/** Takes until nothing is due, and finishes each: the order of the keys. */
export async function drain(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const taken = await takeNow(queue);
    if (taken === null) return keys;
    keys.push(taken.key);
    queue.done(taken.key);
  }
}
