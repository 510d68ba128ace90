import { missingForContainers } from "./engine.ts";
import { CannotRun, ComposeWorld } from "./compose-world.ts";
import { imageSuite } from "./image-suite.ts";
import { storySuite } from "./story-suite.ts";

/*
 * Real containers, of an engine that this test starts and ends. `npm run test:containers`; not part of `npm test`, because it
 * needs root, Debian's docker.io, docker-compose and debootstrap, and the package registries.
 */

describe("containers", function () {
  this.timeout(600_000);
  let world: ComposeWorld | undefined;

  before(async function () {
    const missing = missingForContainers();
    const lacks = missing.length === 0 ? null : `this machine lacks ${missing.join("; ")}`;
    const why = lacks ?? (await start());
    if (why === null) return;
    console.error(`\nCONTAINERS WERE NOT TESTED: ${why}\n`);
    this.skip();
  });

  /** Null, or why this machine cannot run containers. */
  async function start(): Promise<string | null> {
    try {
      world = await ComposeWorld.create();
      return null;
    } catch (error) {
      if (error instanceof CannotRun) return error.message;
      throw error;
    }
  }

  after(() => world?.remove());

  const theWorld = (): ComposeWorld => {
    if (world === undefined) throw new Error("no engine was started");
    return world;
  };

  imageSuite(theWorld);
  storySuite(theWorld);
});
