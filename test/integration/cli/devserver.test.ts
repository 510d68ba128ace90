import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { devserver } from "../../../agent/cli/devserver.ts";
import { eventually } from "../../support/eventually.ts";
import { rejection } from "../../support/rejection.ts";

/** The streams of a command, kept as text. */
function anIo() {
  const io = {
    out: "",
    err: "",
    controller: new AbortController(),
    stdout: { write: (text: string) => (io.out += text) },
    stderr: { write: (text: string) => (io.err += text) },
    signal: new AbortController().signal,
  };
  io.signal = io.controller.signal;
  return io;
}

describe("room-operator devserver", () => {
  it("prints its address, answers there, and ends with 0 when asked to stop", async () => {
    const io = anIo();
    const running = devserver(["--port", "0", "--latency-ms", "1"], io);
    const url = await eventually("an address", () => /http:\/\/\S+:\d+/.exec(io.out)?.[0]);
    const answer = await fetch(`${url}/room/room-a/state`);
    expect(await answer.json()).to.include({ roomId: "room-a" });
    io.controller.abort();
    expect(await running).to.equal(0);
    expect(await rejection(fetch(`${url}/health`))).to.be.instanceOf(TypeError);
  });

  it("ends with 1 and names the port when another program has it", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const port = String((other.address() as AddressInfo).port);
    const io = anIo();
    expect(await devserver(["--port", port], io)).to.equal(1);
    expect(io.err).to.include(`Port ${port}`);
    await new Promise((resolve) => other.close(resolve));
  });

  for (const args of [
    ["--port", "http"],
    ["--port", "70000"],
    ["--latency-ms", "1.5"],
    ["--latency-ms", ""],
  ]) {
    it(`ends with 2 for ${args.join(" ")} and quotes it`, async () => {
      const io = anIo();
      expect(await devserver(args, io)).to.equal(2);
      expect(io.err).to.include(`${args[0]} "${args[1]}"`);
    });
  }

  it("throws what parseArgs throws for an option it does not have", async () => {
    const error = await rejection(devserver(["--prot", "1"], anIo()));
    expect(error).to.have.property("code", "ERR_PARSE_ARGS_UNKNOWN_OPTION");
  });
});
