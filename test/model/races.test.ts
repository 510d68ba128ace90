import { expect } from "chai";
import * as fc from "fast-check";
import { settled } from "../support/fake-clock.ts";
import { carryOut, obeys, type Step } from "./model-steps.ts";
import { GIT_ROOMS, ModelWorld, POSTED_ROOM } from "./model-world.ts";
import type { MortalAgent } from "./mortal-agent.ts";

/** `RACE_RUNS` and `RACE_SEED` make it longer, or another race. */
const RUNS = Number(process.env["RACE_RUNS"] ?? 200);
const SEED = process.env["RACE_SEED"];

type Actor = Step | { readonly do: "interval" } | { readonly do: "stop" };

const someRoom = fc.constantFrom(...GIT_ROOMS);
const anyRoom = fc.constantFrom(...GIT_ROOMS, POSTED_ROOM);
const is = <const T extends string>(name: T) => fc.constant(name);

const someActor: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({
    do: is("commit"),
    room: someRoom,
    add: fc.constantFrom([], ["E4"], ["A2", "E5"]),
    remove: fc.constantFrom(0, 1, 3),
    saying: fc.constantFrom("nothing", "confirmAll", "dryRunAll"),
  }),
  fc.record({ do: is("apply"), room: anyRoom, confirm: fc.boolean() }),
  fc.record({ do: is("apply"), room: someRoom, confirm: fc.boolean() }),
  fc.record({
    do: is("post"),
    draft: fc.constantFrom(
      { version: 1, entities: ["E1"], artifacts: ["A1"] },
      { version: 1, entities: ["E2", "E3"], artifacts: [] },
    ),
    confirm: fc.boolean(),
  }),
  fc.record({ do: is("drop"), room: someRoom }),
  fc.record({ do: is("drift"), room: someRoom, how: is("join"), name: is("X1") }),
  fc.record({ do: is("interval") }),
  fc.record({ do: is("stop") }),
);

/** Lets every actor begin, and every call of the agent go on, when the scheduler says so. */
class Race {
  readonly #world: ModelWorld;
  readonly #agent: MortalAgent;
  readonly #turn: (what: string) => Promise<void>;
  #stopped: Promise<void> | null = null;

  constructor(world: ModelWorld, agent: MortalAgent, scheduler: fc.Scheduler) {
    this.#world = world;
    this.#agent = agent;
    this.#turn = (what) => scheduler.schedule(Promise.resolve(), what).then(() => undefined);
    agent.turn = this.#turn;
    world.server.before = ({ operation, roomId }) => this.#turn(`${operation} ${roomId}`);
    // Batches are written in the order they were handed in.
    let written = Promise.resolve();
    world.store.beforeWrite = () => (written = written.then(() => this.#turn("write")));
  }

  async run(actors: readonly Actor[]): Promise<void> {
    await Promise.all(
      actors.map(async (actor) => {
        await this.#turn(actor.do);
        await this.#act(actor);
      }),
    );
  }

  /** From now on everything happens at once again. */
  async end(): Promise<void> {
    this.#agent.turn = async () => undefined;
    this.#world.server.before = () => undefined;
    this.#world.store.beforeWrite = () => undefined;
    await settled();
  }

  /** Nothing begins once `stop` has resolved. */
  async checkStopped(): Promise<boolean> {
    if (this.#stopped === null) return false;
    await this.#stopped;
    const { deeds } = this.#agent;
    await this.#world.clock.advance(600_000);
    expect(this.#agent.deeds, "writes and calls after the stop").to.equal(deeds);
    return true;
  }

  async #act(actor: Actor): Promise<void> {
    const { clock, watch } = this.#world;
    if (actor.do === "interval") return clock.advance(10_500);
    if (actor.do === "stop") return (this.#stopped ??= this.#agent.stop());
    if (actor.do !== "apply" && actor.do !== "post") return carryOut(actor, this.#world);
    const asked =
      actor.do === "apply"
        ? await this.#world.ask(actor.room, actor.confirm)
        : await this.#world.offer(actor.draft, actor.confirm);
    const answer = await asked.answer;
    if (answer === null) return;
    if (answer.kind === "report" && answer.report.correlationId !== asked.correlationId)
      watch.violations.push(`${asked.correlationId} was answered with another pass`);
    if (answer.kind === "accepted") watch.violations.push(`${asked.correlationId} waits`);
  }
}

describe("whatever happens at the same time", () => {
  it(`goes one pass at a time, loses nothing and ends when it is told to (${RUNS})`, async function () {
    this.timeout(120_000 + RUNS * 1000);
    const actors = fc.array(someActor, { minLength: 2, maxLength: 6, size: "max" });
    let stops = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), actors, async (scheduler, story) => {
        const world = await ModelWorld.start();
        const race = new Race(world, await world.live(), scheduler);
        await scheduler.waitFor(race.run(story));
        await race.end();
        obeys(world);
        if (await race.checkStopped()) {
          stops += 1;
          return;
        }
        // Whatever asked for a pass has got one: no interval has to come to its help. Drift asks for none.
        const isSeen = world.watch.owners.head === world.git.source.head;
        const hasDrift = story.some((actor) => actor.do === "drift");
        const complaints = isSeen && !hasDrift ? world.complaints() : [];
        expect(complaints, complaints.join("\n")).to.deep.equal([]);
        await world.heal(2);
        obeys(world);
      }),
      { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) },
    );
    expect(stops).to.be.greaterThan(RUNS / 20);
  });
});
