import type { Store } from "../../agent/store/store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { StoreContext, StoreUnderTest } from "./store-context.ts";
import { blobFacts } from "./store-blobs.contract.ts";
import { documentFacts, observeOnlyFacts, planEpochFacts } from "./store-single-rows.contract.ts";
import { recordFacts } from "./store-records.contract.ts";
import { rowFacts } from "./store-rows.contract.ts";
import { sweepFacts } from "./store-sweep.contract.ts";
import { writeFacts } from "./store-writes.contract.ts";

/** What every Store holds to. `make` opens an empty one whose wall time is the clock's. */
export function storeContract(
  name: string,
  make: (clock: FakeClock) => Promise<StoreUnderTest>,
): void {
  describe(`${name} as a Store`, () => {
    let end: () => Promise<void> = async () => {};
    const context: Partial<StoreContext> = {};

    beforeEach(async () => {
      context.clock = new FakeClock();
      const made = await make(context.clock);
      end = () => made.end();
      context.store = made.store;
      context.reopen = async (): Promise<Store> => {
        context.store = await made.reopen();
        return context.store;
      };
    });

    afterEach(() => end());

    const given = context as StoreContext;
    rowFacts(given);
    blobFacts(given);
    recordFacts(given);
    writeFacts(given);
    sweepFacts(given);
    observeOnlyFacts(given);
    documentFacts(given);
    planEpochFacts(given);
    planEpochFacts(given);
  });
}
