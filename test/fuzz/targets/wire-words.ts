import { remoteHelperFailure } from "../../../agent/source/git/wire/remote-helper-failure.ts";
import { sshFailure } from "../../../agent/source/git/wire/ssh-failure.ts";
import { mustHold, shapeOf, type FuzzTarget } from "../fuzz-target.ts";

/** What a server may make ssh say, as far as it is kept. */
const MOST_WORDS = 16_384;

const PASSWORD = "canary-5d2e";
const SSH = {
  kind: "ssh",
  keyFile: "/key",
  passphraseFile: "/phrase",
  knownHostsFile: "/k",
} as const;
const BASIC = { kind: "basic", username: "ada", password: PASSWORD } as const;

/** The first byte is the code with which the program ended; a server chooses both. */
export const wireWords: FuzzTarget = {
  name: "wire-words",
  what: "what ssh or git says when it ends badly",
  maxBytes: MOST_WORDS + 1,
  seeds: [
    "\xff@@@\r\nREMOTE HOST IDENTIFICATION HAS CHANGED!\nHost key verification failed.\r\n",
    "\xffgit@git.test: Permission denied (publickey).\r\n",
    '\xffLoad key "/key": invalid format\r\n',
    "\x80fatal: '/x.git' does not appear to be a git repository\n",
    "\x7fsh: 1: git-upload-pack: not found\n",
    "\x01fatal: unable to access 'https://ada:canary-5d2e@git.test/': HTTP 403\n",
  ].map((text) => Buffer.from(text, "latin1")),
  words: [
    "Load key ",
    ": ",
    "not supported",
    "No ",
    "host key for ",
    " host key is known for",
    "repository ",
    " not found",
    "Received HTTP code 1",
    "Could not resolve hostname",
    "Connection to x closed",
    "@@@@",
    PASSWORD,
    "https://",
    "\r\n",
    "\u001b[2J",
  ],
  run: (input) => {
    const [code = 255, ...rest] = input;
    const end = { code, words: Buffer.from(rest).toString("utf8") };
    const ssh = sshFailure(end, { server: "git.test:22", path: "/x.git", credentials: SSH });
    const url = new URL("https://git.test/x.git");
    const helper = remoteHelperFailure(end, { url, credentials: BASIC });
    for (const { message } of [ssh, helper]) {
      // 200 characters of the words are shown, and each may have to be escaped.
      mustHold(message.length < 2000, "a message is short");
      mustHold(!/\p{Cc}/u.test(message), "a message is fit to be shown");
    }
    mustHold(!helper.message.includes(PASSWORD), "no password is shown");
    return `${ssh.code} ${helper.code} ${shapeOf(ssh.message).slice(0, 30)}`;
  },
};
