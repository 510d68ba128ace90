import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { GitCredentials } from "../../agent/source/git/wire/git-credentials.ts";
import type {
  FetchWish,
  GitTransport,
  TransportCall,
} from "../../agent/source/git/wire/git-transport.ts";
import { eventually } from "../support/eventually.ts";
import type { GitRepository } from "../support/git-repository.ts";
import { ownProcesses } from "../support/own-processes.ts";
import { rejection } from "../support/rejection.ts";

/** What goes wrong with the answer of the server. */
export type TransportFault =
  | "hang"
  | { readonly cutAfter: number }
  | { readonly resetAfter: number };

export interface TransportWorld {
  readonly repository: GitRepository;
  readonly transport: GitTransport;
  readonly credentials: GitCredentials;
  /** Those that the server does not accept; null: it asks for none. */
  readonly wrong: GitCredentials | null;
  /** What no argument, environment and message may hold. */
  readonly secrets: readonly string[];
  /** A way to a repository that is not there. */
  readonly nowhere: GitTransport;
  /** Absent: this server has no switch for it. */
  readonly break?: (fault: TransportFault) => void;
  readonly heal?: () => void;
  stop(): Promise<void>;
}

export interface ContractOptions {
  /** Whether the world can break answers. */
  readonly breaks: boolean;
  /** The server refuses what it does not know only by its words. */
  readonly opensWorld: () => Promise<TransportWorld>;
}

const ALL = { prefixes: ["refs/"], keeps: () => true };
const BIG = randomBytes(400_000);

