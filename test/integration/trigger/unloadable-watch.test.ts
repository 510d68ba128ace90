import { registerHooks } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { watchFileWithChokidar } from "../../../agent/trigger/chokidar-file-watch.ts";
import { watchWithChokidar } from "../../../agent/trigger/chokidar-watch.ts";
import { eventually } from "../../support/eventually.ts";

/** As a process is refused that may open no more files. */
function refuse(): never {
  throw Object.assign(new Error("EMFILE: too many open files"), { code: "EMFILE" });
}

describe("a watch whose library cannot be loaded", () => {
  let hooks: ReturnType<typeof registerHooks>;

  before(() => {
    hooks = registerHooks({
      resolve: (specifier, context, next) =>
        specifier === "chokidar" ? refuse() : next(specifier, context),
    });
  });

  after(() => hooks.deregister());

  it("has failed, of a folder", async () => {
    const failures: unknown[] = [];
    const watch = watchWithChokidar(tmpdir(), {
      changed: () => undefined,
      ready: () => undefined,
      failed: (error) => failures.push(error),
    });
    await eventually("it has failed", () => failures.length > 0);
    expect(failures[0]).to.have.property("code", "EMFILE");
    await watch.stop();
  });

  it("fails in silence once it is stopped", async () => {
    const failures: unknown[] = [];
    const watch = watchWithChokidar(tmpdir(), {
      changed: () => undefined,
      ready: () => undefined,
      failed: (error) => failures.push(error),
    });
    await watch.stop();
    expect(failures).to.deep.equal([]);
  });

  it("is reported, of a file", async () => {
    const said: string[] = [];
    const watch = watchFileWithChokidar({
      file: join(tmpdir(), "operator.yaml"),
      clock: systemClock,
      wake: () => undefined,
      log: { warn: (_fields: unknown, message?: string) => said.push(String(message)) },
    });
    await eventually("it is reported", () => said.length > 0);
    expect(said).to.deep.equal(["file is not watched"]);
    await watch.stop();
  });
});
