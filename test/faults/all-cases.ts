import type { FaultCase } from "./fault-case.ts";
import { folderCases } from "./folder-cases.ts";
import { forgeCases } from "./forge-cases.ts";
import { forgeKillCases } from "./forge-kill-cases.ts";
import { gitCases } from "./git-cases.ts";
import { gitHistoryCases } from "./git-history-cases.ts";
import { gitHugeCases } from "./git-huge-cases.ts";
import { gitPackCases } from "./git-pack-cases.ts";
import { gitProxyCases } from "./git-proxy-cases.ts";
import { gitSshCases } from "./git-ssh-cases.ts";
import { hostCases } from "./host-cases.ts";
import { killCases } from "./kill-cases.ts";
import { processCases } from "./process-cases.ts";
import { roomCases } from "./room-cases.ts";
import { rotationKillCases } from "./rotation-kill-cases.ts";
import { undoKillCases } from "./undo-kill-cases.ts";
import { storeCases } from "./store-cases.ts";
import { webhookCases } from "./webhook-cases.ts";

/** The whole matrix, in the order of the table. */
export const ALL_CASES: readonly FaultCase[] = [
  ...gitCases,
  ...gitPackCases,
  ...gitHistoryCases,
  ...gitHugeCases,
  ...gitProxyCases,
  ...gitSshCases,
  ...folderCases,
  ...webhookCases,
  ...forgeCases,
  ...forgeKillCases,
  ...roomCases,
  ...killCases,
  ...undoKillCases,
  ...rotationKillCases,
  ...processCases,
  ...hostCases,
  ...storeCases,
];
