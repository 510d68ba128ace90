import { parseArgs } from "node:util";
import { GiteaStandIn } from "./gitea-stand-in.ts";

/*
 * The stand-in for Gitea as a program: `node test/support/forge/gitea-main.ts --port 3000 --host 0.0.0.0 --root-url
 * http://localhost:3000 --admin ops --password …`. Writes a line when it listens, and ends by SIGTERM or SIGINT.
 */

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "3000" },
    host: { type: "string", default: "127.0.0.1" },
    "root-url": { type: "string" },
    root: { type: "string" },
    admin: { type: "string", default: "ops" },
    /** Absent: that of the environment's GITEA_ADMIN_PASSWORD. */
    password: { type: "string" },
  },
});

const gitea = await GiteaStandIn.start({
  port: Number(values.port),
  host: values.host,
  ...(values["root-url"] === undefined ? {} : { rootUrl: values["root-url"] }),
  ...(values.root === undefined ? {} : { root: values.root }),
  admin: {
    login: values.admin,
    password: values.password ?? process.env["GITEA_ADMIN_PASSWORD"] ?? "opspass1234",
  },
});
process.stdout.write(`stand-in for Gitea listens on ${gitea.url}\n`);

const end = () => void gitea.stop().then(() => process.exit(0));
process.once("SIGTERM", end);
process.once("SIGINT", end);
