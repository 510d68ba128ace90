import type { OperatorError } from "../../../kernel/errors.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { gitFailure } from "../../git-failure.ts";
import type { SourceFailureReason } from "../../../status/source-failures.ts";
import { quotedWords } from "./git-words.ts";
import { saysIn, type Said } from "./said-words.ts";
import type { WireEnd } from "./wire-process.ts";

export interface SshTalk {
  /** `user@host:port`. */
  readonly server: string;
  readonly path: string;
  readonly credentials: GitCredentials;
}

/** What a program's words show: the first that matches counts. */
interface Sign {
  readonly words: Said;
  readonly reason: SourceFailureReason;
  /** What happened, and what to do. */
  readonly says: string;
}

/** Of `ssh` itself, in the words of OpenSSH in the C locale. */
const OF_SSH: readonly Sign[] = [
  {
    words: [[/REMOTE HOST IDENTIFICATION HAS CHANGED/i], [/host key for /i, / has changed/i]],
    reason: "Unreachable",
    says:
      "its host key is not the one in Auth.KnownHostsFile. Somebody may stand between, or the server was set up again: ask whoever runs it for " +
      "the fingerprint, compare it with `ssh-keyscan`, and only then correct the file",
  },
  {
    words: [[/No .{0,100} host key is known for|Host key verification failed/i]],
    reason: "Unreachable",
    says: "its host key is not in Auth.KnownHostsFile. Get it with `ssh-keyscan`, compare the fingerprint with what whoever runs it says, and add it",
  },
  {
    words: [[/UNPROTECTED PRIVATE KEY FILE|bad permissions/i]],
    reason: "AuthenticationFailed",
    says: "others may read Auth.KeyFile, so ssh does not take it. Run chmod 600 on it",
  },
  {
    words: [[/Load key /i, /: invalid format|: error in libcrypto|not supported/i]],
    reason: "AuthenticationFailed",
    says: "Auth.KeyFile holds no key that this ssh can read. Make one with ssh-keygen -t ed25519",
  },
  {
    words: [
      [/Identity file /i, / not accessible/i],
      [/Load key /i, /: (?:No such file|Permission denied)/i],
    ],
    reason: "AuthenticationFailed",
    says: "Auth.KeyFile cannot be read. Check the path and who may read it",
  },
  {
    words: [[/Permission denied \(|Too many authentication failures/i]],
    reason: "AuthenticationFailed",
    says: "the server does not accept the key. Add the public half of Auth.KeyFile to the repository's deploy keys, and check the user in Url",
  },
  {
    words: [[/Could not resolve hostname/i]],
    reason: "Unreachable",
    says: "the name is unknown to DNS. Check the host name in Url, and DNS on this machine",
  },
  {
    words: [[/Connection refused/i]],
    reason: "Unreachable",
    says: "nothing listens on that port. Check the port in Url, and that the server runs",
  },
  {
    words: [[/timed out|not responding/i]],
    reason: "Timeout",
    says: "no connection came about in time. Check the network and firewalls",
  },
  {
    words: [[/No route to host|Network is unreachable/i]],
    reason: "Unreachable",
    says: "no route leads to the host. Check the network",
  },
  {
    words: [[/Unable to negotiate/i]],
    reason: "Unreachable",
    says: "it shares no algorithm with this ssh. Update the older side",
  },
  {
    words: [[/No user exists for uid/i]],
    reason: "WorkerFailed",
    says: "ssh needs a line in /etc/passwd for the user that the agent runs as. Add one",
  },
  {
    words: [[/kex_exchange_identification|banner exchange|Bad packet length/i]],
    reason: "Unreachable",
    says: "it ended the connection before SSH began. Check that an SSH server listens on the port in Url, and look at its log",
  },
];

/** Of the command at the server. */
const OF_SERVER: readonly Sign[] = [
  {
    words: [
      [
        /not appear to be a git repository|not found\.?$|no such (?:repository|project)|Could not find/i,
      ],
      [/repository /i, /not (?:found|exist)/i],
    ],
    reason: "RepositoryNotFound",
    says: "it has no such repository, or does not show it to this key. Check the path in Url, and what the key may read",
  },
  {
    words: [[/not our ref|not a valid object|unadvertised object/i]],
    reason: "ServerError",
    says: "the commit is not there any more. It is asked again later",
  },
  {
    words: [[/dubious ownership|safe\.directory/i]],
    reason: "ServerError",
    says: "git on the server refuses the repository because of its owner. Correct the owner or set safe.directory there",
  },
  {
    words: [[/access denied|permission denied|not (?:authori[sz]ed|allowed)|forbidden/i]],
    reason: "AuthenticationFailed",
    says: "the key is known, but may not read this. Check what it may read",
  },
];

const NO_GIT: Sign = {
  words: [[/./]],
  reason: "ProtocolError",
  says: "there is no git-upload-pack at the server. Install git there, or check that Url names a git server",
};

/** Exit code of `ssh` for whatever is its own. */
const OWN = 255;

/** A conversation by `ssh` that ended badly, as a failure that says what to do. */
export function sshFailure(end: WireEnd, talk: SshTalk): OperatorError {
  const { server, path, credentials } = talk;
  const words = quotedWords(lastLine(end.words), credentials);
  const said = words === '""' ? "" : ` ssh says ${words}.`;
  if (end.code === OWN) {
    const sign = OF_SSH.find((each) => saysIn(end.words, each.words));
    const says = sign?.says ?? "the connection broke. Look at the server, and the network";
    const passphrase =
      sign?.reason === "AuthenticationFailed" && hasPassphrase(credentials) ? PASSPHRASE : "";
    return gitFailure(
      sign?.reason ?? "Unreachable",
      `${server} cannot be used: ${says}.${passphrase}${said}`,
    );
  }
  const isAbsent = end.code === 127 || end.code === 126;
  const sign = isAbsent ? NO_GIT : OF_SERVER.find((each) => saysIn(end.words, each.words));
  const says = sign?.says ?? "git-upload-pack failed there. It is asked again later";
  const how = end.code === null ? "was killed" : `ended with ${end.code}`;
  return gitFailure(sign?.reason ?? "ServerError", `${server} ${how} for ${path}: ${says}.${said}`);
}

/** ssh does not say that a passphrase is wrong. */
const PASSPHRASE =
  " Or the passphrase in Auth.PassphraseFile does not open Auth.KeyFile: try it with ssh-keygen -y -f FILE.";

function hasPassphrase(credentials: GitCredentials): boolean {
  return credentials.kind === "ssh" && credentials.passphraseFile !== null;
}

function lastLine(words: string): string {
  const lines = words.split(/[\r\n]+/).map((line) => line.trim());
  const written = lines.filter(
    (line) => line !== "" && !/^(?:Connection to .* closed|@+$)/.test(line),
  );
  return written.at(-1) ?? "";
}
