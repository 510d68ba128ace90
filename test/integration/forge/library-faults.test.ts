import { expect } from "chai";
import type { Forge, ForgeOptions } from "../../../agent/forge/forge.ts";
import { openGithub } from "../../../agent/forge/github/open-github.ts";
import { openGitlab } from "../../../agent/forge/gitlab/open-gitlab.ts";
import { OperatorError } from "../../../agent/kernel/errors.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge } from "../../support/forge/canned-forge.ts";
import { rejection } from "../../support/rejection.ts";
import { FAULT_TOKEN, LIBRARY_FAULTS } from "./library-fault-rows.ts";

interface Kind {
  readonly kind: "github" | "gitlab";
  readonly api: string;
  /** Where open pull requests are listed. */
  readonly list: string;
}

const KINDS: readonly Kind[] = [
  { kind: "github", api: "/api/v3", list: "/api/v3/repos/acme/rooms/pulls" },
  { kind: "gitlab", api: "/api/v4", list: "/api/v4/projects/acme%2Frooms/merge_requests" },
];

for (const { kind, api, list } of KINDS)
  describe(`faults of ${kind}`, () => {
    let canned: CannedForge;
    let forge: Forge;
    const { signal } = new AbortController();

    const open = (options: Partial<ForgeOptions> = {}) =>
      (kind === "github" ? openGithub : openGitlab)({
        kind,
        apiUrl: canned.origin + api,
        repository: "acme/rooms",
        login: () => Promise.resolve({ kind: "token", token: FAULT_TOKEN }),
        access: () => Promise.resolve({}),
        timeoutMs: 30_000,
        clock: systemClock,
        ...options,
      });

    before(async () => {
      canned = await startCannedForge();
      canned.answer("GET", "/api/v4/projects/acme%2Frooms", { body: { id: 7 } });
      canned.answer("GET", list, { body: [] });
      forge = open();
      // The library is loaded, and the project's number asked for.
      const answer = await forge.pullRequests.open("main", signal);
      expect(answer).to.deep.equal({ kind: "ok", value: { list: [], isWhole: true } });
      forge.close();
    });

    beforeEach(() => {
      canned.requests.length = 0;
      forge = open();
    });

    afterEach(() => forge.close());

    after(() => canned.stop());

    for (const { name, answer, reason, message, retryAfterMs } of LIBRARY_FAULTS)
      it(`says ${name}, once`, async () => {
        canned.answer("GET", list, answer);
        if (answer.hangs === true) forge = open({ timeoutMs: 300 });
        const got = await forge.pullRequests.open("main", signal);
        expect(got.kind === "failed" && got.reason, JSON.stringify(got)).to.equal(reason);
        if (got.kind !== "failed") return;
        expect(got.message).to.match(message);
        expect(got.message).to.match(
          /^the open (pull|merge) requests into "main" of acme\/rooms on /,
        );
        expect(got.message).not.to.contain(FAULT_TOKEN);
        if (retryAfterMs === undefined) expect(got.retryAfterMs).to.equal(undefined);
        else expect(got.retryAfterMs).to.be.within(...retryAfterMs);
        const asked = canned.requests.filter(({ path }) => path.startsWith(list));
        expect(asked.length, "nothing retries, and no redirect is followed").to.equal(1);
        expect(canned.requests.every(({ path }) => !path.includes("repositories/7"))).to.equal(
          true,
        );
      });

    it("says that nobody listens", async () => {
      const away = open({ apiUrl: `http://127.0.0.1:9${api}` });
      const got = await away.pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeUnreachable" });
      away.close();
    });

    it("says which token cannot be read, and sends nothing", async () => {
      const why = "The credential file /run/token is empty.";
      const login = () => Promise.reject(new OperatorError("CredentialUnreadable", why));
      const got = await open({ login }).pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
      expect(JSON.stringify(got)).to.contain(why);
      expect(canned.requests).to.deep.equal([]);
    });

    it("says that a token fits into no header, without it", async () => {
      const login = () => Promise.resolve({ kind: "token", token: "two words" } as const);
      const got = await open({ login }).pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeTokenRefused" });
      expect(JSON.stringify(got)).not.to.contain("two words");
      expect(canned.requests).to.deep.equal([]);
    });

    it("says which authority cannot be read, and sends nothing", async () => {
      const access = () => Promise.reject(new OperatorError("CredentialUnreadable", "CaFile: no"));
      const got = await open({ access }).pullRequests.open("main", signal);
      expect(got).to.include({ kind: "failed", reason: "ForgeUnreachable" });
      expect(JSON.stringify(got)).to.contain("CaFile: no");
      expect(canned.requests).to.deep.equal([]);
    });

    it("reads the token again at each request", async () => {
      canned.answer("GET", list, { body: [] });
      const tokens = ["first-token", "second-token", "third-token", "fourth-token"];
      const login = () =>
        Promise.resolve({ kind: "token", token: tokens.shift() ?? "no-token" } as const);
      const renewed = open({ login });
      await renewed.pullRequests.open("main", signal);
      await renewed.pullRequests.open("main", signal);
      const sent = canned.requests.map(({ headers }) => headers.authorization);
      expect(new Set(sent).size).to.equal(sent.length);
      expect(sent[0]).to.equal("Bearer first-token");
      renewed.close();
    });

    it("ends with the signal's reason", async () => {
      canned.answer("GET", list, { hangs: true });
      const stopping = new AbortController();
      const asking = forge.pullRequests.open("main", stopping.signal);
      const why = new Error("the agent stops");
      setTimeout(() => stopping.abort(why), 50);
      expect(await rejection(asking)).to.equal(why);
      expect(await rejection(forge.pullRequests.open("main", stopping.signal))).to.equal(why);
    });
  });
