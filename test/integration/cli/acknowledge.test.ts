import { expect } from "chai";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acknowledge } from "../../../agent/cli/acknowledge.ts";
import { agentUrl, type AgentAt } from "../../../agent/cli/agent-url.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { RecordedIo } from "../../support/command-io.ts";
import { rejection } from "../../support/rejection.ts";
import { startApi, type RunningApi } from "../../support/running-api.ts";

const ENDED = {
  since: "2026-01-01T00:00:00.000Z",
  reason: "StoreDamaged",
  message: "a row is not JSON",
  file: "/data/store.db.damaged-1",
  released: [],
} as const;

describe("room-operator acknowledge", () => {
  let api: RunningApi;
  let folder: string;
  let io: RecordedIo;

  beforeEach(async () => {
    api = await startApi();
    folder = mkdtempSync(join(tmpdir(), "room-operator-acknowledge-"));
    io = new RecordedIo(folder);
  });

  afterEach(async () => {
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  it("asks the agent that --url names, and tells what has ended", async () => {
    api.operator.acknowledgement = { ended: ENDED, lost: "suspensions are lost: suspend again" };
    expect(await acknowledge(["--url", api.url], io)).to.equal(0);
    expect(io.out).to.include(ENDED.since).and.include(ENDED.message).and.include(ENDED.file);
    expect(io.out).to.include("suspensions are lost: suspend again");
    expect(api.operator.acknowledged.map(({ actor }) => actor)).to.deep.equal(["http 127.0.0.1"]);
  });

  it("is done as well when there is nothing to acknowledge", async () => {
    expect(await acknowledge(["--url", `${api.url}/`], io)).to.equal(0);
    expect(io.out).to.include("nothing to acknowledge");
  });

  it("finds the agent by ROOM_OPERATOR_URL, or by HttpApi of the file that --config names", async () => {
    const env = { ROOM_OPERATOR_URL: api.url };
    expect(await acknowledge([], { ...commandIo(io), env })).to.equal(0);
    const settings = { HttpApi: { Port: Number(new URL(api.url).port) }, Auth: { Token: "${X}" } };
    writeFileSync(join(folder, "agent.json"), JSON.stringify(settings));
    expect(await acknowledge(["--config", "agent.json"], io)).to.equal(0);
    expect(api.operator.acknowledged).to.have.length(2);
  });

  it("finds the agent as run does: by variables before appsettings.json of the current folder", async () => {
    const settings = JSON.stringify({
      HttpApi: { Host: "192.0.2.1", Port: 1 },
      Auth: { Token: "${X}" },
    });
    writeFileSync(join(folder, "appsettings.json"), settings);
    writeFileSync(join(folder, "other.json"), JSON.stringify({ HttpApi: { Port: 2 } }));
    const found = (env: Record<string, string>, at: Partial<AgentAt> = {}) =>
      agentUrl({ ...NOWHERE, ...at }, { ...commandIo(io), env });
    expect(await found({})).to.equal("http://192.0.2.1:1");
    expect(await found({ HttpApi__Port: "9" })).to.equal("http://192.0.2.1:9");
    const env = { ROOM_OPERATOR_URL: "http://a:1" };
    expect(await found(env)).to.equal("http://a:1");
    expect(await found(env, { config: "other.json" })).to.equal("http://127.0.0.1:2");
    expect(await found(env, { config: "other.json", url: "http://b:1" })).to.equal("http://b:1");
  });

  it("says what to do about an appsettings.json of the current folder that cannot be read", async () => {
    writeFileSync(join(folder, "appsettings.json"), "{");
    const error = await rejection(acknowledge([], io));
    expect(error).to.include({ code: "ConfigInvalid" });
    expect(error.message).to.include("appsettings.json").and.include("--url");
    expect(await acknowledge(["--url", api.url], io)).to.equal(0);
  });

  for (const [name, text] of [
    ["missing.json", null],
    ["broken.json", "{"],
  ] as const) {
    it(`says what to do about --config ${name}`, async () => {
      if (text !== null) writeFileSync(join(folder, name), text);
      const error = await rejection(acknowledge(["--config", name], io));
      expect(error).to.include({ code: "ConfigInvalid" });
      expect(error.message).to.include(name).and.include("--url");
    });
  }

  const addresses: readonly { env: Record<string, string>; want: string }[] = [
    { env: {}, want: "http://127.0.0.1:8080" },
    { env: { HttpApi__Port: "9000" }, want: "http://127.0.0.1:9000" },
    { env: { HttpApi__Host: "0.0.0.0" }, want: "http://127.0.0.1:8080" },
    { env: { HttpApi__Host: "::1", HttpApi__Port: "9000" }, want: "http://[::1]:9000" },
    { env: { HttpApi__Port: "0" }, want: "http://127.0.0.1:8080" },
    { env: { ROOM_OPERATOR_URL: "http://a:1", HttpApi__Port: "9" }, want: "http://a:1" },
  ];
  for (const { env, want } of addresses) {
    it(`looks for the agent at ${want} with ${JSON.stringify(env)}`, async () => {
      expect(await agentUrl(NOWHERE, { ...commandIo(io), env })).to.equal(want);
    });
  }

  const refused: readonly { text: string; env?: Record<string, string>; says: string }[] = [
    {
      text: '{"HttpApi":{"Port":"abc"}}',
      says: 'HttpApi.Port is "abc", but must be a whole number from 0 to 65535',
    },
    { text: '{"HttpApi":{"Port":9153,"Hots":"a"}}', says: "HttpApi.Hots is not a known key" },
    {
      text: '{"HttpApi":[1]}',
      says: "HttpApi is a list, but must be an object with the keys Host, Port, PublicUrl",
    },
    {
      text: '{"httpapi":{"port":9153}}',
      says: "httpapi is not a known key; did you mean HttpApi?",
    },
    { text: "[]", says: "must hold one JSON object" },
    {
      text: "{}",
      env: { HttpApi__Port: "many" },
      says: 'HttpApi.Port is "many" (from HttpApi__Port)',
    },
  ];
  for (const { text, env = {}, says } of refused) {
    it(`refuses appsettings.json with ${text} and ${JSON.stringify(env)}`, async () => {
      const file = join(folder, "appsettings.json");
      writeFileSync(file, text);
      const error = await rejection(agentUrl(NOWHERE, { ...commandIo(io), env }));
      expect(error).to.include({ code: "ConfigInvalid" });
      expect(error.message).to.include(`${file} has no usable HttpApi: ${says}`);
      expect(error.message).to.match(/; name .* the agent's address with --url$/);
    });
  }

  it("refuses a wrong variable where appsettings.json is missing", async () => {
    const env = { HttpApi__Port: "many" };
    const error = await rejection(agentUrl(NOWHERE, { ...commandIo(io), env }));
    expect(error.message).to.include("the environment has no usable HttpApi: HttpApi.Port");
  });

  it("needs nothing of a configuration but the address", async () => {
    const HttpApi = { Port: 9153, PublicUrl: "nowhere" };
    const settings = { HttpApi, Logging: { Level: "loud" }, Unknown: 1 };
    writeFileSync(join(folder, "appsettings.json"), JSON.stringify(settings));
    const env = { Logging__Level: "loud", Git__Sources__7__Url: "x", HttpApi__PublicUrl: "no" };
    const found = await agentUrl(NOWHERE, { ...commandIo(io), env });
    expect(found).to.equal("http://127.0.0.1:9153");
  });

  it("says what to do when the agent is not there, or --url is no address", async () => {
    for (const url of ["http://127.0.0.1:1", "agent:8080"]) {
      const error = await rejection(acknowledge(["--url", url], io));
      expect(error).to.be.instanceOf(OperatorError).and.include({ code: "AgentUnreachable" });
      expect(error.message).to.include("--url");
    }
    expect(io.out).to.equal("");
  });

  it("takes no room: one room is let go of by /apply", async () => {
    expect(await acknowledge(["lab-01"], io)).to.equal(2);
    expect(io.err).to.include("takes no room");
    expect(api.operator.acknowledged).to.deep.equal([]);
  });

  it("passes on what the agent says when it cannot do it", async () => {
    api.operator.acknowledge = () =>
      Promise.reject(new OperatorError("StoreUnavailable", "the disk is full: free some space"));
    const error = await rejection(acknowledge(["--url", api.url], io));
    expect(error).to.include({ code: "StoreUnavailable" });
    expect(error.message).to.include("free some space");
  });

  it("does not take the answer of something else for an agent's", async () => {
    const server: Server = createServer((_request, response) => response.end("<html>hello</html>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const error = await rejection(acknowledge(["--url", `http://127.0.0.1:${port}`], io));
      expect(error).to.include({ code: "AgentUnreachable" });
    } finally {
      server.close();
    }
  });
});

/** A command that was given no address. */
const NOWHERE: AgentAt = { url: null, config: null };

function commandIo({ stdout, stderr, cwd, signal }: RecordedIo) {
  return { stdout, stderr, cwd, signal };
}
