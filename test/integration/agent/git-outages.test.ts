import { join } from "node:path";
import { expect } from "chai";
import type { AuditRecord } from "../../../agent/status/audit-record.ts";
import { AgentWorld } from "../../support/agent-world.ts";
import { CANARIES, canarySettings, checkWorld } from "../../support/check-world.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer, type GitFault } from "../../support/git-server.ts";
import { entityIds, specYaml } from "../../support/spec-yaml.ts";

interface Outage {
  readonly name: string;
  readonly fault: GitServer["fault"];
  readonly reasons: readonly string[];
}

const status = (code: number, more: Omit<GitFault & { kind: "status" }, "kind" | "status"> = {}) =>
  always({ kind: "status", status: code, ...more });

function always(fault: GitFault): GitServer["fault"] {
  return () => fault;
}

function textOf({ message }: AuditRecord["metadata"]): string {
  return typeof message === "string" ? message : "";
}

/** Spoils the answers that carry a pack; polls, whose answers are short, get through. */
function spoiledPack(edit: (body: Buffer) => Buffer): GitServer["fault"] {
  return always({ kind: "edit", edit: (body) => (body.length > 2000 ? edit(body) : body) });
}

const HTML = { headers: { "content-type": "text/html" }, body: "<html>Sign in</html>" };

/** The slowest first. */
const OUTAGES: readonly Outage[] = [
  { name: "hang", fault: always({ kind: "hang" }), reasons: ["Timeout"] },
  { name: "401", fault: status(401), reasons: ["AuthenticationFailed"] },
  {
    name: "429",
    fault: status(429, { headers: { "retry-after": "1" } }),
    reasons: ["RateLimited"],
  },
  { name: "500", fault: status(500, HTML), reasons: ["ServerError"] },
  {
    name: "redirect",
    fault: status(302, { headers: { location: "http://127.0.0.1:1/" } }),
    reasons: ["RedirectRefused"],
  },
  {
    name: "echo",
    fault: ({ headers }) => ({
      kind: "body",
      body: packet(`ERR no entry for ${headers.authorization ?? ""} ${CANARIES.git}\n`),
    }),
    reasons: ["ProtocolError"],
  },
  {
    name: "rotten-pack",
    fault: spoiledPack((body) => {
      const rotten = Buffer.from(body);
      const at = body.indexOf("PACK") + 30;
      rotten[at] = (rotten[at] ?? 0) ^ 0xff;
      return rotten;
    }),
    reasons: ["CorruptPack"],
  },
];

function packet(text: string): string {
  return `${(text.length + 4).toString(16).padStart(4, "0")}${text}0000`;
}

/** Bytes that do not compress, so that a pack with them is long. */
function noise(seed: string): string {
  let text = seed;
  while (text.length < 6000) text += Math.sin(text.length).toString(36).slice(2);
  return text;
}

/** What was seen of one outage, during it and afterwards. */
interface Seen {
  readonly reason: string;
  readonly entitiesDuring: readonly string[];
  readonly entitiesAfter: readonly string[];
  readonly writes: readonly string[];
  readonly auditDuring: readonly AuditRecord[];
  readonly auditAfter: readonly AuditRecord[];
  /** When the broken server was asked, ms. */
  readonly knocks: readonly number[];
}

/** A source with one room and a server of its own, on which outages follow each other. */
class Lane {
  readonly name: string;
  readonly room: string;
  readonly repository: GitRepository;
  readonly server: GitServer;
  readonly #world: AgentWorld;
  #version = 0;

  private constructor(world: AgentWorld, name: string, server: GitServer, repo: GitRepository) {
    this.#world = world;
    this.name = name;
    this.room = `room-${name}`;
    this.repository = repo;
    this.server = server;
  }

  static async create(world: AgentWorld, name: string): Promise<Lane> {
    const repository = GitRepository.create({ root: join(world.folder, name), name: "specs.git" });
    const server = await GitServer.start(repository.root);
    const lane = new Lane(world, name, server, repository);
    lane.#commit(entityIds(4));
    return lane;
  }

  settings(at: number): Record<string, string> {
    return {
      [`Git__Sources__${at}__Name`]: this.name,
      [`Git__Sources__${at}__Url`]: this.server.url(),
      [`Git__Sources__${at}__IntervalSeconds`]: "0.2",
      [`Git__Sources__${at}__PollTimeoutSeconds`]: "10",
    };
  }

