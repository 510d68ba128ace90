import type { SourceConfig } from "../config/config.ts";
import { LabelIntake, dropQuestions } from "../intake/label-intake.ts";
import { LabelReader } from "../intake/label-reader.ts";
import type { Forge } from "../forge/forge.ts";
import { followRepository } from "../store/shown-plans.ts";
import type { Store } from "../store/store.ts";
import type { OpenLabels } from "../trigger/label-watch.ts";
import type { Edges } from "./edges.ts";

/** What reads the labels of a source's pull requests. Without a forge, or a branch, what was not answered before is given up. */
export function sourceLabels(
  source: SourceConfig,
  forge: Forge | null,
  { store, clock }: { readonly store: Store } & Pick<Edges, "clock">,
): OpenLabels {
  const { name, timeoutMs } = source;
  return async (onQuestions) => {
    if (forge === null || source.kind !== "git" || source.forge === null) {
      await dropQuestions(name, store);
      return null;
    }
    if (source.ref.kind !== "branch") return null;
    await followRepository(store, name, source.forge);
    const reader = new LabelReader({
      source: name,
      forge,
      branch: source.ref.name,
      rules: source.forge.labels,
      store,
      clock,
      // The fetch that waits for it has a deadline of its own.
      mostMs: Math.min(20_000, timeoutMs / 2),
    });
    return LabelIntake.open({ source: name, reader, store, clock, onQuestions });
  };
}
