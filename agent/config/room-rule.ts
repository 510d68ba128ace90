import type { Config } from "./config.ts";
import { matchesAnyGlob } from "./glob.ts";

/** Whether a source prunes (`Git.Sources[].Prune`); an unknown source does not. */
export function pruneRule({ git }: Pick<Config, "git">): (source: string) => boolean {
  const prunes = new Set(git.sources.flatMap(({ name, prune }) => (prune ? [name] : [])));
  return (source) => prunes.has(source);
}

/** Whether a source may manage a room, by `Git.Sources[].AllowedRooms`; an unknown source manages none. */
export function roomRule({
  git,
}: Pick<Config, "git">): (source: string, roomId: string) => boolean {
  const allowed = new Map(git.sources.map(({ name, allowedRooms }) => [name, allowedRooms]));
  return (source, roomId) => matchesAnyGlob(roomId, allowed.get(source) ?? []);
}

/** What sources say of the plans of pull requests; null: a source shows none. */
export function reviewRule(
  config: Config,
): (source: string) => { readonly isRequired: boolean } | null {
  const rules = new Map(
    config.git.sources.map((source) => {
      const plan =
        source.kind === "git" && source.ref.kind === "branch" ? source.forge?.plan : null;
      const isShown = plan?.enabled === true;
      return [source.name, isShown ? { isRequired: plan.requireReviewedPlan } : null];
    }),
  );
  return (source) => rules.get(source) ?? null;
}
