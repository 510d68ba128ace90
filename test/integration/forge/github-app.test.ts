import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { expect } from "chai";
import type { Forge, ForgeLogin } from "../../../agent/forge/forge.ts";
import { openGithub } from "../../../agent/forge/github/open-github.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge, CannedRequest } from "../../support/forge/canned-forge.ts";
import { worldClock } from "../../support/world-clock.ts";

const TOKENS = "/app/installations/42/access_tokens";
const PULLS = "/repos/acme/rooms/pulls";
const HOUR_MS = 3_600_000;

function newKey(form: "pkcs1" | "pkcs8"): { readonly pem: string; readonly key: KeyObject } {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { pem: privateKey.export({ type: form, format: "pem" }).toString(), key: privateKey };
}

const FIRST = newKey("pkcs1");
const SECOND = newKey("pkcs8");

/** The JSON of a part of a JWT. */
function partOf(jwt: string, position: number): Record<string, unknown> {
  const part = Buffer.from(jwt.split(".")[position] ?? "", "base64url").toString();
  return JSON.parse(part) as Record<string, unknown>;
}

describe("an app of GitHub", () => {
  const { signal } = new AbortController();
  let canned: CannedForge;
  let forge: Forge;
  let pem: string;
  let time: { clockAheadMs: number; passedMs: number; speed: number };

  const login = (): Promise<ForgeLogin> =>
    Promise.resolve({ kind: "app", appId: "7", installationId: "42", privateKey: pem });

  const openAt = (server: CannedForge) =>
    openGithub({
      kind: "github",
      apiUrl: server.origin,
      repository: "acme/rooms",
      login,
      access: () => Promise.resolve({}),
      timeoutMs: 10_000,
      clock: worldClock(time),
    });

  const asked = (path: string, server = canned): readonly CannedRequest[] =>
    server.requests.filter((request) => request.path.split("?")[0] === path);

  const give = (token: string, server = canned) =>
    server.answer("POST", TOKENS, {
      status: 201,
      body: {
        token,
        expires_at: new Date(Date.now() + HOUR_MS).toISOString(),
        permissions: { contents: "read", pull_requests: "write", metadata: "read" },
        repository_selection: "selected",
      },
    });

  beforeEach(async () => {
    canned = await startCannedForge();
    pem = FIRST.pem;
    time = { clockAheadMs: 0, passedMs: 0, speed: 1 };
    forge = openAt(canned);
    give("installation-token-1");
    canned.answer("GET", PULLS, { body: [] });
  });

  afterEach(async () => {
    forge.close();
    await canned.stop();
  });

  it("signs in with its key and asks with the token of its installation", async () => {
    expect(await forge.pullRequests.open("main", signal)).to.include({ kind: "ok" });
    const [signIn] = asked(TOKENS);
    const jwt = /^bearer (.+)$/i.exec(signIn?.headers.authorization ?? "")?.[1] ?? "";
    const [head = "", claims = "", signature = ""] = jwt.split(".");
    const isSigned = verify(
      "sha256",
      Buffer.from(`${head}.${claims}`),
      createPublicKey(FIRST.key.export({ type: "pkcs1", format: "pem" })),
      Buffer.from(signature, "base64url"),
    );
    expect(isSigned).to.equal(true);
    expect(partOf(jwt, 0)).to.include({ alg: "RS256" });
    const { iss, iat, exp } = partOf(jwt, 1);
    expect(String(iss)).to.equal("7");
    expect(Number(exp) - Number(iat)).to.be.within(1, 600);
    expect(asked(PULLS)[0]?.headers).to.include({
      authorization: "Bearer installation-token-1",
      "x-github-api-version": "2022-11-28",
    });
  });

  it("asks for a token of this repository alone", async () => {
    await forge.pullRequests.open("main", signal);
    expect(JSON.parse(asked(TOKENS)[0]?.body ?? "")).to.deep.equal({ repositories: ["rooms"] });
  });

  it("keeps its token, and asks for another before it expires", async () => {
    await forge.pullRequests.open("main", signal);
    await forge.pullRequests.open("main", signal);
    expect(asked(TOKENS).length).to.equal(1);
    give("installation-token-2");
    time.passedMs = 51 * 60_000;
    await forge.pullRequests.open("main", signal);
    expect(asked(PULLS).at(-1)?.headers.authorization).to.equal("Bearer installation-token-2");
  });

  it("drops a token that was refused", async () => {
    await forge.pullRequests.open("main", signal);
    canned.answer("GET", PULLS, { status: 401, body: { message: "Bad credentials" } });
    const refused = await forge.pullRequests.open("main", signal);
    expect(refused).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
    canned.answer("GET", PULLS, { body: [] });
    give("installation-token-2");
    await forge.pullRequests.open("main", signal);
    expect(asked(PULLS).at(-1)?.headers.authorization).to.equal("Bearer installation-token-2");
  });

  it("asks for another token with another key", async () => {
    await forge.pullRequests.open("main", signal);
    pem = SECOND.pem;
    give("installation-token-2");
    await forge.pullRequests.open("main", signal);
    expect(asked(TOKENS).length).to.equal(2);
    expect(asked(PULLS).at(-1)?.headers.authorization).to.equal("Bearer installation-token-2");
  });

  it("does not show one GitHub the token of another with the same number", async () => {
    const other = await startCannedForge();
    try {
      give("token-of-the-other", other);
      other.answer("GET", PULLS, { body: [] });
      const otherForge = openAt(other);
      await Promise.all([
        forge.pullRequests.open("main", signal),
        otherForge.pullRequests.open("main", signal),
      ]);
      otherForge.close();
      expect(asked(PULLS)[0]?.headers.authorization).to.equal("Bearer installation-token-1");
      expect(asked(PULLS, other)[0]?.headers.authorization).to.equal("Bearer token-of-the-other");
    } finally {
      await other.stop();
    }
  });

  for (const status of [401, 403, 404, 422])
    it(`says what to check where GitHub answers the app ${status}`, async () => {
      canned.answer("POST", TOKENS, { status, body: { message: "no" } });
      const got = await forge.pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
      const text = JSON.stringify(got);
      expect(text).to.match(
        new RegExp(`GitHub answered ${status} when asked for a token for installation 42 of app 7`),
      );
      expect(text).to.match(/Check Forge\.App\.Id, InstallationId and PrivateKeyFile/);
      expect(asked(PULLS)).to.deep.equal([]);
    });

  it("waits as long as GitHub wants before it asks for a token again", async () => {
    canned.answer("POST", TOKENS, { status: 429, headers: { "retry-after": "9" }, body: {} });
    const got = await forge.pullRequests.open("main", signal);
    expect(got).to.include({ kind: "failed", reason: "ForgeRateLimited", retryAfterMs: 9000 });
  });

  for (const [name, bad] of [
    ["is none", "a key that is none"],
    ["is cut", FIRST.pem.slice(0, 200)],
    [
      "is of another kind",
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ] as const)
    it(`says that a key ${name}, without it`, async () => {
      pem = bad;
      const got = await forge.pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
      expect(JSON.stringify(got))
        .to.contain("Forge.App.PrivateKeyFile")
        .and.not.contain(bad.slice(-24));
      expect(canned.requests).to.deep.equal([]);
    });

  it("refuses an answer without a token", async () => {
    canned.answer("POST", TOKENS, { status: 201, body: { expires_at: "2026-01-01T00:00:00Z" } });
    const got = await forge.pullRequests.open("main", signal);
    expect(got).to.include({ kind: "failed", reason: "ForgeAnswerInvalid" });
    expect(asked(PULLS)).to.deep.equal([]);
  });

  it("knows itself by the name of the app", async () => {
    canned.answer("GET", "/app", { body: { slug: "room-operator" } });
    canned.answer("GET", "/users/room-operator%5Bbot%5D", {
      body: { id: 99, login: "room-operator[bot]" },
    });
    expect(await forge.comments.self(signal)).to.deep.equal({
      kind: "ok",
      value: { id: "99", login: "room-operator[bot]" },
    });
    expect(asked("/app")[0]?.headers.authorization).to.match(/^Bearer ey/);
  });

  it("finds the rights of its installation for the doctor", async () => {
    canned.answer("GET", "/repos/acme/rooms", {
      body: { default_branch: "main", archived: false },
    });
    canned.answer("GET", "/repos/acme/rooms/branches/main", { body: {} });
    canned.answer("GET", "/repos/acme/rooms/rules/branches/main", {
      body: [{ type: "required_status_checks" }],
    });
    const findings = await forge.check(signal);
    expect(findings.map(({ check, result }) => `${check}: ${result}`)).to.deep.equal([
      "can see the repository: ok",
      "may read pull requests: ok",
      "may write comments: ok",
      "may set statuses: missing",
      '"main" requires a status before a merge: ok',
    ]);
    expect(findings[3]?.message).to.contain("Commit statuses: write");
  });
});
