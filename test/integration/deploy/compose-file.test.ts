import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { z } from "zod";
import { commands } from "../../../agent/cli/commands.ts";
import { accepted } from "../../support/load-settings.ts";
import { PROJECT } from "../../support/page.ts";

const service = z.looseObject({
  image: z.string(),
  build: z.string().optional(),
  init: z.literal(true),
  read_only: z.literal(true),
  tmpfs: z.array(z.string()),
  cap_drop: z.tuple([z.literal("ALL")]),
  security_opt: z.tuple([z.literal("no-new-privileges:true")]),
  profiles: z.array(z.string()).optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
});

const composeFile = z.looseObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()),
});

const text = readFileSync(path.join(PROJECT, "docker-compose.yml"), "utf8");
const { services, volumes } = composeFile.parse(parse(text, { merge: true }));
/** As compose reads it where no variable is set. */
const agent = service.parse(services["agent"]);
const withDefaults = Object.entries(agent.environment ?? {}).map(([name, value]) => [
  name,
  value.replace(/\$\{\w+:-([^}]*)\}/, "$1"),
]);
const all = Object.entries(services);

describe("docker-compose.yml", () => {
  it("hardens each service, with a pinned image or one of this folder", () => {
    const names = "gitea-init gitea bootstrap roomserver agent prometheus grafana".split(" ");
    expect(Object.keys(services)).to.have.members(names);
    for (const [name, { image, build }] of all) {
      if (build === undefined)
        expect(image, name).to.match(/^\$\{\w+:-[\w./-]+:v?\d+\.\d+[\w.-]*\}$/);
      else expect(image, name).to.equal("room-operator:local");
    }
  });

  it("opens ports to this machine alone", () => {
    const ports = all.flatMap(([, { ports: opened = [] }]) => opened);
    expect(ports).to.have.length(4);
    for (const port of ports) expect(port).to.match(/^127\.0\.0\.1:/);
  });

  it("needs nothing from the person: no variable without a value, no file that is not here", () => {
    const code = text.replaceAll(/^\s*#.*$/gm, "");
    for (const [variable] of code.matchAll(/\$\{[^}]*\}/g)) expect(variable).to.match(/:-[^}]+\}$/);
    const mounted = all.flatMap(([, { volumes: from = [] }]) =>
      from.map((each) => each.split(":")[0] ?? ""),
    );
    for (const from of mounted) {
      if (from.startsWith("./")) expect(existsSync(path.join(PROJECT, from)), from).to.equal(true);
      else expect(Object.keys(volumes)).to.include(from);
    }
  });

  it("starts Prometheus and Grafana only with --profile observability", () => {
    const optional = all.filter(([, { profiles }]) => profiles !== undefined);
    expect(optional.map(([name]) => name)).to.deep.equal(["prometheus", "grafana"]);
    for (const [, { profiles }] of optional) expect(profiles).to.deep.equal(["observability"]);
  });

  it("calls commands that there are", () => {
    for (const name of ["bootstrap", "roomserver", "agent"]) {
      const [command = ""] = services[name]?.command ?? [];
      expect(Object.keys(commands), name).to.include(command);
    }
  });

  it("starts an agent whose configuration is accepted, for the repository that the bootstrap makes", async () => {
    const file = path.join(PROJECT, "deploy/compose/agent/appsettings.json");
    const settings: unknown = JSON.parse(readFileSync(file, "utf8"));
    const { gitSources } = toSources(
      await accepted(settings, Object.fromEntries(withDefaults) as Record<string, string>),
    );
    expect(gitSources).to.deep.equal(["specs http://gitea:3000/rooms/specs.git"]);
    const args = services["bootstrap"]?.command ?? [];
    expect(args).to.include("--webhook=http://agent:8080/webhooks/specs");
  });

  it("has an init script that a shell can read", () => {
    const file = path.join(PROJECT, "deploy/compose/gitea/gitea-init.sh");
    expect(readFileSync(file, "utf8")).to.match(/^#!\/bin\/sh\n/);
    expect(statSync(file).mode & 0o044).to.equal(0o044);
  });
});

function toSources(config: Awaited<ReturnType<typeof accepted>>) {
  return { gitSources: config.git.sources.map(({ name, url }) => `${name} ${url}`) };
}
