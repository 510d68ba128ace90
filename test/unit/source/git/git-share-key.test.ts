import { expect } from "chai";
import { Secret } from "../../../../agent/kernel/secret.ts";
import type { SourceAuth } from "../../../../agent/config/config.ts";
import { accessKey } from "../../../../agent/source/source-credentials.ts";
import { shareKey } from "../../../../agent/source/git/git-share-key.ts";
import type { SourceOptions } from "../../../../agent/source/open-source.ts";
import { DEFAULT_LIMITS } from "../../../support/git-source-bench.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const SOURCE: SourceOptions = {
  name: "a",
  url: "https://git.example.org/team/rooms.git",
  ref: { kind: "branch", name: "main" },
  path: "a",
  folder: "/data/git/a",
  accessKey: "none",
  limits: DEFAULT_LIMITS,
  timeoutMs: 60_000,
  pollTimeoutMs: 20_000,
  roomIdPattern: ".",
  credentials: async () => ({ kind: "none" }),
  clock: new FakeClock(),
};
const limited = (limits: Partial<SourceOptions["limits"]>): Partial<SourceOptions> => ({
  limits: { ...DEFAULT_LIMITS, ...limits },
});

describe("shareKey", () => {
  const same: Record<string, Partial<SourceOptions>> = {
    "name, folder of its own and path": { name: "b", folder: "/data/git/b", path: "b/c" },
    "another way to write the address": { url: "HTTPS://git.example.org/team/rooms.git/" },
    "the fetcher that is the default": { fetcher: "builtin" },
    "limits of what is read": limited({ seedBytes: 1, seedTotalBytes: 1, parseSeconds: 1 }),
    "limits of trees and commits": limited({ entries: 1, depth: 1, commitFiles: 1 }),
  };
  for (const [name, change] of Object.entries(same)) {
    it(`is the same with another ${name}`, () => {
      expect(shareKey({ ...SOURCE, ...change })).to.equal(shareKey(SOURCE));
    });
  }

  const apart: Record<string, Partial<SourceOptions>> = {
    address: { url: "https://git.example.org/team/other.git" },
    branch: { ref: { kind: "branch", name: "next" } },
    "kind of ref": { ref: { kind: "tag", name: "main" } },
    credential: { accessKey: "other" },
    fetcher: { fetcher: "system" },
    PackBytes: limited({ packBytes: 1 }),
    ObjectBytes: limited({ objectBytes: 1 }),
    SpecBytes: limited({ specBytes: 1 }),
    Commits: limited({ commits: 1 }),
    TimeoutSeconds: { timeoutMs: 1 },
    PollTimeoutSeconds: { pollTimeoutMs: 1 },
    store: { folder: "/other/git/a" },
  };
  for (const [name, change] of Object.entries(apart)) {
    it(`differs with another ${name}`, () => {
      expect(shareKey({ ...SOURCE, ...change })).to.not.equal(shareKey(SOURCE));
    });
  }

  it("is none where it is not known how a source signs in", () => {
    const { accessKey: _, ...unknown } = SOURCE;
    expect(shareKey(unknown)).to.equal(null);
  });
});

describe("accessKey", () => {
  const REACH = { tls: { caFile: null, certFile: null, keyFile: null }, proxy: null };
  const value = (text: string) => ({ kind: "value", secret: new Secret(text) }) as const;
  const bearer = (text: string): SourceAuth => ({ kind: "bearer", token: value(text) });
  const file = (path: string): SourceAuth => ({
    kind: "bearer",
    token: { kind: "file", path, holds: "token" },
  });
  const proxy = (password: string) => ({
    ...REACH,
    proxy: {
      host: "proxy",
      port: 3128,
      setBy: "Proxy",
      login: { username: "u", password: value(password) },
    },
  });

  it("is equal for equal values and files, and holds neither", () => {
    expect(accessKey(bearer("hunter2"), REACH)).to.equal(accessKey(bearer("hunter2"), REACH));
    expect(accessKey(bearer("hunter2"), REACH)).to.match(/^[0-9a-f]{64}$/);
    expect(accessKey(file("/t"), REACH)).to.equal(accessKey(file("/t"), REACH));
  });

  it("differs for whatever differs in how a source signs in and is reached", () => {
    const keys = [
      accessKey({ kind: "none" }, REACH),
      accessKey(bearer("one"), REACH),
      accessKey(bearer("two"), REACH),
      accessKey(file("/one"), REACH),
      accessKey(file("/two"), REACH),
      accessKey({ kind: "token", username: "a", password: value("one") }, REACH),
      accessKey({ kind: "token", username: "b", password: value("one") }, REACH),
      accessKey({ kind: "none" }, { ...REACH, tls: { ...REACH.tls, caFile: "/ca" } }),
      accessKey({ kind: "none" }, proxy("one")),
      accessKey({ kind: "none" }, proxy("two")),
    ];
    expect(new Set(keys).size).to.equal(keys.length);
  });
});
