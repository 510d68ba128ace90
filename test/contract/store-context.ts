import type { Store } from "../../agent/store/store.ts";
import type { FakeClock } from "../support/fake-clock.ts";

/** What the tests of a store share; new for each test. */
export interface StoreContext {
  store: Store;
  clock: FakeClock;
  /** Closes the store and opens what it left behind, as a restart does. */
  reopen: () => Promise<Store>;
}

/** One kind of store to run a suite against. */
export interface StoreUnderTest {
  readonly store: Store;
  reopen(): Promise<Store>;
  /** Closes the store and takes away what it left. */
  end(): Promise<void>;
}
