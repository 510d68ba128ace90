import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { giteaBootstrap } from "../../../agent/cli/gitea-bootstrap.ts";
import { RecordedIo } from "../../support/command-io.ts";
import type { GiteaSite } from "../../support/forge/gitea-person.ts";

/** The setup by one command, on the stand-in and on a real Gitea alike. */
export function bootstrapFacts(site: () => GiteaSite): void {
  describe("gitea-bootstrap", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "room-operator-bootstrap-"));
      writeFileSync(join(folder, "password"), site().admin.password, { mode: 0o600 });
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("makes everything the first time and finds it the second", async () => {
      const mark = randomBytes(4).toString("hex");
      const run = async () => {
        const io = new RecordedIo(folder);
        const code = await giteaBootstrap(
          [
            `--url=${site().url}`,
            `--admin=${site().admin.login}`,
            "--password-file=password",
            "--handover=handover",
            "--webhook=http://127.0.0.1:9/webhooks/specs",
            `--bot=bot-${mark}`,
            `--organization=rooms-${mark}`,
          ],
          io,
        );
        expect(code, io.err).to.equal(0);
        return io.lines.slice(1);
      };
      const made = await run();
      expect(made.filter((line) => line.includes("found"))).to.deep.equal([]);
      const found = await run();
      expect(found.filter((line) => !line.includes("found"))).to.deep.equal([]);
      expect(found).to.have.length(made.length);
    });
  });
}
