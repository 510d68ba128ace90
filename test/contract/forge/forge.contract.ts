import { commentFacts } from "./forge-comments.contract.ts";
import { historyFacts } from "./forge-history.contract.ts";
import { pullRequestFacts } from "./forge-pull-requests.contract.ts";
import { statusFacts } from "./forge-statuses.contract.ts";
import { trustFacts } from "./forge-trust.contract.ts";
import type { ForgeWorld } from "./forge-world.ts";

/**
 * What every `Forge` keeps to, against a world that `start` makes (once: its facts live side by side in one repository). What a
 * forge may lack, and how facts are left out then, is said in `forge-world.ts`.
 */
export function forgeContract(name: string, start: () => Promise<ForgeWorld>): void {
  describe(`${name} as a Forge`, () => {
    let world: ForgeWorld;
    before(async () => {
      world = await start();
    });
    after(() => world.end());

    const given = () => world;
    pullRequestFacts(given);
    historyFacts(given);
    statusFacts(given);
    commentFacts(given);
    trustFacts(given);
  });
}
