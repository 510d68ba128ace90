import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { eventually } from "./eventually.ts";
import { freePort } from "./free-port.ts";
import type { SshKeys } from "./ssh-keys.ts";

const PROGRAM = "/usr/sbin/sshd";

export interface SshdOptions {
  readonly takesVariables?: boolean;
  readonly at?: number;
  readonly host?: string;
  readonly client?: string;
}

/** The system's own `sshd` on a free port of 127.0.0.1, for whoever runs the tests. */
export class Sshd {
  readonly port: number;
  readonly user = userInfo().username;
  readonly #child: ChildProcess;

  private constructor(port: number, child: ChildProcess) {
    this.port = port;
    this.#child = child;
  }

  static get isThere(): boolean {
    return existsSync(PROGRAM);
  }

  /** `keys` has the two that are named; the second may sign in. Without `at` it finds a port itself. */
  static async start(keys: SshKeys, options: SshdOptions = {}): Promise<Sshd> {
    const { takesVariables = true, at, host = "host", client = "client" } = options;
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    const port = at ?? (await freePort());
    const config = keys.write(
      "sshd_config",
      [
        `Port ${port}`,
        "ListenAddress 127.0.0.1",
        `HostKey "${keys.folder}/${host}"`,
        `AuthorizedKeysFile "${keys.write("authorized", keys.publicLine(client)).replaceAll("%", "%%")}"`,
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        ...(takesVariables ? ["AcceptEnv GIT_PROTOCOL"] : []),
        "",
      ].join("\n"),
    );
    const child = spawn(PROGRAM, ["-D", "-e", "-f", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let words = "";
    child.stderr?.on("data", (bytes: Buffer) => (words += bytes.toString()));
    await eventually(`sshd listens: ${words}`, () => {
      if (child.exitCode !== null) throw new Error(`sshd ended: ${words}`);
      return isListening(port);
    });
    return new Sshd(port, child);
  }

  knownHost(keys: SshKeys): string {
    const [type, key] = keys.publicLine("host").split(" ");
    return `[127.0.0.1]:${this.port} ${type} ${key}\n`;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
