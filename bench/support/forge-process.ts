import { z } from "zod";
import { GiteaStandIn } from "../../test/support/forge/gitea-stand-in.ts";
import type { ForgeMoment } from "./forge-moment.ts";
import { machineMs } from "./machine-ms.ts";
import { serveParent } from "./serve-parent.ts";

/** A stand-in for Gitea that notes when it was asked what, and when its branches moved. */
const admin = z.object({ login: z.string(), password: z.string() });
const moments: ForgeMoment[] = [];
let gitea: GiteaStandIn | null = null;

serveParent(
  {
    start: async (given) => {
      const made = await GiteaStandIn.start({ admin: admin.parse(given) });
      gitea = made;
      made.fault = ({ method, path }) => {
        const authorization = made.requests.at(-1)?.authorization ?? "";
        moments.push({ kind: "asked", atMs: machineMs(), method, path, authorization });
        return undefined;
      };
      const moved = made.pulls.moved.bind(made.pulls);
      made.pulls.moved = (repo, change) => {
        moments.push({ kind: "moved", atMs: machineMs(), ref: change.ref });
        moved(repo, change);
      };
      return { url: made.url };
    },
    take: () => moments.splice(0),
  },
  async () => {
    await gitea?.stop();
    process.exit(0);
  },
);
