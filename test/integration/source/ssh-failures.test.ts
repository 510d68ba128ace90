import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { checkFiles } from "../../../agent/config/check-files.ts";
import { parseGitAddress } from "../../../agent/config/git-address.ts";
import { sourceCredentials } from "../../../agent/source/source-credentials.ts";
import { SshWire } from "../../../agent/source/git/wire/ssh-wire.ts";
import { StreamTransport } from "../../../agent/source/git/wire/stream-transport.ts";
import type { GitTransport } from "../../../agent/source/git/wire/git-transport.ts";
import { encodeLine, FLUSH } from "../../../agent/source/git/wire/git-pkt-line.ts";
import { accepted, withSource } from "../../support/load-settings.ts";
import { rejection } from "../../support/rejection.ts";
import { SshKeys } from "../../support/ssh-keys.ts";
import { SshServer } from "../../support/ssh-server.ts";
import type { SshFault } from "../../support/ssh-fault.ts";

const DIRECT = { tls: { caFile: null, certFile: null, keyFile: null }, proxy: null };

describe("ssh: what goes wrong", () => {
  let server: SshServer;
  let keys: SshKeys;
  let keyFile: string;
  let knownHostsFile: string;
  let transport: GitTransport;

  beforeEach(async () => {
    server = await SshServer.start();
    keys = new SshKeys();
    keyFile = keys.make("client");
    server.authorized.push(keys.publicBlob("client"));
    knownHostsFile = keys.write("known_hosts", server.knownHost());
    transport = to(`ssh://git@127.0.0.1:${server.port}/specs.git`);
  });
  afterEach(async () => {
    transport.close();
    await server.stop();
    keys.remove();
  });

  function to(url: string, path = process.env["PATH"] ?? ""): GitTransport {
    const address = parseGitAddress(url);
    if (typeof address === "string" || address.kind !== "ssh") throw new Error(url);
    return new StreamTransport(new SshWire(address, path));
  }

  async function failure(passphraseFile: string | null = null, ms = 3_000): Promise<string> {
    const asked = transport.refs(
      { prefixes: ["refs/heads/main"], keeps: () => true },
      {
        credentials: { kind: "ssh", keyFile, passphraseFile, knownHostsFile },
        nowMs: () => 0,
        signal: new AbortController().signal,
        deadlines: { headersMs: ms, idleMs: ms, totalMs: 10_000 },
        fresh: false,
      },
    );
    const error = await rejection(asked);
    return `${"code" in error ? String(error.code) : ""}: ${error.message}`;
  }

  it("refuses a host key that is not known", async () => {
    keys.write("known_hosts", "other.test ssh-ed25519 AAAA\n");
    expect(await failure()).to.match(
      /^Unreachable: git@127.0.0.1:\d+ .*not in Auth\.KnownHostsFile.*ssh-keyscan/,
    );
    expect(server.commands).to.deep.equal([]);
  });

  it("refuses a host key that has changed", async () => {
    server.hostKey = generateKeyPairSync("ed25519").privateKey;
    expect(await failure()).to.match(
      /^Unreachable: .*not the one in Auth\.KnownHostsFile.*fingerprint/,
    );
    expect(server.commands).to.deep.equal([]);
  });

  it("reports a key that the server does not know", async () => {
    server.authorized.length = 0;
    expect(await failure()).to.match(
      /^AuthenticationFailed: .*does not accept the key.*deploy keys/,
    );
  });

  it("opens a key with its passphrase, and reports a wrong one without showing it", async () => {
    keyFile = keys.make("locked", "passphr4se");
    server.authorized.push(keys.publicBlob("locked"));
    server.fault = {
      kind: "output",
      bytes: Buffer.concat([encodeLine("version 2"), encodeLine("ls-refs"), FLUSH]),
    };
    const right = keys.write("right", "passphr4se\n");
    const wrong = keys.write("wrong", "not-the-passphr4se\n");
    expect(await failure(wrong))
      .to.match(
        /^AuthenticationFailed: .*does not accept the key.* Or the passphrase in Auth\.PassphraseFile does not open/,
      )
      .and.not.include("passphr4se");
    // The server says nothing more: signing in worked.
    expect(await failure(right)).to.match(/^ProtocolError: The server's answer is empty/);
  });

  const faults: readonly (readonly [string, SshFault, RegExp])[] = [
    [
      "hangs before its banner",
      { kind: "hangBeforeBanner" },
      /^Timeout: The git server took more than 500 ms to answer/,
    ],
    [
      "hangs after its banner",
      { kind: "hangAfterBanner" },
      /^Timeout: The git server took more than 500 ms to answer/,
    ],
    [
      "hangs after the login",
      { kind: "hangAfterLogin" },
      /^Timeout: The git server took more than 500 ms to answer/,
    ],
    ["closes at once", { kind: "close" }, /^Unreachable: .*before SSH began/],
    ["speaks something else", { kind: "notSsh" }, /^Unreachable: .*before SSH began.*port in Url/],
    [
      "has no such repository",
      {
        kind: "fail",
        code: 128,
        words: "fatal: '/specs.git' does not appear to be a git repository\n",
      },
      /^RepositoryNotFound: .*128 for \/specs\.git/,
    ],
    [
      "has no git",
      { kind: "fail", code: 127, words: "sh: 1: git-upload-pack: not found\n" },
      /^ProtocolError: .*no git-upload-pack/,
    ],
    [
      "forbids it in its own words",
      { kind: "fail", code: 1, words: "ERROR: access denied to https://u:t0ken@x\n" },
      /^AuthenticationFailed: .*may not read this.*access denied/,
    ],
    [
      "fails for another reason",
      { kind: "fail", code: 3, words: "out of disk\n" },
      /^ServerError: .*ended with 3.*out of disk/,
    ],
    [
      "greets in words of its own",
      { kind: "output", bytes: Buffer.from("Welcome!\n") },
      /^ProtocolError: .*continues with/,
    ],
    ["ends without a word", { kind: "output", bytes: Buffer.alloc(0) }, /^ProtocolError: .*empty/],
  ];
  for (const [name, fault, words] of faults) {
    it(`reports a server that ${name}`, async () => {
      server.fault = fault;
      expect(await failure(null, fault.kind.startsWith("hang") ? 500 : 5_000))
        .to.match(words)
        .and.not.include("t0ken");
    });
  }

  it("reports a host that nobody listens at, and a program that is not there", async () => {
    const { port } = server;
    await server.stop();
    expect(await failure()).to.match(/^Unreachable: .*nothing listens on that port/);
    transport = to(`ssh://git@127.0.0.1:${port}/specs.git`, "/nowhere");
    expect(await failure()).to.match(/^WorkerFailed: ssh cannot be started.*Install OpenSSH/);
    server = await SshServer.start();
  });

  describe("files", () => {
    const check = async (path = process.env["PATH"] ?? "", passphrase: string | null = null) => {
      const Auth = {
        Kind: "ssh",
        KeyFile: keyFile,
        KnownHostsFile: knownHostsFile,
        ...(passphrase && { PassphraseFile: passphrase }),
      };
      const config = await accepted(withSource({ Url: "git@git.test:a", Auth }));
      const found = await checkFiles(config, path, new AbortController().signal);
      return found.map(({ key, message }) => `${key} ${message}`).join("\n");
    };

    it("are accepted as ssh-keygen makes them", async () => {
      expect(await check()).to.equal("");
      keyFile = keys.make("locked", "secret");
      expect(await check(undefined, keys.write("passphrase", "secret"))).to.equal("");
    });

    it("are refused at start and at each use, with what to do", async () => {
      const client = keyFile;
      chmodSync(client, 0o644);
      expect(await check()).to.match(/Auth\.KeyFile .*has mode 0644.*chmod 600/);
      const auth = { kind: "ssh", keyFile, knownHostsFile, passphraseFile: null } as const;
      expect((await rejection(sourceCredentials(auth, DIRECT))).message).to.include("chmod 600");
      chmodSync(client, 0o600);
      keyFile = `${client}.pub`;
      chmodSync(keyFile, 0o600);
      expect(await check()).to.match(/is a public key/);
      keyFile = keys.write("text", "no key\n");
      expect(await check()).to.match(/holds no private key/);
      keyFile = `${client}.none`;
      expect(await check()).to.match(/cannot be read \(it does not exist\)/);
      keyFile = `${client}.pipe`;
      execFileSync("mkfifo", ["-m", "600", keyFile]);
      expect(await check()).to.match(/holds no private key/);
      keyFile = keys.make("locked", "secret");
      expect(await check()).to.match(/is encrypted. Set Auth\.PassphraseFile/);
      expect(await check(undefined, keys.write("empty", "\n"))).to.match(
        /PassphraseFile .*is empty/,
      );
      const passphrase = keys.write("passphrase", "secret");
      chmodSync(passphrase, 0o644);
      expect(await check(undefined, passphrase)).to.match(
        /Auth\.PassphraseFile .*has mode 0644, so that others may read it\. Run `chmod 600 /,
      );
      execFileSync("ssh-keygen", [
        "-q",
        "-p",
        "-m",
        "PEM",
        "-P",
        "secret",
        "-N",
        "secret2",
        "-f",
        keyFile,
      ]);
      expect(await check()).to.match(/is encrypted/);
      keyFile = client;
      writeFileSync(knownHostsFile, "# nothing\n");
      expect(await check()).to.match(/KnownHostsFile .*names no host/);
      writeFileSync(knownHostsFile, "x y z\n");
      expect(await check("/nowhere")).to.match(/Url needs the program ssh.*openssh-client/);
    });
  });
});
