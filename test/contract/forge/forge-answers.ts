import type { ForgeAnswer, HistoryEvent } from "../../../agent/forge/forge.ts";
import type { Capability, ForgeWorld } from "./forge-world.ts";

/** What an answer holds; a failure is one of the test. */
export function valueOf<T>(answer: ForgeAnswer<T>): T {
  if (answer.kind === "failed") throw new Error(`${answer.reason}: ${answer.message}`);
  return answer.value;
}

/** A fact that needs something which not every forge has. */
export function factWith(
  world: () => ForgeWorld,
  needs: Capability,
  fact: { readonly name: string; readonly holds: () => Promise<void> },
): void {
  it(fact.name, async function () {
    if (world().lacks.has(needs)) this.skip();
    await fact.holds();
  });
}

/** Events in short, such as `+confirm by 2`. */
export function inShort(events: readonly HistoryEvent[]): readonly string[] {
  return events.map((event) => {
    if (event.kind === "labelAdded") return `+${event.label.name} by ${event.person.id}`;
    if (event.kind === "labelRemoved") return `-${event.label.name} by ${event.person.id}`;
    return event.kind;
  });
}

export const SIGNAL = new AbortController().signal;
