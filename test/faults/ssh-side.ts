import { generateKeyPairSync } from "node:crypto";
import { FaultProxy } from "../support/fault-proxy.ts";
import { SshKeys } from "../support/ssh-keys.ts";
import { SshServer } from "../support/ssh-server.ts";
import type { SshFault } from "../support/ssh-fault.ts";
import { Sshd } from "../support/sshd.ts";

/** What the server's host key is, and who may sign in. */
interface SshServed {
  readonly host: "host" | "other-host";
  readonly client: "client" | "stranger";
}

const USUAL: SshServed = { host: "host", client: "client" };

/** An ssh server in front of the repository of the story, and a proxy between it and the agent. */
export class SshSide {
  readonly proxy: FaultProxy;
  /** What the agent has to be told. */
  readonly settings: Readonly<Record<string, string>>;
  readonly #keys: SshKeys;
  readonly #server: SshServer | null;
  #sshd: Sshd | null;
  readonly #hostKeys;

  private constructor(
    parts: Pick<SshSide, "proxy" | "settings">,
    behind: { keys: SshKeys; server: SshServer | null; sshd: Sshd | null },
  ) {
    this.proxy = parts.proxy;
    this.settings = parts.settings;
    this.#keys = behind.keys;
    this.#server = behind.server;
    this.#sshd = behind.sshd;
    const { privateKey } = generateKeyPairSync("ed25519");
    this.#hostKeys = { host: behind.server?.hostKey ?? privateKey, "other-host": privateKey };
  }

  /** `isSystems`: by the system's own `sshd`. */
  static async start(repository: string, isSystems: boolean): Promise<SshSide> {
    const keys = new SshKeys();
    for (const name of ["host", "other-host", "client", "stranger"]) keys.make(name);
    const sshd = isSystems ? await Sshd.start(keys) : null;
    const server = isSystems ? null : await SshServer.start();
    const port = sshd?.port ?? server?.port ?? 0;
    const proxy = await FaultProxy.start(`http://127.0.0.1:${port}`);
    const line = server?.knownHost().replace(/^\S+ /, "") ?? keys.publicLine("host");
    const knownHost = `[127.0.0.1]:${proxy.port} ${line}`;
    const settings = {
      Git__Sources__0__Url: `ssh://127.0.0.1:${proxy.port}${repository}`,
      Git__Sources__0__Auth__Kind: "ssh",
      Git__Sources__0__Auth__KeyFile: `${keys.folder}/client`,
      Git__Sources__0__Auth__KnownHostsFile: keys.write("known_hosts", knownHost),
    };
    const side = new SshSide({ proxy, settings }, { keys, server, sshd });
    await side.serve();
    return side;
  }

  /** Serves so from now on. The system's own server is started anew for it. */
  async serve(served: Partial<SshServed> = {}): Promise<void> {
    const { host, client } = { ...USUAL, ...served };
    const keys = this.#keys;
    if (this.#server !== null) {
      this.#server.hostKey = this.#hostKeys[host];
      this.#server.authorized.splice(0, Infinity, keys.publicBlob(client));
    }
    if (this.#sshd === null) return;
    const { port } = this.#sshd;
    await this.#sshd.stop();
    this.#sshd = await Sshd.start(keys, { at: port, host, client });
  }

  /** What goes wrong with each connection; null: nothing. */
  fault(fault: SshFault | null): void {
    if (this.#server === null) throw new Error("the system's own sshd has no such switch");
    this.#server.fault = fault;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    await this.#sshd?.stop();
    this.#keys.remove();
  }
}