/** What every way to a repository promises. */
export function gitTransportContract(name: string, { breaks, opensWorld }: ContractOptions): void {
  describe(`GitTransport: ${name}`, () => {
    let world: TransportWorld;
    let folder: string;
    let before: ReadonlySet<number>;

    beforeEach(async () => {
      world = await opensWorld();
      before = new Set(ownProcesses().map(({ pid }) => pid));
      folder = mkdtempSync(join(tmpdir(), "room-operator-packs-"));
    });
    afterEach(async () => {
      world.transport.close();
      world.nowhere.close();
      await eventually("no process is left", () =>
        ownProcesses().every(
          ({ pid, command }) => before.has(pid) || !/\bssh\b|remote-http/.test(command),
        ),
      );
      await world.stop();
      rmSync(folder, { recursive: true });
    });

    const call = (given: Partial<TransportCall> = {}): TransportCall => ({
      credentials: world.credentials,
      nowMs: () => Date.now(),
      signal: new AbortController().signal,
      deadlines: { headersMs: 20_000, idleMs: 20_000, totalMs: 20_000 },
      ...given,
    });
    const refs = (given: Partial<TransportCall> = {}) =>
      world.transport.refs(ALL, { ...call(given), fresh: false });
    const allRefs = () => world.transport.allRefs(ALL, { ...call(), fresh: false });
    let knowsFilters = false;
    const wish = (want: string, given: Partial<FetchWish> = {}): FetchWish => ({
      want: [want],
      filter: null,
      have: null,
      shallow: new Set<string>(),
      depth: null,
      ...given,
    });
    interface Limits {
      readonly packBytes?: number;
      readonly objectBytes?: number;
    }
    const fetch = (wanted: FetchWish, limits: Limits = {}, given: Partial<TransportCall> = {}) =>
      world.transport.fetch(wanted, {
        ...call(given),
        limits: { packBytes: 10_000_000, objectBytes: 1_000_000, ...limits },
        packFolder: folder,
        onProgress: () => undefined,
        onFilters: (known) => (knowsFilters = known),
      });
    const objects = () => {
      const packs = readdirSync(folder).filter((file) => file.endsWith(".pack"));
      expect(readdirSync(folder)).to.have.length(packs.length * 2);
      return packs.map((pack) => readFileSync(join(folder, pack)).readUInt32BE(8));
    };
    const showsNoSecret = (failure: Error) => {
      for (const secret of world.secrets) expect(failure.message).not.to.include(secret);
    };

    it("lists refs, and what annotated tags lead to", async () => {
      const head = world.repository.commit({ a: "1" });
      world.repository.git("tag", "-a", "v1", "-m", "one", head);
      const tag = world.repository.git("rev-parse", "v1");
      const found = await refs();
      expect(found.get("refs/heads/main")).to.deep.equal({ oid: head, peeled: null });
      expect(found.get("refs/tags/v1")).to.deep.equal({ oid: tag, peeled: head });
      expect((await allRefs()).refs).to.deep.equal(found);
    });

    it("shows that a branch is not there", async () => {
      world.repository.commit({ a: "1" }, { branch: "other" });
      const found = await allRefs();
      expect(found.refs.has("refs/heads/main")).to.equal(false);
      expect(found.count).to.be.greaterThan(0);
      expect([...(await refs()).keys()]).to.deep.equal(["refs/heads/other"]);
    });

    it("shows that a repository is empty", async () => {
      expect((await refs()).size).to.equal(0);
      expect(await allRefs()).to.include({ count: 0 });
    });

    it("brings one commit, and later what came since", async () => {
      world.repository.commit({ a: "1" });
      const first = world.repository.commit({ b: "2" });
      const brought = await fetch(wish(first, { depth: 1 }));
      expect([...brought.shallow]).to.deep.equal([first]);
      expect(objects()).to.deep.equal([4]);
      const second = world.repository.commit({ "c/d": "3" });
      const more = await fetch(wish(second, { have: first, shallow: new Set([first]) }));
      expect([...more.shallow]).to.deep.equal([]);
      expect(objects()).to.deep.equal([4, 4]);
    });

    it("fails for a commit that the server does not have, and leaves nothing", async () => {
      world.repository.commit({ a: "1" });
      const failure = await rejection(fetch(wish("1".repeat(40))));
      expect(failure)
        .to.have.property("code")
        .that.matches(/ServerError|ProtocolError/);
      expect(objects()).to.deep.equal([]);
    });

    it("refuses more bytes than PackBytes, and leaves nothing", async () => {
      const head = world.repository.commit({ big: BIG });
      const failure = await rejection(fetch(wish(head), { packBytes: 100_000 }));
      expect(failure).to.have.property("code", "LimitExceeded");
      expect(failure.message).to.include("limit PackBytes: 100000");
      expect(objects()).to.deep.equal([]);
    });

    it("leaves out a file over ObjectBytes, and names it", async () => {
      const head = world.repository.commit({ big: BIG, small: "1" });
      const brought = await fetch(wish(head), { objectBytes: 100_000 });
      const oid = world.repository.oidOf(head, "big");
      expect([...brought.skipped]).to.deep.equal([[oid, BIG.length]]);
      objects();
      const sizes = readdirSync(folder).map((file) => statSync(join(folder, file)));
      expect(sizes.every(({ blocks }) => blocks * 512 < BIG.length)).to.equal(true);
    });

    it("refuses another object over ObjectBytes at its head, and leaves nothing", async () => {
      const head = world.repository.commit({ a: "1" }, { message: "long ".repeat(40_000) });
      const failure = await rejection(fetch(wish(head), { objectBytes: 100_000 }));
      expect(failure).to.have.property("code", "LimitExceeded");
      expect(failure.message).to.include("limit ObjectBytes: 100000");
      expect(objects()).to.deep.equal([]);
    });

    it("brings what a filter leaves, from a server that knows filters", async () => {
      world.repository.git("config", "uploadpack.allowFilter", "true");
      world.repository.git("config", "uploadpack.allowAnySHA1InWant", "true");
      const head = world.repository.commit({ a: "1", b: "2" });
      await fetch(wish(head, { filter: "blob:none" }));
      expect(objects()).to.deep.equal([knowsFilters ? 2 : 4]);
      if (!knowsFilters) return;
      const blobs = ["a", "b"].map((path) => world.repository.oidOf(head, path));
      await fetch({ ...wish(head), want: blobs });
      expect(objects()).to.deep.equal([2, 2]);
    });

    it("names a repository that is not there", async () => {
      const failure = await rejection(world.nowhere.refs(ALL, { ...call(), fresh: false }));
      expect(failure).to.have.property("code", "RepositoryNotFound");
      showsNoSecret(failure);
    });

    it("refuses credentials that the server does not accept, and shows none", async () => {
      if (world.wrong === null) return;
      world.repository.commit({ a: "1" });
      const failure = await rejection(refs({ credentials: world.wrong }));
      expect(failure).to.have.property("code", "AuthenticationFailed");
      showsNoSecret(failure);
    });

    it("sends nothing for a signal that has aborted, and fails what is under way at its close", async () => {
      const signal = AbortSignal.abort(new Error("stopping"));
      expect((await rejection(refs({ signal }))).message).to.equal("stopping");
      const late = refs();
      world.transport.close();
      expect(await rejection(late)).to.have.property("code");
    });

    if (!breaks) return;

    it("fails when the pack is cut or the connection breaks, leaves nothing, and recovers", async () => {
      const head = world.repository.commit({ big: BIG });
      for (const fault of [{ cutAfter: 100_000 }, { resetAfter: 100_000 }]) {
        world.break?.(fault);
        const failure = await rejection(fetch(wish(head)));
        expect(failure, JSON.stringify(fault))
          .to.have.property("code")
          .that.matches(/^(?:ProtocolError|Unreachable|CorruptPack|ServerError)$/);
        showsNoSecret(failure);
        expect(objects()).to.deep.equal([]);
        world.heal?.();
      }
      await fetch(wish(head));
      expect(objects()).to.deep.equal([3]);
    });

    it("leaves a server that hangs, by deadline and by signal, and shows no secret meanwhile", async () => {
      world.repository.commit({ a: "1" });
      world.break?.("hang");
      const deadlines = { headersMs: 600, idleMs: 600, totalMs: 5_000 };
      const hanging = rejection(refs({ deadlines }));
      await new Promise((resolve) => setTimeout(resolve, 300));
      for (const { command, environment } of ownProcesses()) {
        if (!/\bssh\b|remote-http/.test(command)) continue;
        for (const secret of world.secrets) {
          expect(command).not.to.include(secret);
          expect(environment).not.to.include(secret);
        }
      }
      const failure = await hanging;
      expect(failure).to.have.property("code", "Timeout");
      expect(failure.message).to.match(/took more than 600 ms (?:to answer|without a byte)/);
      const stopping = new AbortController();
      const given = rejection(refs({ signal: stopping.signal }));
      setTimeout(() => stopping.abort(new Error("stopping")), 200);
      expect((await given).message).to.equal("stopping");
      world.heal?.();
      expect((await refs()).size).to.equal(1);
    });
  });
}
