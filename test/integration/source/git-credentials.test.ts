import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { GitCredentials } from "../../../agent/source/git/wire/git-credentials.ts";
import { GitSourceBench, specText } from "../../support/git-source-bench.ts";

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

describe("git source: credentials", () => {
  let bench: GitSourceBench;
  let credentials: GitCredentials | Error;
  beforeEach(async () => {
    credentials = { kind: "basic", username: "ada", password: "pa:s3cret" };
    bench = await GitSourceBench.start({
      credentials: async () => {
        if (credentials instanceof Error) throw credentials;
        return credentials;
      },
    });
    bench.repository.commit({ "a.room.yaml": specText("room-a") });
    bench.server.authorization = basic("ada:pa:s3cret");
  });
  afterEach(() => bench.stop());

  const everyFile = (folder: string): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
      .join("\n");

  it("sends name and password as they are with each request, and keeps it off the disk", async () => {
    expect((await bench.follow()).result.kind).to.equal("ready");
    expect(
      bench.server.requests.every(({ authorization }) => authorization !== undefined),
    ).to.equal(true);
    expect(everyFile(bench.folder)).to.not.contain("s3cret");
  });

  it("takes a new password at once, and asks once with a wrong one", async () => {
    credentials = { kind: "basic", username: "ada", password: "old" };
    const refused = await bench.source.poll(bench.signal);
    expect(refused).to.include({ kind: "failed", reason: "AuthenticationFailed" });
    expect(JSON.stringify(refused)).to.not.match(/old|YWRhOm9sZA/);
    expect(bench.server.requests).to.have.length(1);
    credentials = { kind: "basic", username: "ada", password: "pa:s3cret" };
    expect((await bench.follow()).result.kind).to.equal("ready");
  });

  it("is AuthenticationFailed when they cannot be read, and sends nothing", async () => {
    credentials = new Error("no such file: /run/token");
    for (const told of [
      await bench.source.poll(bench.signal),
      (await bench.sync("1".repeat(40))).result,
    ]) {
      expect(told).to.include({ kind: "failed", reason: "AuthenticationFailed" });
      expect(told).to.have.property("message").that.contains("/run/token");
    }
    expect(bench.server.requests).to.deep.equal([]);
  });
});
