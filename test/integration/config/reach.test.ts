import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { checkFiles } from "../../../agent/config/check-files.ts";
import { readAccess } from "../../../agent/config/reach.ts";
import type { TlsFiles } from "../../../agent/config/reach.ts";
import { Authority } from "../../support/certificates.ts";
import { accepted, withSource } from "../../support/load-settings.ts";
import { rejection } from "../../support/rejection.ts";

describe("readAccess", () => {
  let folder: string;
  let authority: Authority;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-reach-"));
    authority = new Authority(folder);
    const { key, cert } = authority.issue("client", "DNS:client", 1);
    writeFileSync(at("cert.pem"), cert);
    writeFileSync(at("key.pem"), key);
    writeFileSync(at("other.key.pem"), authority.issue("other", "DNS:other", 1).key);
    writeFileSync(at("text.pem"), "no certificate");
    writeFileSync(
      at("damaged.pem"),
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    );
    const locked = ["pkey", "-in", at("key.pem"), "-aes128", "-passout", "pass:x"];
    execFileSync("openssl", [...locked, "-out", at("locked.pem")]);
  });
  after(() => rmSync(folder, { recursive: true }));

  const at = (name: string) => join(folder, name);
  const reach = (given: Partial<TlsFiles>) => ({
    tls: { caFile: null, certFile: null, keyFile: null, ...given },
    proxy: null,
  });

  it("neither waits for a pipe nor reads a file without an end", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    const read = (caFile: string) => rejection(readAccess(reach({ caFile })));
    expect((await read(at("pipe"))).message).to.match(/holds no certificate/);
    expect((await read("/dev/zero")).message).to.match(/has more than 1048576 bytes/);
  });

  it("reads the files as they are now", async () => {
    const own = { caFile: authority.file, certFile: at("cert.pem"), keyFile: at("key.pem") };
    const { tls = {} } = await readAccess(reach(own));
    expect(tls.ca).to.include("BEGIN CERTIFICATE");
    expect(tls.cert).to.include("BEGIN CERTIFICATE");
    expect(tls.key).to.include("PRIVATE KEY");
    const renewed = at("renewed.pem");
    writeFileSync(renewed, String(tls.ca));
    const before = (await readAccess(reach({ caFile: renewed }))).tls?.ca;
    writeFileSync(renewed, `${String(tls.ca)}${String(tls.cert)}`);
    expect((await readAccess(reach({ caFile: renewed }))).tls?.ca).not.to.equal(before);
  });

  const wrong: readonly (readonly [string, () => Partial<TlsFiles>, RegExp])[] = [
    [
      "is not there",
      () => ({ caFile: at("none.pem") }),
      /^Tls\.CaFile: .*none\.pem cannot be read \(it does not exist\)/,
    ],
    ["is a folder", () => ({ caFile: folder }), /cannot be read \(it is a folder\)/],
    ["holds no certificate", () => ({ caFile: at("text.pem") }), /holds no certificate/],
    ["holds a damaged certificate", () => ({ caFile: at("damaged.pem") }), /damaged certificate/],
    [
      "holds no key",
      () => ({ certFile: at("cert.pem"), keyFile: at("text.pem") }),
      /^Tls\.KeyFile: .*no private key/,
    ],
    [
      "is the key of another certificate",
      () => ({ certFile: at("cert.pem"), keyFile: at("other.key.pem") }),
      /is not the key/,
    ],
    [
      "is an encrypted key",
      () => ({ certFile: at("cert.pem"), keyFile: at("locked.pem") }),
      /is encrypted/,
    ],
  ];
  for (const [name, files, words] of wrong) {
    it(`refuses a file that ${name}, at start and at each use`, async () => {
      const failure = await rejection(readAccess(reach(files())));
      expect(failure).to.have.property("code", "CredentialUnreadable");
      expect(failure.message).to.match(words);
      const { caFile, certFile, keyFile } = files();
      const Tls = {
        ...(caFile && { CaFile: caFile }),
        ...(certFile && { CertFile: certFile }),
        ...(keyFile && { KeyFile: keyFile }),
      };
      const config = await accepted(withSource({ Tls }));
      const problems = await checkFiles(config, "", new AbortController().signal);
      expect(problems.map(({ key }) => key)).to.deep.equal([
        `Git.Sources[0].Tls.${caFile ? "CaFile" : "KeyFile"}`,
      ]);
    });
  }
});
