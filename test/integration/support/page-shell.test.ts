import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../support/free-port.ts";
import { Page } from "../../support/page.ts";
import { PageShell } from "../../support/page-shell.ts";
import { rejection } from "../../support/rejection.ts";

describe("a shell for the commands of a page", () => {
  let folder: string;
  let shell: PageShell;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "room-operator-shell-"));
    shell = new PageShell(folder);
  });

  afterEach(async () => {
    await shell.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const serves = (block: string, cwd: string) =>
    shell.runPage(new Page(`\`\`\`bash server\n${block}\n\`\`\`\n`), {
      folderOf: () => cwd,
      replaced: {},
      after: { [block]: () => shell.served("started") },
    });

  it("says at once what a server printed that ends too early", async () => {
    const error = await rejection(serves("echo the port is taken; exit 3", folder));
    expect(error).to.have.property("message").that.includes("the port is taken");
  });

  it("says that a folder is missing", async () => {
    const error = await rejection(serves("echo started", path.join(folder, "gone")));
    expect(error).to.have.property("message").that.includes("ENOENT");
  });

  it("finds ports that are given to no connection", async () => {
    expect(await freePort()).to.be.within(20_000, 32_000);
  });
});
