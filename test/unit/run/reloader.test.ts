import { expect } from "chai";
import type { Config } from "../../../agent/config/config.ts";
import type { ConfigReading } from "../../../agent/config/read-configuration.ts";
import { LiveConfig } from "../../../agent/run/live-config.ts";
import { LiveState } from "../../../agent/run/live-state.ts";
import { Reloader } from "../../../agent/run/reloader.ts";
import { toEdges, type AgentOptions } from "../../../agent/run/edges.ts";
import { createLogger } from "../../../agent/telemetry/logger.ts";
import { createMetrics } from "../../../agent/telemetry/metrics.ts";
import { createRedactor } from "../../../agent/telemetry/redactor.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { loadSettings } from "../../support/load-settings.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const REQUEST = { cause: "request", actor: "ada", correlationId: "c-1" } as const;
const text = (...names: readonly string[]) =>
  JSON.stringify({
    Git: { Sources: names.map((Name) => ({ Name, Url: `https://git.test/${Name}` })) },
  });

describe("Reloader", () => {
  let clock: FakeClock;
  let store: MemoryStore;
  let state: LiveState;
  let live: LiveConfig;
  let reloader: Reloader;
  /** What the file holds, what was put in force, and what comes in between. */
  let file: string;
  let logged: string[];
  let carried: string[];
  let duringCarry: () => Promise<void>;
  let wake: () => void;
  let reads: number;

  const read = async (): Promise<ConfigReading> => {
    reads += 1;
    return { digest: file, loaded: await loadSettings(file) };
  };
  const namesOf = ({ git }: Config) => git.sources.map(({ name }) => name).join();
  const actions = async () => (await store.readAudit({ count: 100 })).map(({ action }) => action);

  beforeEach(async () => {
    clock = new FakeClock();
    store = new MemoryStore(() => clock.nowMs());
    state = new LiveState(clock);
    file = text("a");
    carried = [];
    logged = [];
    duringCarry = async () => undefined;
    reads = 0;
    const loaded = await loadSettings(file);
    if (!loaded.ok) throw new Error("refused");
    const { config, settings } = loaded;
    live = new LiveConfig(config);
    const metrics = createMetrics({ version: "1", sources: [], guardrails: [], process: false });
    metrics.close();
    const logger = createLogger({
      level: "info",
      name: "test",
      clock,
      redactor: createRedactor(),
      output: { write: (text) => void logged.push(text) },
    });
    const options: AgentOptions = {
      logger,
      metrics,
      clock,
      configuration: { file: "/c.json", digest: file, settings, read, inForce: () => undefined },
      implementations: {
        watchFile: (watched) => {
          ({ wake } = watched);
          return { stop: async () => undefined };
        },
      },
    };
    const reconfiguration = {
      carryOut: async (next: Config) => {
        carried.push(namesOf(next));
        await duringCarry();
        live.replace(next);
      },
    };
    const edges = toEdges(options, "1");
    reloader = new Reloader({ live, edges, memory: { store, state }, reconfiguration });
  });

  afterEach(() => reloader.stop());

  it("keeps sources that did not change as the very same objects", async () => {
    const [before] = live.now.git.sources;
    const { operator } = live.now;
    file = text("b", "a");
    expect((await reloader.reload(REQUEST)).kind).to.equal("reloaded");
    expect(live.now.git.sources[1]).to.equal(before);
    expect(live.now.operator).to.equal(operator);
    expect(await actions()).to.deep.equal(["config.reloaded.intended", "config.reloaded"]);
  });

  it("says to whoever asks that nothing changed, and not at each look of the watch", async () => {
    const unchanged = () => logged.filter((line) => line.includes("configuration unchanged"));
    expect(await reloader.reload({ ...REQUEST, cause: "watch" })).to.deep.include({ changes: [] });
    expect(unchanged()).to.deep.equal([]);
    await reloader.reload({ ...REQUEST, cause: "signal" });
    expect(unchanged()).to.have.length(1);
    expect(await actions()).to.deep.equal([]);
  });

  it("answers since when the file is in force, and what changed then, where the watch was faster", async () => {
    const started = state.configuration.loadedAt;
    const atStart = await reloader.reload(REQUEST);
    expect(atStart).to.deep.include({ changes: [], before: { since: started, changes: [] } });
    file = text("b", "a");
    const seen = await reloader.reload({ ...REQUEST, cause: "watch" });
    const changes = seen.kind === "reloaded" ? seen.changes : [];
    expect(changes.map(({ key }) => key)).to.include("Git.Sources[0]");
    expect(seen).to.not.have.property("before");
    const since = state.configuration.loadedAt;
    expect(await reloader.reload(REQUEST)).to.deep.equal({
      kind: "reloaded",
      changes: [],
      before: { since, changes },
    });
  });

  it("changes nothing where the store cannot be written to", async () => {
    file = text("b");
    store.failWrites(1, 2);
    const answer = await reloader.reload(REQUEST);
    expect(answer).to.deep.include({ kind: "rejected", status: 503, code: "ReloadFailed" });
    expect(carried).to.deep.equal([]);
    expect(state.configuration.failure?.reason).to.equal("ReloadFailed");
    expect((await reloader.reload(REQUEST)).kind).to.equal("reloaded");
    expect(state.configuration.failure).to.equal(null);
  });

  it("puts the configuration before in force again where the new one fails half-way", async () => {
    file = text("b");
    duringCarry = async () => {
      if (carried.length === 1) throw new Error("disk full");
    };
    const answer = await reloader.reload(REQUEST);
    expect(answer).to.deep.include({ kind: "rejected", code: "ReloadFailed" });
    expect(carried).to.deep.equal(["b", "a"]);
    expect(state.configuration.failure?.message).to.contain("disk full");
    expect((await reloader.reload(REQUEST)).kind).to.equal("reloaded");
    expect(carried).to.deep.equal(["b", "a", "b"]);
  });

  it("tries again to go back, before any other reload", async () => {
    file = text("b");
    duringCarry = async () => {
      if (carried.length < 4) throw new Error("disk full");
    };
    await reloader.reload(REQUEST);
    const next = reloader.reload(REQUEST);
    await clock.advance(10_000);
    await next;
    expect(carried).to.deep.equal(["b", "a", "a", "a", "b"]);
  });

  it("lets a half-written file be completed before it is refused", async () => {
    reloader.start();
    await clock.advance(300);
    file = text("b").slice(0, 9);
    wake();
    await clock.advance(500);
    expect(state.configuration.failure).to.equal(null);
    file = text("b");
    await clock.advance(1000);
    expect(namesOf(live.now)).to.equal("b");
    file = "{";
    wake();
    await clock.advance(1500);
    expect(state.configuration.failure?.reason).to.equal("ConfigInvalid");
    expect(await actions()).to.deep.equal([
      "config.reloaded.intended",
      "config.reloaded",
      "config.refused",
    ]);
  });

  it("finds what changed before it began to watch", async () => {
    reloader.start();
    file = text("b");
    await clock.advance(299);
    expect(reads).to.equal(0);
    await clock.advance(1);
    expect(namesOf(live.now)).to.equal("b");
  });

  it("watches nothing once it is stopped", async () => {
    wake = () => expect.fail("not watched");
    const none = wake;
    reloader.start();
    await reloader.stop();
    await clock.advance(1000);
    expect([wake, reads]).to.deep.equal([none, 0]);
  });

  it("finds by itself what the watch missed, and reports a refusal once", async () => {
    reloader.start();
    await clock.advance(0);
    file = "{";
    await clock.advance(300_000);
    expect(await actions()).to.deep.equal(["config.refused"]);
    file = text("c");
    await clock.advance(60_000);
    expect(namesOf(live.now)).to.equal("c");
  });

  it("is one reload where many are asked for while one waits", async () => {
    file = text("b");
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    duringCarry = () => held;
    const first = reloader.reload(REQUEST);
    await clock.advance(0);
    const others = Array.from({ length: 50 }, () => reloader.reload(REQUEST));
    for (let times = 0; times < 50; times += 1) reloader.signalled();
    release();
    await Promise.all([first, ...others]);
    expect(reads).to.equal(2);
    expect(carried).to.deep.equal(["b"]);
  });

  it("answers that the agent stops, once it does", async () => {
    file = text("b");
    await reloader.stop();
    expect(await reloader.reload(REQUEST)).to.deep.include({ code: "ShuttingDown", status: 503 });
    expect(carried).to.deep.equal([]);
  });
});
