import { configurationRefused, observeOnly, stopping, storeFails } from "./agent-causes.ts";
import type { Cause } from "./blocker.ts";
import { laterPass, waitingForPass } from "./queue-causes.ts";
import {
  blockedItems,
  conditions,
  driftLeft,
  dryRun,
  gated,
  headProblem,
  ignoredIntents,
  orphaned,
  overridden,
  quarantined,
  refusals,
  roomServerFails,
  suspicion,
} from "./room-causes.ts";
import {
  announcedMissing,
  lostOwner,
  misdirectedIntents,
  notYetPolled,
  refusedFiles,
  sourceFails,
  sourceWarnings,
} from "./source-causes.ts";

/** All that can stand between a room and its head, most decisive first: each is one small function in one of these files. */
export const CAUSES: readonly Cause[] = [
  stopping,
  storeFails,
  observeOnly,
  gated,
  lostOwner,
  refusedFiles,
  orphaned,
  headProblem,
  quarantined,
  overridden,
  dryRun,
  refusals("refusal"),
  suspicion,
  refusals("hold"),
  conditions,
  configurationRefused,
  sourceFails,
  announcedMissing,
  notYetPolled,
  roomServerFails,
  waitingForPass,
  laterPass,
  blockedItems,
  driftLeft,
  ignoredIntents,
  misdirectedIntents,
  sourceWarnings,
];
