import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fetcher } from "../../agent/config/config.ts";
import type { HttpAccess } from "../../agent/http/http-access.ts";
import type { GitCredentials } from "../../agent/source/git/wire/git-credentials.ts";
import { openTransport } from "../../agent/source/git/wire/open-transport.ts";
import type { TransportFault, TransportWorld } from "../contract/git-transport.contract.ts";
import { Authority } from "./certificates.ts";
import { ForwardProxy } from "./forward-proxy.ts";
import { GitRepository } from "./git-repository.ts";
import { GitServer } from "./git-server.ts";
import type { GitFault } from "./git-server.ts";
import { SshKeys } from "./ssh-keys.ts";
import { SshServer } from "./ssh-server.ts";
import type { SshFault } from "./ssh-fault.ts";
import { Sshd } from "./sshd.ts";
import { TlsFront } from "./tls-front.ts";

/** Servers, each with a way to one repository of it. */

const PASSWORD = "pa:ss-s3cret";
const PROXY_PASSWORD = "pr0xy-s3cret";

export interface HttpWorldOptions {
  readonly onlyProtocol1?: boolean;
  readonly proxy?: boolean;
  /** With an authority of its own, and client certificates. */
  readonly tls?: boolean;
  readonly fetcher?: Fetcher;
}

export async function httpWorld(options: HttpWorldOptions = {}): Promise<TransportWorld> {
  const repository = GitRepository.create();
  const server = await GitServer.start(repository.root);
  server.onlyProtocol1 = options.onlyProtocol1 ?? false;
  server.authorization = `Basic ${Buffer.from(`ada:${PASSWORD}`).toString("base64")}`;
  const proxy = options.proxy === true ? await ForwardProxy.start() : null;
  if (proxy !== null) proxy.login = `p:${PROXY_PASSWORD}`;
  const front = options.tls === true ? await TlsFront.start(server.origin, keptAuthority()) : null;
  const origin = front?.origin ?? server.origin;
  const access: HttpAccess = {
    ...(proxy === null
      ? {}
      : {
          proxy: {
            host: "127.0.0.1",
            port: proxy.port,
            setBy: "Proxy.Url",
            login: { username: "p", password: PROXY_PASSWORD },
          },
        }),
    ...(front === null
      ? {}
      : { tls: { ca: readFileSync(front.authority.file, "utf8"), ...front.client } }),
  };
  const login = (password: string): GitCredentials => ({
    kind: "basic",
    username: "ada",
    password,
    ...(Object.keys(access).length === 0 ? {} : { access }),
  });
  return {
    repository,
    transport: openTransport(`${origin}/specs.git`, options.fetcher),
    nowhere: openTransport(`${origin}/none.git`, options.fetcher),
    credentials: login(PASSWORD),
    wrong: login("wr0ng-s3cret"),
    secrets: [PASSWORD, PROXY_PASSWORD, "wr0ng-s3cret"],
    break: (fault) => server.break(toGitFault(fault)),
    heal: () => server.heal(),
    stop: async () => {
      await front?.stop();
      await proxy?.stop();
      await server.stop();
      repository.remove();
    },
  };
}

let authority: Authority | null = null;

/** One for all worlds of this process: openssl takes longer than most of what is tested in them. */
function keptAuthority(): Authority {
  if (authority !== null) return authority;
  const folder = mkdtempSync(join(tmpdir(), "room-operator-authority-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  authority = new Authority(folder);
  return authority;
}

function toGitFault(fault: TransportFault): GitFault {
  if (fault === "hang") return { kind: "hang" };
  return "cutAfter" in fault
    ? { kind: "cutAfter", bytes: fault.cutAfter }
    : { kind: "resetAfter", bytes: fault.resetAfter };
}

export interface SshWorldOptions {
  /** False: the server speaks protocol 0, because it does not get the variable. */
  readonly takesVariables?: boolean;
  /** The key has a passphrase. */
  readonly locked?: boolean;
}

const PASSPHRASE = "passphr4se-s3cret";

/** `ssh` with a server of the tests. */
export async function sshWorld(options: SshWorldOptions = {}): Promise<TransportWorld> {
  const keys = new SshKeys();
  const server = await SshServer.start();
  server.takesVariables = options.takesVariables ?? true;
  const world = sshTo(keys, { ...options, port: server.port, knownHost: server.knownHost() });
  server.authorized.push(keys.publicBlob("client"));
  return {
    ...world,
    break: (fault) => (server.fault = toSshFault(fault)),
    heal: () => (server.fault = null),
    stop: async () => {
      await server.stop();
      await world.stop();
    },
  };
}

/** `ssh` with the system's own `sshd`. */
export async function sshdWorld(options: SshWorldOptions = {}): Promise<TransportWorld> {
  const keys = new SshKeys();
  keys.make("host");
  const client = keys.make("client", options.locked === true ? PASSPHRASE : "");
  const sshd = await Sshd.start(keys, options);
  const at = { port: sshd.port, knownHost: sshd.knownHost(keys), client };
  const world = sshTo(keys, { ...options, ...at });
  return {
    ...world,
    stop: async () => {
      await sshd.stop();
      await world.stop();
    },
  };
}

interface SshPlace extends SshWorldOptions {
  readonly port: number;
  readonly knownHost: string;
  readonly client?: string;
}

function sshTo(keys: SshKeys, place: SshPlace): TransportWorld {
  const passphrase = place.locked === true ? PASSPHRASE : "";
  const client = place.client ?? keys.make("client", passphrase);
  // A name that a shell would take apart.
  const repository = GitRepository.create({ name: "it's;echo$HOME!.git" });
  const login = (keyFile: string): GitCredentials => ({
    kind: "ssh",
    keyFile,
    passphraseFile: passphrase === "" ? null : keys.write("passphrase", `${passphrase}\n`),
    knownHostsFile: keys.write("known_hosts", place.knownHost),
  });
  const at = (path: string) => openTransport(`ssh://127.0.0.1:${place.port}${path}`);
  return {
    repository,
    transport: at(repository.folder),
    nowhere: at(`${repository.root}/none.git`),
    credentials: login(client),
    wrong: login(keys.make("stranger", passphrase)),
    secrets: [PASSPHRASE],
    stop: async () => {
      repository.remove();
      keys.remove();
    },
  };
}

function toSshFault(fault: TransportFault): SshFault {
  if (fault === "hang") return { kind: "hangAfterLogin" };
  return "cutAfter" in fault
    ? { kind: "cutAfter", bytes: fault.cutAfter }
    : { kind: "resetAfter", bytes: fault.resetAfter };
}
