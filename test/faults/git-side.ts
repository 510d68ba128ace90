import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Authority } from "../support/certificates.ts";
import { CANARIES } from "../support/check-world.ts";
import { FaultProxy } from "../support/fault-proxy.ts";
import { ForwardProxy } from "../support/forward-proxy.ts";
import { SshSide } from "./ssh-side.ts";

/**
 * How the agent reaches the git server of the story: by address, over TLS, by a name that has to be looked up, by a proxy, over TLS
 * through a tunnel of a proxy, or by ssh to a server of the tests or to the system's own.
 */
export type GitTransport = "address" | "tls" | "name" | "proxy" | "tunnel" | "ssh" | "sshd";

export interface GitSideGiven {
  /** A folder of the run. */
  readonly folder: string;
  /** The git server's. */
  readonly origin: string;
  /** Where the repository of the story is. */
  readonly repository: string;
  readonly transport: GitTransport;
}

const NAME_SERVICE = fileURLToPath(new URL("../support/name-service.ts", import.meta.url));

/** What stands between the agent and the git server of the story, and what the agent has to be told about it. */
export class GitSide {
  readonly proxy: FaultProxy;
  readonly settings: Readonly<Record<string, string>>;
  /** Shows another certificate; does nothing but over TLS. */
  readonly certify: (which: "good" | "expired" | "otherHost") => void;
  /** Null unless the agent goes by a forward proxy. */
  readonly forward: ForwardProxy | null;
  /** Between the agent and the forward proxy; null without one. */
  readonly beforeForward: FaultProxy | null;
  /** Null unless the agent goes by ssh. */
  readonly ssh: SshSide | null;
  readonly #folder: string;

  private constructor(
    parts: Pick<GitSide, "proxy" | "settings" | "certify" | "forward" | "beforeForward" | "ssh"> & {
      readonly folder: string;
    },
  ) {
    this.forward = parts.forward;
    this.beforeForward = parts.beforeForward;
    this.ssh = parts.ssh;
    this.proxy = parts.proxy;
    this.settings = parts.settings;
    this.certify = parts.certify;
    this.#folder = parts.folder;
  }

  static async start(given: GitSideGiven): Promise<GitSide> {
    const { folder, origin, transport } = given;
    mkdirSync(folder);
    if (transport === "ssh" || transport === "sshd") return overSsh(given);
    const isTls = transport === "tls" || transport === "tunnel";
    const isBehind = transport === "proxy" || transport === "tunnel";
    const over = isTls ? await overTls(folder, origin) : await plain(origin);
    const url =
      transport === "name" ? `http://git.specs.test:${over.proxy.port}` : over.proxy.origin;
    const forward = isBehind ? await ForwardProxy.start() : null;
    const beforeForward = forward === null ? null : await FaultProxy.start(forward.url);
    const lookup = {
      NODE_OPTIONS: `--import ${NAME_SERVICE}`,
      NAME_SERVICE: join(folder, "name"),
    };
    const side = new GitSide({
      folder,
      proxy: over.proxy,
      certify: over.certify,
      forward,
      beforeForward,
      ssh: null,
      settings: {
        Git__Sources__0__Url: `${url}/specs.git`,
        Git__Sources__0__Auth__Kind: "token",
        Git__Sources__0__Auth__TokenFile: join(folder, "token"),
        ...over.settings,
        ...(transport === "name" ? lookup : {}),
        ...(beforeForward === null ? {} : { Git__Sources__0__Proxy__Url: beforeForward.origin }),
      },
    });
    side.token = CANARIES.git;
    side.isNamed = true;
    return side;
  }

  /** Takes a side that goes by ssh. */
  static by(ssh: SshSide, folder: string): GitSide {
    const { proxy, settings } = ssh;
    const none = { forward: null, beforeForward: null, certify: () => undefined };
    return new GitSide({ folder, proxy, settings, ssh, ...none });
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.beforeForward?.stop();
    await this.forward?.stop();
    await this.ssh?.stop();
  }

  /** What the agent signs in with from now on. */
  set token(token: string) {
    writeFileSync(join(this.#folder, "token"), `${token}\n`);
  }

  /** Whether the server's name is known; what is connected stays so. */
  set isNamed(known: boolean) {
    const file = join(this.#folder, "name");
    if (known) writeFileSync(file, "");
    else rmSync(file);
  }
}

type Over = Pick<GitSide, "proxy" | "settings" | "certify">;

async function overSsh({ folder, repository, transport }: GitSideGiven): Promise<GitSide> {
  return GitSide.by(await SshSide.start(repository, transport === "sshd"), folder);
}

async function plain(origin: string): Promise<Over> {
  return { proxy: await FaultProxy.start(origin), settings: {}, certify: () => undefined };
}

async function overTls(folder: string, origin: string): Promise<Over> {
  const authority = new Authority(folder);
  const certificates = {
    good: authority.issue("good", "IP:127.0.0.1", 2),
    expired: authority.issue("expired", "IP:127.0.0.1", -1),
    otherHost: authority.issue("other-host", "DNS:elsewhere.test", 2),
  };
  const proxy = await FaultProxy.start(origin, certificates.good);
  return {
    proxy,
    settings: { NODE_EXTRA_CA_CERTS: authority.file },
    certify: (which) => proxy.present(certificates[which]),
  };
}
