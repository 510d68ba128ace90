import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { commands } from "../../../agent/cli/commands.ts";
import { accepted, warned } from "../../support/load-settings.ts";
import { Page, PROJECT } from "../../support/page.ts";

const page = Page.read("docs/install.md");
const container = page.block("dockerfile");

describe("docs/install.md", () => {
  it("copies everything into the container that the program imports", () => {
    const copied = new Set(
      container.split("\n").flatMap((line) => /^COPY (.*) \S+$/.exec(line)?.[1]?.split(" ") ?? []),
    );
    const imported = globSync(["agent/**/*.ts", "devserver/*.ts", "bin/*.js"], { cwd: PROJECT })
      .flatMap((file) => {
        const text = readFileSync(path.join(PROJECT, file), "utf8");
        const targets = text.matchAll(/(?:from |import\(|new URL\()"((?:\.\.?\/)+[a-z][^"]+)"/g);
        return [...targets].map(([, target]) => path.join(path.dirname(file), target ?? ""));
      })
      .map((file) => file.split(path.sep)[0] ?? "");
    expect(imported).to.include.members(["agent", "devserver", "package.json"]);
    expect([...copied]).to.include.members([...new Set(imported), "bin", "package-lock.json"]);
    for (const name of copied) expect(existsSync(path.join(PROJECT, name)), name).to.equal(true);
  });

  it("starts the agent in the container, with variables that are keys", async () => {
    const [, entry = "[]"] = /^ENTRYPOINT (.*)$/m.exec(container) ?? [];
    const [, command = "[]"] = /^CMD (.*)$/m.exec(container) ?? [];
    expect(JSON.parse(entry)).to.deep.equal(["node", "bin/room-operator.js"]);
    expect(Object.keys(commands)).to.include.members(JSON.parse(command) as string[]);
    const [, variables = ""] = /^ENV (.*)$/m.exec(container) ?? [];
    const env = Object.fromEntries(variables.split(" ").map((pair) => pair.split("=")));
    const { httpApi, store } = await accepted({}, { ...env, ROOM_AUTH_TOKEN: "t" });
    expect([httpApi.host, store.path]).to.deep.equal(["0.0.0.0", "/data/store"]);
  });

  it("has a systemd unit that systemd reads without a complaint", function () {
    this.timeout(30_000);
    if (spawnSync("systemd-analyze", ["--version"]).status !== 0) this.skip();
    const folder = mkdtempSync(path.join(tmpdir(), "room-operator-install-"));
    try {
      const unit = path.join(folder, "room-operator.service");
      writeFileSync(unit, page.block("ini"));
      const { stderr } = spawnSync("systemd-analyze", ["verify", unit], { encoding: "utf8" });
      expect(stderr).to.not.match(/room-operator\.service:\d+:/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("shows a configuration that loads without a warning but that of the missing token", async () => {
    const [, json = ""] = /<<'JSON'\n([^]*?)^JSON$/m.exec(page.text) ?? [];
    expect(await warned(JSON.parse(json), { ROOM_AUTH_TOKEN: "t" })).to.deep.equal([]);
  });
});

describe("docs/pull-requests.md", () => {
  it("shows a threshold that loads without a warning", async () => {
    const json: unknown = JSON.parse(Page.read("docs/pull-requests.md").block("json"));
    const { operator } = await accepted(json, { ROOM_AUTH_TOKEN: "t" });
    expect(operator.reconciliation.guardrails.changeThreshold).to.equal(0);
  });
});
