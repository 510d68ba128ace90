import { expect } from "chai";
import { AgentWorld } from "../../support/agent-world.ts";
import { checkWorld } from "../../support/check-world.ts";
import { RoomStory } from "../../support/room-story.ts";
import type { SpecYamlGiven } from "../../support/spec-yaml.ts";

export interface StorySettings {
  /** Ids of its rooms begin with this. */
  readonly rooms: string;
  /** Beside a reconcile interval of 60 s, so that nothing but what a test does makes a pass. */
  readonly env?: Readonly<Record<string, string>>;
  /** The first commit. Default: a file that is no spec. */
  readonly files?: Readonly<Record<string, string>>;
  /** True: its tests set the agent's clock, so times on record cannot be held against each other. */
  readonly setsClock?: boolean;
}

/** What the tests of a story share. */
export interface Story {
  /** One agent, running. */
  readonly world: AgentWorld;
  /** A room of its own, not committed yet. */
  fresh(): RoomStory;
  /** One that is verified: its first pass made so many writes. */
  room(spec: SpecYamlGiven, writes: number): Promise<RoomStory>;
}

/** A suite over one agent; at its end all that holds for every world is checked. Tests keep to rooms of their own. */
export function story(name: string, settings: StorySettings, body: (the: Story) => void): void {
  describe(name, () => {
    let world: AgentWorld | undefined;
    let made = 0;
    const the: Story = {
      get world() {
        if (world === undefined)
          throw new Error("the world of a story is there in its tests alone");
        return world;
      },
      fresh() {
        made += 1;
        return new RoomStory(the.world, `${settings.rooms}-${made}`);
      },
      async room(spec, writes) {
        const room = the.fresh();
        await room.push(spec);
        expect(await room.newWrites()).to.have.length(writes);
        return room;
      },
    };

    before(async () => {
      world = await AgentWorld.create({
        Operator__Reconciliation__IntervalSeconds: "60",
        ...settings.env,
      });
      world.commit(settings.files ?? { "README.md": "rooms" });
      await world.start();
    });

    after(async () => {
      if (world === undefined) return;
      try {
        if (settings.setsClock !== true) await checkWorld(world);
      } finally {
        await world.remove();
      }
    });

    body(the);
  });
}
