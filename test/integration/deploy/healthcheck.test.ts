import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { PROJECT } from "../../support/page.ts";

const SCRIPT = join(PROJECT, "bin/healthcheck.js");

describe("bin/healthcheck.js", () => {
  let server: Server;
  let port: number;
  let answer: RequestListener;

  beforeEach(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  async function check(...args: string[]): Promise<{ code: number | null; said: string }> {
    const env = { ...process.env, HttpApi__Port: String(port) };
    const child = spawn(process.execPath, [SCRIPT, ...args], { env });
    const [said, code] = await Promise.all([
      text(child.stderr),
      new Promise<number | null>((resolve) => child.once("close", resolve)),
    ]);
    return { code, said };
  }

  it("asks /livez at the port of the agent", async () => {
    let asked: string | undefined;
    answer = ({ url }, response) => {
      asked = url;
      response.end("{}");
    };
    expect(await check()).to.deep.equal({ code: 0, said: "" });
    expect(asked).to.equal("/livez");
  });

  it("asks a path or an address that it is given", async () => {
    answer = ({ url }, response) => response.writeHead(url === "/readyz" ? 200 : 404).end();
    expect((await check("/readyz")).code).to.equal(0);
    expect((await check(`http://127.0.0.1:${port}/readyz`)).code).to.equal(0);
  });

  it("fails for any other answer, and says which", async () => {
    for (const status of [503, 301, 404]) {
      answer = (_request, response) => response.writeHead(status, { location: "/livez" }).end();
      const { code, said } = await check();
      expect(code).to.equal(1);
      expect(said).to.include(`answered ${status}`);
    }
  });

  it("fails when nothing answers, or never", async function () {
    this.timeout(20_000);
    expect(await check("http://127.0.0.1:9/livez")).to.deep.include({ code: 1 });
    answer = () => undefined;
    const { code, said } = await check();
    expect(code).to.equal(1);
    expect(said).to.include("cannot be asked");
  });
});
