import * as fc from "fast-check";
import { DRIFT_POLICIES } from "../../agent/spec/drift-annotation.ts";
import { GIT_FAULTS, LIES, SERVER_FAULTS } from "./model-faults.ts";
import { SAYINGS } from "./model-git.ts";
import { ARTIFACTS, ROOMS, type Step } from "./model-steps.ts";
import { HOWS } from "./model-strangers.ts";
import { GIT_ROOMS } from "./model-world.ts";

const ENTITIES = ["E1", "E2", "E3", "E4", "E5", "E6"] as const;
const NAMES = ["Ada", "Bob", "Cy"] as const;
const STRANGERS = ["X1", "X2", "E5"] as const;

const someRoom = fc.constantFrom(...GIT_ROOMS);
const anyRoom = fc.constantFrom(...ROOMS);
const someSaying = fc.constantFrom(...SAYINGS);
const someItems = fc.subarray([...ENTITIES, ...ARTIFACTS], { maxLength: 3 });
const is = <const T extends string>(name: T) => fc.constant(name);

/** Any one step; the common ones are common. */
export const someStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom("commit", "commit", "commit", "merge"),
      room: someRoom,
      add: someItems,
      remove: fc.constantFrom(0, 0, 1, 1, 2, 4, 9),
      saying: someSaying,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("say", "sayMerged"),
      room: someRoom,
      saying: someSaying,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is("revert"), room: someRoom, saying: someSaying }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: is("forcePush"), back: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("lag"),
      back: fc.integer({ min: 1, max: 3 }),
      left: fc.constantFrom(1, 1, 2, 4),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is("replace"), room: someRoom, add: someItems, saying: someSaying }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("accept", "back") }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("suspend", "resume"), room: anyRoom }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: is("suspend"),
      room: anyRoom,
      ticks: fc.constantFrom(1, 3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is("window"), closed: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is("policy"),
      room: someRoom,
      drift: fc.constantFrom(...DRIFT_POLICIES),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: is("rename"),
      room: someRoom,
      entity: fc.constantFrom("E1", "E2"),
      to: fc.constantFrom(...NAMES),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: is("refuseNames"), names: fc.subarray([...NAMES, "other"]) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("break", "drop"), room: someRoom }) },
  { weight: 1, arbitrary: fc.record({ do: is("empty"), saying: someSaying }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: is("reseed"),
      artifact: fc.constantFrom(...ARTIFACTS),
      text: fc.constantFrom("hello", "other"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: is("gitFault"),
      kind: fc.constantFrom(...GIT_FAULTS),
      left: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: is("serverFault"),
      kind: fc.constantFrom(...SERVER_FAULTS),
      left: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: is("lie"), room: anyRoom, kind: fc.constantFrom(...LIES) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: is("storeFault"), left: fc.integer({ min: 1, max: 3 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: is("drift"),
      room: anyRoom,
      how: fc.constantFrom(...HOWS),
      name: fc.constantFrom(...STRANGERS, "E1", "A1", "A2", "XA"),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: is("apply"), room: anyRoom, confirm: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("post"),
      draft: fc.record({
        version: fc.integer({ min: 1, max: 3 }),
        entities: fc.subarray([...ENTITIES]),
        artifacts: fc.subarray([...ARTIFACTS]),
      }),
      confirm: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("posts"),
      posts: fc.array(
        fc.record({
          draft: fc.record({
            version: fc.integer({ min: 1, max: 3 }),
            entities: fc.subarray([...ENTITIES]),
            artifacts: fc.subarray([...ARTIFACTS]),
          }),
          confirm: fc.boolean(),
        }),
        { minLength: 2, maxLength: 3 },
      ),
    }),
  },
  { weight: 12, arbitrary: fc.record({ do: is("tick"), times: fc.constantFrom(1, 1, 1, 2, 4) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: is("crash"),
      nth: fc.integer({ min: 1, max: 12 }),
      when: fc.constantFrom("before", "after"),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: "restart" }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("configure"),
      source: fc.constantFrom("specs", "rooms2", "specs", null),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: is("jump"), days: fc.constantFrom(1, -1, 3650) }) },
  { weight: 1, arbitrary: fc.constant({ do: "heal" }) },
);
