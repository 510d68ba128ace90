import type { Environment } from "../../../config/environment.ts";
import type { OperatorError } from "../../../kernel/errors.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { gitFailure } from "../../git-failure.ts";
import type { TransportCall } from "./git-transport.ts";
import { quotedWords } from "./git-words.ts";
import { remoteHelperFailure } from "./remote-helper-failure.ts";
import type { Wire } from "./stream-transport.ts";
import { WireUnstarted } from "./wire-process.ts";
import type { WireCommand, WireEnd, WireProcess } from "./wire-process.ts";

/** What git, curl and Kerberos read of the environment; nothing else of the agent's reaches them. */
const PASSED_ON = [
  "PATH",
  "HOME",
  "XDG_CONFIG_HOME",
  "GIT_CONFIG_NOSYSTEM",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_SYSTEM",
  "GIT_EXEC_PATH",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
  "GIT_SSL_CERT",
  "GIT_SSL_KEY",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "CURL_CA_BUNDLE",
  "KRB5CCNAME",
  "KRB5_CONFIG",
  "KRB5_KTNAME",
  "KRB5_CLIENT_KTNAME",
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
];

/** Reads what the agent wrote behind descriptor 3, which can be read once. */
const HELPER = '!f() { test "$1" = get && cat <&3; }; f';

/**
 * The system's git as the way to a repository over http and https: its remote helper carries git's protocol 2, with all that curl
 * and git's own configuration know of proxies, authorities and sign-in. No credential of the agent's stands in arguments or
 * environment.
 */
export class RemoteHelperWire implements Wire {
  readonly tail = "0002";
  readonly #url: URL;
  readonly #env: Environment;

  constructor(url: string, env: Environment) {
    this.#url = new URL(url);
    this.#env = env;
  }

  command({ credentials }: TransportCall): WireCommand {
    const scheme = this.#url.protocol === "https:" ? "https" : "http";
    const settings = [
      ["protocol", "version", "2"],
      ["http", "followRedirects", "false"],
      ["core", "askPass", ""],
      ...(credentials.kind === "none"
        ? []
        : [
            ["credential", "helper", ""],
            ["credential", `${this.#url.origin}.helper`, HELPER],
          ]),
    ];
    return {
      file: "git",
      args: [`remote-${scheme}`, "origin", this.#url.href],
      env: {
        ...passedOn(this.#env),
        LANG: "C",
        LC_ALL: "C",
        GIT_TERMINAL_PROMPT: "0",
        GIT_CONFIG_COUNT: String(settings.length),
        ...Object.fromEntries(
          settings.flatMap(([section = "", key = "", value = ""], index) => [
            [`GIT_CONFIG_KEY_${index}`, `${section}.${key}`],
            [`GIT_CONFIG_VALUE_${index}`, value],
          ]),
        ),
      },
      ...secretOf(credentials),
    };
  }

  readonly greet = async (process: WireProcess): Promise<boolean> => {
    process.write(Buffer.from("capabilities\n"));
    const known = await lines(process, (all) => all.includes(""));
    if (known === null) return false;
    if (!known.includes("stateless-connect")) throw tooOld("its helper lacks stateless-connect");
    process.write(Buffer.from("stateless-connect git-upload-pack\n"));
    const answers = await lines(process, (all) => all.length > 0);
    if (answers === null) return false;
    const [answer = ""] = answers;
    if (answer === "") return true;
    if (answer !== "fallback") throw tooOld(`its helper says ${quotedWords(answer)}`);
    throw gitFailure(
      "ProtocolError",
      "The git server does not speak git's protocol 2, which Fetcher system needs. Set Fetcher to builtin for this source.",
    );
  };

  failure(end: WireEnd | WireUnstarted, { credentials }: TransportCall): OperatorError {
    if (end instanceof WireUnstarted) {
      return gitFailure(
        "WorkerFailed",
        `${end.message}. Install git, so that PATH of the agent has it, or set Fetcher to builtin.`,
      );
    }
    return remoteHelperFailure(end, { url: this.#url, credentials });
  }
}

function passedOn(env: Environment): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function secretOf(credentials: GitCredentials): { readonly secret?: string } {
  if (credentials.kind !== "basic") return {};
  return { secret: `username=${credentials.username}\npassword=${credentials.password}\n` };
}

/** A helper's answers are short; one that is not is not a helper's. */
const MOST_BYTES = 4096;

/** The lines that come until there are enough; null if the program ended before. */
async function lines(
  process: WireProcess,
  isEnough: (all: readonly string[]) => boolean,
): Promise<readonly string[] | null> {
  let text = Buffer.alloc(0);
  let found: readonly string[] | null = null;
  await process.read((bytes) => {
    text = Buffer.concat([text, bytes]);
    let at = 0;
    const all: string[] = [];
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", at)) {
      all.push(text.toString("latin1", at, end));
      at = end + 1;
      if (!isEnough(all)) continue;
      found = all;
      return text.subarray(at);
    }
    if (text.length > MOST_BYTES) throw tooOld("its helper does not answer as one does");
    return undefined;
  });
  return found;
}

function tooOld(what: string): OperatorError {
  return gitFailure(
    "WorkerFailed",
    `The system's git cannot be used: ${what}. Install git 2.18 or later, or set Fetcher to builtin.`,
  );
}
