import { firstSync } from "./first-sync.ts";
import { forge } from "./forge.ts";
import { gitSync } from "./git-sync.ts";
import { idlePoll } from "./idle-poll.ts";
import { idleRooms } from "./idle-rooms.ts";
import { largeFiles } from "./large-files.ts";
import { manyRooms } from "./many-rooms.ts";
import { manySources } from "./many-sources.ts";
import { memory } from "./memory.ts";
import { months } from "./months.ts";
import { oneOfMany } from "./one-of-many.ts";
import { oneRoom } from "./one-room.ts";
import { restart } from "./restart.ts";
import { start } from "./start.ts";
import type { Bench } from "./support/bench.ts";
import { webhook } from "./webhook.ts";

/** All benchmarks in the order in which they run: `memory` looks at the agent that `first-sync` left running. */
export const BENCHES: readonly Bench[] = [
  start,
  firstSync,
  memory,
  restart,
  idleRooms,
  oneOfMany,
  manyRooms,
  oneRoom,
  webhook,
  forge,
  idlePoll,
  manySources,
  largeFiles,
  gitSync,
  months,
];
