import { expect } from "chai";
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { commands } from "../../../agent/cli/commands.ts";
import { accepted } from "../../support/load-settings.ts";
import { PROJECT } from "../../support/page.ts";

const dockerfile = readFileSync(path.join(PROJECT, "Dockerfile"), "utf8").replaceAll("\\\n", " ");
const context = readFileSync(path.join(PROJECT, ".dockerignore"), "utf8").split("\n");

/** What is copied out of this folder, each name once. */
const copied = [
  ...new Set(
    [...dockerfile.matchAll(/^COPY (?!--from)(.*) \S+$/gm)].flatMap(([, names = ""]) =>
      names.split(" "),
    ),
  ),
];

function line(instruction: string): string {
  const found = new RegExp(`^${instruction} (.*)$`, "m").exec(dockerfile)?.[1];
  if (found === undefined) throw new Error(`the Dockerfile has no ${instruction}`);
  return found;
}

describe("the Dockerfile", () => {
  it("copies everything that the program imports, and nothing that is not there", () => {
    const imported = globSync(["agent/**/*.ts", "devserver/*.ts", "bin/*.js"], { cwd: PROJECT })
      .flatMap((file) => {
        const text = readFileSync(path.join(PROJECT, file), "utf8");
        const targets = text.matchAll(/(?:from |import\(|new URL\()"((?:\.\.?\/)+[a-z][^"]+)"/g);
        const named = text.matchAll(/packageFile\("([^"]+)"\)/g);
        return [
          ...[...targets].map(([, target]) => path.join(path.dirname(file), target ?? "")),
          ...[...named].map(([, target]) => target ?? ""),
        ];
      })
      .map((file) => file.split(path.sep)[0] ?? "");
    expect(imported).to.include.members([
      "agent",
      "devserver",
      "package.json",
      "specs-example",
      "seeds",
    ]);
    expect(copied).to.include.members([...new Set(imported), "bin", "seeds", "package-lock.json"]);
    for (const name of copied) expect(existsSync(path.join(PROJECT, name)), name).to.equal(true);
  });

  it("sends what it copies to the engine, and nothing else", () => {
    const sent = context.filter((entry) => entry.startsWith("!")).map((entry) => entry.slice(1));
    expect(context).to.include("*");
    expect(sent).to.have.members(copied);
  });

  it("starts the agent with variables that are keys", async () => {
    const entry = JSON.parse(line("ENTRYPOINT")) as string[];
    expect(entry).to.deep.equal(["/usr/local/bin/node", "bin/room-operator.js"]);
    expect(Object.keys(commands)).to.include.members(JSON.parse(line("CMD")) as string[]);
    const env = Object.fromEntries(
      line("ENV")
        .split(" ")
        .map((pair) => pair.split("=")),
    );
    const { httpApi, store } = await accepted({}, { ...env, ROOM_AUTH_TOKEN: "t" });
    expect([httpApi.host, store.path]).to.deep.equal(["0.0.0.0", "/data/store"]);
  });

  it("runs as a user without rights, and asks no shell about its health", () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));
    expect(last).to.match(/^USER 65532:65532$/m);
    expect(last).to.not.match(/^RUN /m);
    const [, check = "[]"] = /CMD (\[.*\])/.exec(line("HEALTHCHECK")) ?? [];
    expect(JSON.parse(check)).to.deep.equal(["/usr/local/bin/node", "bin/healthcheck.js"]);
  });

  it("installs what the program imports and nothing that only tests and the build need", () => {
    const [, build = "", image = ""] = dockerfile.split(/^FROM .* AS /m);
    expect(build).to.match(/^dist\n[^]*\bnpm run build$/m);
    expect(image).to.match(/^build\n[^]*npm ci --omit=dev --omit=optional --ignore-scripts/);
    expect(image).to.match(/^RUN find agent devserver -name '\*\.ts' -delete /m);
    expect(image).to.match(/^COPY --from=dist \S+\/dist dist$/m);
  });
});
