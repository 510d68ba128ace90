import { expect } from "chai";
import { accept } from "../../../agent/cli/accept.ts";

async function run(...args: string[]) {
  const said = { out: "", err: "" };
  const code = await accept(args, {
    stdout: { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
    signal: AbortSignal.abort(new Error("the agent is asked")),
    env: {},
    cwd: "/nowhere",
  });
  return { code, ...said };
}

describe("accept", () => {
  for (const head of ["46ef2ca912fc", "main", "g".repeat(40), ""]) {
    it(`ends with 2 and asks no agent for the head ${JSON.stringify(head)}`, async () => {
      expect(await run("specs", "--head", head, "--url", "http://127.0.0.1:9")).to.deep.equal({
        code: 2,
        out: "",
        err: `--head ${JSON.stringify(head)} is not a commit id: write all 40 hex digits that lastError of the source shows in GET /status\n`,
      });
    });
  }

  it("ends with 2 without a head", async () => {
    const { code, err } = await run("specs");
    expect(code).to.equal(2);
    expect(err).to.match(/^Missing option --head\. Usage: room-operator accept /);
  });
});
