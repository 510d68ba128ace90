import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Forge, ForgeLogin } from "../../../agent/forge/forge.ts";
import { openForge } from "../../../agent/forge/open-forge.ts";
import type { HttpAccess } from "../../../agent/http/http-access.ts";
import { systemClock } from "../../../agent/kernel/clock.ts";
import { SIGNAL, valueOf } from "../../contract/forge/forge-answers.ts";
import { Authority } from "../../support/certificates.ts";
import { startCannedForge } from "../../support/forge/canned-forge.ts";
import type { CannedForge } from "../../support/forge/canned-forge.ts";
import { ForwardProxy } from "../../support/forward-proxy.ts";
import { TlsFront } from "../../support/tls-front.ts";

const API = { github: "/api/v3", gitlab: "/api/v4" } as const;

for (const kind of ["github", "gitlab"] as const)
  describe(`the way to ${kind}`, () => {
    let canned: CannedForge;
    let front: TlsFront;
    let proxy: ForwardProxy;
    let folder: string;
    let access: HttpAccess;
    let login: ForgeLogin;
    const opened: Forge[] = [];

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
      canned = await startCannedForge();
      front = await TlsFront.start(canned.origin, new Authority(folder));
    });

    after(async () => {
      await front.stop();
      await canned.stop();
      rmSync(folder, { recursive: true });
    });

    beforeEach(async () => {
      canned.requests.length = 0;
      proxy = await ForwardProxy.start();
      access = {};
      login = { kind: "token", token: "a-token" };
      canned.answer("GET", "/api/v4/projects/acme%2Frooms", { body: { id: 1 } });
      canned.answer("GET", "/api/v4/projects/acme%2Frooms/merge_requests", { body: [] });
      canned.answer("GET", "/api/v3/repos/acme/rooms/pulls", { body: [] });
    });

    afterEach(async () => {
      for (const forge of opened.splice(0)) forge.close();
      await proxy.stop();
    });

    const tls = () => ({ ca: readFileSync(front.authority.file, "utf8"), ...front.client });

    const open = async () => {
      const forge = await openForge({
        kind,
        apiUrl: front.origin + API[kind],
        repository: "acme/rooms",
        login: () => Promise.resolve(login),
        access: () => Promise.resolve(access),
        timeoutMs: 10_000,
        clock: systemClock,
      });
      opened.push(forge);
      return forge;
    };

    const list = async (forge: Forge) => forge.pullRequests.open("main", SIGNAL);

    it("is trusted by the source's own authority alone, read again at each request", async () => {
      const forge = await open();
      expect(await list(forge)).to.include({ kind: "failed", reason: "ForgeUnreachable" });
      expect(canned.requests).to.deep.equal([]);
      access = { tls: tls() };
      expect(valueOf(await list(forge))).to.deep.equal({ list: [], isWhole: true });
    });

    it("leads through the source's proxy", async () => {
      proxy.login = "u:pr0xy-secret";
      const via = { host: "127.0.0.1", port: proxy.port, setBy: "Proxy.Url" };
      access = { tls: tls(), proxy: via };
      const refused = await list(await open());
      expect(refused).to.include({ kind: "failed", reason: "ForgeUnreachable" });
      expect(JSON.stringify(refused)).to.contain(`by the proxy 127.0.0.1:${proxy.port}`);
      access = {
        tls: tls(),
        proxy: { ...via, login: { username: "u", password: "pr0xy-secret" } },
      };
      expect(valueOf(await list(await open()))).to.deep.equal({ list: [], isWhole: true });
      expect(new Set(proxy.asked)).to.deep.equal(
        new Set([`CONNECT ${new URL(front.origin).host}`]),
      );
    });

    // GitLab has no apps.
    if (kind === "github") {
      it("is the same for an app's token", async () => {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
        login = { kind: "app", appId: "7", installationId: "42", privateKey: pem };
        canned.answer("POST", "/api/v3/app/installations/42/access_tokens", {
          status: 201,
          body: { token: "given", expires_at: "2030-01-01T00:00:00Z", permissions: {} },
        });
        const untrusted = await list(await open());
        expect(untrusted).to.include({ kind: "failed", reason: "ForgeUnreachable" });
        expect(canned.requests).to.deep.equal([]);
        const via = { host: "127.0.0.1", port: proxy.port, setBy: "Proxy.Url" };
        access = { tls: tls(), proxy: via };
        expect(valueOf(await list(await open()))).to.deep.equal({ list: [], isWhole: true });
        expect(canned.requests.map(({ headers }) => headers["x-github-api-version"])).to.deep.equal(
          ["2022-11-28", "2022-11-28"],
        );
      });
    }
  });