  /** Waits until the room is verified at the head. */
  async follow(): Promise<void> {
    const wanted = `main@sha1:${this.repository.head()}`;
    await eventually(
      `${this.room} is verified at ${wanted}`,
      async () => (await this.#world.room(this.room)).verifiedRevision === wanted,
      20_000,
    );
  }

  /** While the server is at fault, a commit takes E-04 out and somebody else kicks E-01. At the end E-04 is back. */
  async suffer({ name, fault }: Outage): Promise<Seen> {
    const world = this.#world;
    const { room } = this;
    const seen = { writes: (await world.writes(room)).length, audit: (await this.#audit()).length };
    const knocks: number[] = [];
    this.server.fault = (request) => {
      knocks.push(performance.now());
      return fault(request);
    };
    this.#commit(entityIds(3));
    const error = await eventually(`${name} is noticed`, () => this.#lastError(), 20_000);
    const before = knocks.length;
    await world.kickByHand(room, "E-01");
    await eventually(`${room} is mended`, async () =>
      (await world.contents(room)).entities.includes("E-01"),
    );
    await eventually("it is asked again", () => knocks.length > before, 20_000);
    const entitiesDuring = (await world.contents(room)).entities;
    const auditDuring = (await this.#audit()).slice(seen.audit);
    this.server.heal();
    await this.follow();
    await eventually("no error is left", async () => (await this.#lastError()) === undefined);
    const entitiesAfter = (await world.contents(room)).entities;
    const auditAfter = (await this.#audit()).slice(seen.audit);
    const writes = (await world.writes(room)).slice(seen.writes);
    this.#commit(entityIds(4));
    await this.follow();
    return {
      reason: error.reason,
      entitiesDuring,
      entitiesAfter,
      writes,
      auditDuring,
      auditAfter,
      knocks,
    };
  }

  #commit(entities: readonly string[]): void {
    this.#version += 1;
    const version = this.#version;
    const text = specYaml({ roomId: this.room, version, entities, artifacts: ["noise"] });
    const seed = noise(`${this.room} ${version}`);
    this.repository.commit({ "a.room.yaml": text, "seeds/noise.md": seed });
  }

  async #lastError() {
    const { sources } = await this.#world.status();
    return sources.find(({ name }) => name === this.name)?.lastError ?? undefined;
  }

  /** When the source began to fail and when it was well again. */
  async #audit(): Promise<readonly AuditRecord[]> {
    return (await this.#world.audit()).filter(
      ({ action, metadata }) =>
        metadata["source"] === this.name && ["source.failed", "source.recovered"].includes(action),
    );
  }
}

/** Each has a thread of its own, which costs more than an outage. */
const LANES = 2;

describe("a git server at fault", function () {
  this.timeout(90_000);
  let world: AgentWorld;
  let lanes: readonly Lane[];
  const seen = new Map<string, Seen>();

  before(async () => {
    world = await AgentWorld.create({
      ...canarySettings(LANES + 1),
      Operator__Reconciliation__ParallelRooms: "8",
      Operator__Reconciliation__IntervalSeconds: "0.5",
    });
    const names = Array.from({ length: LANES }, (_unused, at) => `lane-${at}`);
    lanes = await Promise.all(names.map((name) => Lane.create(world, name)));
    world.commit({ "a.room.yaml": specYaml({ roomId: "room-healthy", entities: ["E-01"] }) });
    const settings = lanes.map((lane, index) => lane.settings(index + 1));
    await world.start(Object.assign({}, ...settings) as Record<string, string>);
    const left = [...OUTAGES];
    await Promise.all([...lanes.map((lane) => sufferAll(lane, left)), stayHealthy()]);
  });

  after(async () => {
    await world.remove();
    await Promise.all(lanes.map(({ server }) => server.stop()));
  });

  async function sufferAll(lane: Lane, left: Outage[]): Promise<void> {
    await lane.follow();
    for (let outage = left.shift(); outage !== undefined; outage = left.shift()) {
      seen.set(outage.name, await lane.suffer(outage));
    }
  }

  async function stayHealthy(): Promise<void> {
    await world.verified("room-healthy");
    const text = specYaml({ roomId: "room-healthy", version: 2, entities: ["E-01", "E-02"] });
    world.commit({ "a.room.yaml": text });
    await world.verified("room-healthy");
  }

  const seenOf = (name: string): Seen => {
    const found = seen.get(name);
    if (found === undefined) throw new Error(`nothing was seen of ${name}`);
    return found;
  };

  for (const { name, reasons } of OUTAGES) {
    it(`(${name}) removes nothing, goes on enforcing what it had, and follows once it is well`, () => {
      const { reason, entitiesDuring, entitiesAfter, writes } = seenOf(name);
      expect(reasons).to.include(reason);
      expect(entitiesDuring).to.deep.equal(entityIds(4));
      expect(entitiesAfter).to.deep.equal(entityIds(3));
      expect(writes).to.deep.equal(["kick E-01", "join E-01", "kick E-04", "seed noise"]);
    });

    it(`(${name}) is in the audit when it begins and when it ends, once each`, () => {
      const { auditDuring, auditAfter } = seenOf(name);
      expect(auditDuring.map(({ action }) => action)).to.deep.equal(["source.failed"]);
      expect(auditDuring[0]?.metadata["reason"]).to.be.oneOf([...reasons]);
      // A refusal that lasts is told once more, when its advice changes; never twice in the same words.
      const told = auditAfter.map(({ action, metadata }) => `${action} ${textOf(metadata)}`);
      expect(new Set(told).size).to.equal(told.length);
      expect(new Set(auditAfter.slice(0, -1).map(({ action }) => action))).to.deep.equal(
        new Set(["source.failed"]),
      );
      expect(auditAfter.at(-1)?.action).to.equal("source.recovered");
    });
  }

  it("is left alone for as long as its Retry-After says", () => {
    const { knocks } = seenOf("429");
    const gaps = knocks.slice(1).map((at, index) => at - Number(knocks[index]));
    expect(gaps).to.not.be.empty;
    for (const gap of gaps) expect(gap).to.be.at.least(990);
  });

  it("is asked with its own credentials, which nobody gets to see", async () => {
    for (const { server, name } of lanes) {
      const sent = server.requests.map(({ authorization }) => authorization ?? "");
      expect(
        sent.filter((header) => !header.startsWith("Basic ")),
        name,
      ).to.deep.equal([]);
    }
    await checkWorld(world, [world.repository, ...lanes.map(({ repository }) => repository)]);
  });
});
