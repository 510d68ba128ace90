import { expect } from "chai";
import { isFetch } from "../../faults/git-requests.ts";
import type { Told } from "../../support/git-source-bench.ts";
import { SCHEDULED, SharedSources } from "../../support/shared-sources.ts";

const kinds = (told: readonly Told[]) => told.map(({ result }) => result.kind);
const pathsOf = ({ files }: Told) => files.map(({ path }) => path);

describe("git sources of one repository", () => {
  let shared: SharedSources;
  afterEach(() => shared.stop());

  for (const filter of [false, true]) {
    const server = filter ? "knows filters" : "knows no filters";
    it(`cost what one costs, of a server that ${server}`, async () => {
      const names = Array.from({ length: 20 }, (_, index) => `team-${index}`);
      const one = await SharedSources.start(["team-0"], { filter });
      shared = await SharedSources.start(names, { filter });
      try {
        for (const version of [1, 2, 3]) {
          one.push(version, names);
          shared.push(version, names);
          await one.followAll();
          const told = await shared.followAll();
          expect(told.map(pathsOf)).to.deep.equal(names.map((name) => [`${name}/a.room.yaml`]));
          expect(shared.takeRequests(), `version ${version}`).to.deep.equal(one.takeRequests());
        }
      } finally {
        await one.stop();
      }
      expect(shared.threads).to.equal(1);
      expect(shared.folders).to.deep.equal(["team-0"]);
    });
  }

  it("are apart when they sign in differently", async () => {
    shared = await SharedSources.start(["a", "b"]);
    shared.join("c", { accessKey: "another" });
    shared.push(1);
    await shared.followAll();
    expect(shared.takeRequests()).to.deep.equal({ polls: 2, packs: 2 });
    expect(shared.threads).to.equal(2);
    expect(shared.folders).to.deep.equal(["a", "c"]);
  });

  it("answer a poll out of another's only when that is news to them and not too old", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const [a, b] = [shared.bench("a"), shared.bench("b")];
    shared.push(1);
    await shared.followAll();
    shared.takeRequests();
    const second = shared.push(2);
    expect(await a.source.poll(a.signal, SCHEDULED)).to.deep.equal({ kind: "head", head: second });
    expect(await b.source.poll(b.signal, SCHEDULED)).to.deep.equal({ kind: "head", head: second });
    expect(shared.takeRequests().polls, "the second is answered by the first").to.equal(1);
    const third = shared.push(3);
    expect(await b.source.poll(b.signal, SCHEDULED)).to.deep.equal({ kind: "head", head: third });
    expect(shared.takeRequests().polls, "its own last answer is as new").to.equal(1);
    await a.source.poll(a.signal, { maxAgeMs: -1 });
    expect(shared.takeRequests().polls, "too old").to.equal(1);
  });

  it("ask the server at a forced look, whatever another has just found", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const [a, b] = [shared.bench("a"), shared.bench("b")];
    shared.push(1);
    await shared.followAll();
    await a.source.poll(a.signal);
    const second = shared.push(2);
    shared.takeRequests();
    expect(await b.source.poll(b.signal)).to.deep.equal({ kind: "head", head: second });
    expect(await a.source.poll(a.signal, { ...SCHEDULED, fresh: true })).to.deep.include({
      head: second,
    });
    expect(shared.takeRequests().polls).to.equal(2);
  });

  it("tell each other of news, and of nothing else", async () => {
    shared = await SharedSources.start(["a", "b"]);
    const [a, b] = [shared.bench("a"), shared.bench("b")];
    const news: string[] = [];
    a.source.onNews?.(() => news.push("a"));
    b.source.onNews?.(() => news.push("b"));
    shared.push(1);
    await shared.followAll();
    await a.follow();
    expect(news).to.deep.equal([]);
    shared.push(2);
    await a.follow();
    expect(news).to.deep.equal(["b"]);
    await b.follow(SCHEDULED);
    expect(news).to.deep.equal(["b"]);
  });

  it("fail together and ask once when the server fails, and recover together", async () => {
    shared = await SharedSources.start(["a", "b", "c"]);
    shared.push(1);
    await shared.followAll();
    const second = shared.push(2);
    shared.takeRequests();
    shared.first.server.break({ kind: "status", status: 503 });
    for (let round = 1; round <= 3; round += 1) {
      const told = await shared.followAll();
      const [first] = told;
      for (const { result } of told) expect(result).to.deep.equal(first?.result);
      expect(told[0]?.result).to.include({ kind: "failed", reason: "ServerError" });
    }
    expect(shared.first.server.requests).to.have.length(3);
    shared.first.server.heal();
    const told = await shared.followAll();
    expect(told.map(({ result }) => result)).to.have.nested.property("[2].head", second);
  });

  it("fetch once when the server fails with a fetch", async () => {
    shared = await SharedSources.start(["a", "b", "c"]);
    shared.push(1);
    const { server } = shared.first;
    let fetches = 0;
    server.fault = (request) => {
      if (!isFetch(request)) return undefined;
      fetches += 1;
      return { kind: "status", status: 503 };
    };
    for (let round = 1; round <= 3; round += 1) {
      expect(kinds(await shared.followAll())).to.deep.equal(["failed", "failed", "failed"]);
      expect(shared.takeRequests().polls).to.equal(1);
      expect(fetches).to.equal(round);
    }
    server.heal();
    await shared.first.follow();
    const { result } = await shared.bench("c").follow();
    expect(result, "a forced look").to.have.property("kind", "ready");
  });
});
