import { expect } from "chai";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { Page, PROJECT } from "../support/page.ts";
import { PageShell } from "../support/page-shell.ts";

/** A checkout without its history: what a person has who follows the README. */
function checkout(folder: string): string {
  const root = path.join(folder, "room-operator");
  mkdirSync(root);
  for (const name of ["agent", "bin", "devserver", "node_modules", "package.json"]) {
    symlinkSync(path.join(PROJECT, name), path.join(root, name));
  }
  cpSync(path.join(PROJECT, "specs-example"), path.join(root, "specs-example"), {
    recursive: true,
  });
  return root;
}

describe("the commands of README.md", function () {
  this.timeout(180_000);
  let folder: string;
  let shell: PageShell;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "room-operator-readme-"));
  });

  afterEach(async () => {
    await shell.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("work one after the other, by copy and paste", async () => {
    const root = checkout(folder);
    const [api, roomServer] = [await freePort(), await freePort()];
    const agent = `http://127.0.0.1:${api}`;
    shell = new PageShell(folder, { HttpApi__Port: String(api), ROOM_OPERATOR_URL: agent });
    let demoSaid = "";
    const demoSays = async (text: string) => {
      demoSaid = await shell.served(text);
    };
    const clone = path.join(folder, "my-rooms");
    let repository = "";
    await shell.runPage(Page.read("README.md"), {
      folderOf: (block) => (block.includes("git commit") ? clone : root),
      replaced: {
        // The packages are here, and a test asks no registry.
        "npm ci && ": "",
        "npm run devserver": `npm run devserver -- --port ${roomServer}`,
        "http://localhost:5000": `http://127.0.0.1:${roomServer}`,
        "https://git.example.org/team/rooms.git": "$REPOSITORY",
        "http://127.0.0.1:8080": agent,
      },
      after: {
        "npm run demo": async () => {
          await demoSays("Ctrl-C ends the demo");
          const line = /^ +(git clone (\S+) my-rooms) && cd my-rooms$/m.exec(demoSaid);
          repository = line?.[2] ?? "";
          await shell.run(line?.[1] ?? "false", folder);
          shell.set("REPOSITORY", repository);
        },
        "Open the lab": () => demoSays("lab-01: Converged"),
        "Send the season team home": () => demoSays("8 items would be removed"),
        "Yes, the season is over": () =>
          eventually("the demo says that the room is converged again", async () => {
            demoSaid = await shell.served("help-desk-01: Converged");
            return demoSaid.lastIndexOf("help-desk-01: Converged") > demoSaid.indexOf("8 items");
          }),
        validate: (output) => Promise.resolve(expect(output).to.include("2 files, 0 errors")),
        "npm run devserver": () => shell.served(String(roomServer)),
        "npm start": async () => {
          await shell.served("agent started");
          await eventually(
            "all rooms are ready",
            async () => {
              const answer = await fetch(`${agent}/status`);
              const { rooms } = (await answer.json()) as {
                rooms: { lastOutcome: string | null }[];
              };
              return (
                rooms.length === 3 && rooms.every(({ lastOutcome }) => lastOutcome === "converged")
              );
            },
            60_000,
          );
        },
        "explain help-desk-01": (output) => Promise.resolve(expect(output).to.match(/is at head/)),
      },
    });
  });
});
