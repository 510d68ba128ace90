import { expect } from "chai";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { PROGRAM_IMAGE } from "./compose-world.ts";
import type { ComposeWorld } from "./compose-world.ts";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const MAX_IMAGE_BYTES = 250 * 1000 * 1000;
const HARDENED =
  "--init --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges".split(" ");

const image = z.object({
  Size: z.number(),
  Config: z.object({
    User: z.string(),
    Labels: z.record(z.string(), z.string()),
    Volumes: z.record(z.string(), z.unknown()),
  }),
});

const container = z.object({
  State: z.object({
    ExitCode: z.number(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
});

/** The image by itself. */
export function imageSuite(theWorld: () => ComposeWorld): void {
  describe("the image", () => {
    const docker = (...args: readonly string[]) => theWorld().engine.docker(args);

    it("is smaller than 250 MB, runs as user 65532 and says what it is", async () => {
      const { Size, Config } = image.parse(await theWorld().engine.inspect(PROGRAM_IMAGE));
      console.log(`      image: ${Math.round(Size / 1e6)} MB`);
      expect(Size).to.be.below(MAX_IMAGE_BYTES);
      expect(Config.User).to.equal("65532:65532");
      expect(Object.keys(Config.Volumes)).to.deep.equal(["/data"]);
      expect(Config.Labels["org.opencontainers.image.title"]).to.equal("room-operator");
      expect(Config.Labels["org.opencontainers.image.licenses"]).to.equal("Apache-2.0");
    });

    it("holds nothing that only tests need", async () => {
      const look = ["-e", `process.stdout.write(require("fs").readdirSync("node_modules").join())`];
      const run = ["run", "--rm", "--entrypoint", "/usr/local/bin/node", PROGRAM_IMAGE, ...look];
      const names = (await docker(...run)).stdout.split(",");
      expect(names).to.include("zod");
      for (const name of ["mocha", "chai", "typescript", "oxlint", "fast-check", "esbuild"])
        expect(names).to.not.include(name);
      for (const name of names) expect(name).to.not.match(/^node-linux-/);
    });

    it("starts, is well and stops where there is neither a shell nor a folder that can be written but /data and /tmp", async () => {
      await removeShells(theWorld());
      const sinceMs = performance.now();
      await docker("run", "-d", "--name", "bare", ...HARDENED, "room-operator-test-bare:local");
      await eventually(
        "the agent answers",
        async () => {
          const check = ["/usr/local/bin/node", "bin/healthcheck.js"];
          return docker("exec", "bare", ...check).then(() => true);
        },
        30_000,
      );
      console.log(`      start: ${Math.round(performance.now() - sinceMs)} ms until /livez`);
      await eventually("the engine calls it healthy", async () => {
        const { State } = container.parse(await theWorld().engine.inspect("bare"));
        return State.Health?.Status === "healthy";
      });
      const { stdout } = await docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "bare");
      console.log(`      memory: ${stdout.trim()}`);
      await docker("stop", "-t", "15", "bare");
      const { State } = container.parse(await theWorld().engine.inspect("bare"));
      expect(State.ExitCode).to.equal(0);
      const { stderr, stdout: log } = await docker("logs", "bare");
      expect(`${log}${stderr}`).to.include("agent started");
      await docker("rm", "-v", "bare");
    });
  });
}

/** The image of people who put one without a shell under it. */
async function removeShells({ engine, folder }: ComposeWorld): Promise<void> {
  const context = join(folder, "bare");
  mkdirSync(context);
  const lines = [
    `FROM ${PROGRAM_IMAGE}`,
    "USER 0",
    `RUN ["/usr/bin/rm", "/usr/bin/sh", "/usr/bin/dash", "/usr/bin/bash"]`,
    "USER 65532:65532",
  ];
  writeFileSync(join(context, "Dockerfile"), lines.join("\n"));
  await engine.docker(["build", "-q", "-t", "room-operator-test-bare:local", context]);
}
