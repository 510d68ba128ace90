import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";

const BIN = fileURLToPath(new URL("../../../bin/", import.meta.url));

/** Says how many listen to SIGHUP as soon as `bin/start-built.js` looks for the program. */
const COUNT_LISTENERS = `
import { registerHooks } from "node:module";
registerHooks({
  resolve(specifier, context, next) {
    if (specifier.endsWith("/bundle.js")) {
      process.stdout.write(String(process.listenerCount("SIGHUP")));
      process.exit(0);
    }
    return next(specifier, context);
  },
});`;

describe("a SIGHUP before the agent can take it", () => {
  for (const { command, isIgnored } of [
    { command: "run", isIgnored: true },
    { command: "demo", isIgnored: false },
    { command: "doctor", isIgnored: false },
  ]) {
    it(`${isIgnored ? "does not end" : "ends"} ${command} in the shell`, () => {
      const folder = mkdtempSync(join(tmpdir(), "room-operator-hang-up-"));
      try {
        for (const name of ["bin", "dist"]) mkdirSync(join(folder, name));
        copyFileSync(join(BIN, "room-operator"), join(folder, "bin/room-operator"));
        // A signal that is ignored stays so in the program that the shell becomes.
        writeFileSync(join(folder, "dist/start.sh"), "exec grep SigIgn /proc/self/status\n");
        const { stdout } = spawnSync("sh", [join(folder, "bin/room-operator"), command], {
          encoding: "utf8",
        });
        const mask = BigInt(`0x${/SigIgn:\s*([0-9a-f]+)/.exec(stdout)?.[1]}`);
        expect((mask & 1n) === 1n).to.equal(isIgnored);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it(`${isIgnored ? "does not end" : "ends"} ${command} before its program is looked for`, () => {
      const hooks = `data:text/javascript,${encodeURIComponent(COUNT_LISTENERS)}`;
      const args = ["--import", hooks, join(BIN, "start-built.js"), command];
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      expect(stdout, stderr).to.equal(isIgnored ? "1" : "0");
    });
  }
});
