import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { reload } from "../../../agent/cli/reload.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { rejection } from "../../support/rejection.ts";
import { startApi, type RunningApi } from "../../support/running-api.ts";

describe("room-operator reload", () => {
  let api: RunningApi;
  let folder: string;
  let io: RecordedIo;

  beforeEach(async () => {
    api = await startApi();
    folder = mkdtempSync(join(tmpdir(), "room-operator-reload-"));
    io = new RecordedIo(folder);
  });

  afterEach(async () => {
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  it("prints what changed, by key", async () => {
    const changes = [
      { what: "added", key: "Git.Sources[1]", source: "other" },
      { what: "changed", key: "Logging.Level", source: null },
    ] as const;
    api.operator.reloadAnswer = { kind: "reloaded", changes };
    expect(await reload(["--url", api.url], io)).to.equal(0);
    expect(io.out).to.equal(
      "The configuration was reloaded:\n  added Git.Sources[1] (source other)\n  changed Logging.Level\n",
    );
    expect(api.operator.reloads.map(({ cause }) => cause)).to.deep.equal(["request"]);
  });

  const since = "2026-01-01T00:00:00.000Z";
  const keys = (...names: readonly string[]) =>
    names.map((key) => ({ what: "changed", key, source: null }) as const);
  const unchanged = [
    { before: undefined, says: "Nothing changed: what the file has is in force." },
    {
      before: { since, changes: [] },
      says: `Nothing changed: the file is in force since the start at ${since}.`,
    },
    {
      before: { since, changes: keys("Logging.Level", "Git.Proxy") },
      says: `Nothing more to change: the file is in force since ${since} (changed Logging.Level, changed Git.Proxy).`,
    },
  ];
  for (const { before, says } of unchanged)
    it(`prints "${says}"`, async () => {
      const answer = { kind: "reloaded", changes: [] } as const;
      api.operator.reloadAnswer = before === undefined ? answer : { ...answer, before };
      expect(await reload(["--url", api.url], io)).to.equal(0);
      expect(io.out).to.equal(`${says} An edit counts by itself, without this command.\n`);
    });

  it("fails with what was refused and why", async () => {
    const problems = [{ key: "HttpApi.Port", message: "cannot change while the agent runs" }];
    const detail = "HttpApi.Port cannot change while the agent runs: restart the agent";
    const code = "RestartRequired";
    api.operator.reloadAnswer = { kind: "rejected", status: 409, code, detail, problems };
    const error = await rejection(reload(["--url", api.url], io));
    expect(error).to.be.instanceOf(OperatorError);
    expect(error).to.deep.include({ code, message: detail });
  });

  it("takes no other argument", async () => {
    expect(await reload(["specs"], io)).to.equal(2);
    expect(api.operator.reloads).to.deep.equal([]);
  });
});
