import { fileURLToPath } from "node:url";
import { sshServer } from "../../../config/git-address.ts";
import type { SshAddress } from "../../../config/git-address.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import { packageFile } from "../../../kernel/package-files.ts";
import { gitFailure } from "../../git-failure.ts";
import type { TransportCall } from "./git-transport.ts";
import { sshFailure } from "./ssh-failure.ts";
import type { Wire } from "./stream-transport.ts";
import { WireUnstarted } from "./wire-process.ts";
import type { WireCommand, WireEnd } from "./wire-process.ts";

/** Answers ssh's question for a passphrase. */
const ASKPASS = fileURLToPath(packageFile("agent/source/git/wire/ssh-askpass.sh"));

/** The system's `ssh` as the way to a repository. It reads no configuration, asks no person, and keeps nothing. */
export class SshWire implements Wire {
  readonly #address: SshAddress;
  /** Where programs are looked for. */
  readonly #path: string;

  constructor(address: SshAddress, path: string) {
    this.#address = address;
    this.#path = path;
  }

  command({ credentials, deadlines }: TransportCall, version: 1 | 2): WireCommand {
    if (credentials.kind !== "ssh") {
      throw gitFailure("AuthenticationFailed", "An ssh address needs Auth.Kind ssh.");
    }
    const { keyFile, passphraseFile, knownHostsFile } = credentials;
    const { user, host, port, path } = this.#address;
    const asksPassphrase = passphraseFile !== null;
    const options = [
      `BatchMode=${asksPassphrase ? "no" : "yes"}`,
      "NumberOfPasswordPrompts=1",
      "StrictHostKeyChecking=yes",
      `UserKnownHostsFile="${literal(knownHostsFile)}"`,
      "GlobalKnownHostsFile=none",
      "UpdateHostKeys=no",
      `IdentityFile="${literal(keyFile)}"`,
      "IdentitiesOnly=yes",
      "IdentityAgent=none",
      "PreferredAuthentications=publickey",
      "PasswordAuthentication=no",
      "KbdInteractiveAuthentication=no",
      "ForwardAgent=no",
      "ClearAllForwardings=yes",
      "ProxyCommand=none",
      "PermitLocalCommand=no",
      "ControlPath=none",
      `ConnectTimeout=${Math.max(1, Math.ceil(deadlines.headersMs / 1000))}`,
      "ServerAliveInterval=5",
      ...(version === 2 ? ["SendEnv=GIT_PROTOCOL"] : []),
    ];
    return {
      file: "ssh",
      args: [
        "-F",
        "none",
        "-T",
        ...options.flatMap((option) => ["-o", option]),
        ...(port === null ? [] : ["-p", String(port)]),
        ...(user === null ? [] : ["-l", user]),
        "--",
        host,
        `git-upload-pack ${shellQuoted(path)}`,
      ],
      env: {
        PATH: this.#path,
        HOME: "/nonexistent",
        LANG: "C",
        LC_ALL: "C",
        ...(version === 2 ? { GIT_PROTOCOL: "version=2" } : {}),
        ...(asksPassphrase
          ? {
              SSH_ASKPASS: ASKPASS,
              SSH_ASKPASS_REQUIRE: "force",
              ROOM_OPERATOR_PASSPHRASE_FILE: passphraseFile,
            }
          : {}),
      },
    };
  }

  failure(end: WireEnd | WireUnstarted, { credentials }: TransportCall): OperatorError {
    if (end instanceof WireUnstarted) {
      return gitFailure(
        "WorkerFailed",
        `${end.message}. Install OpenSSH's client (package openssh-client), so that PATH of the agent has ssh.`,
      );
    }
    return sshFailure(end, {
      server: sshServer(this.#address),
      path: this.#address.path,
      credentials,
    });
  }
}

/** ssh expands a `%` in a path. */
function literal(path: string): string {
  return path.replaceAll("%", "%%");
}

/** As the shell of the server reads it: one word. `!` is quoted for shells that know a history. */
export function shellQuoted(text: string): string {
  return `'${text.replace(/['!]/g, (character) => `'\\${character}'`)}'`;
}
