import { expect } from "chai";
import { remoteHelperFailure } from "../../../../../agent/source/git/wire/remote-helper-failure.ts";
import { sshFailure } from "../../../../../agent/source/git/wire/ssh-failure.ts";

/** What is kept of a program's words. */
const MOST = 16_384;

/** Ms of processor time: a pattern with two repeats, tried at each place of such a line, took many seconds. */
const MOST_MS = 200;

describe("words of a server that ends a conversation badly", () => {
  for (const unit of [
    "Load key : ",
    "No ",
    "host key for ",
    "repository ",
    "Identity file ",
    "\n",
  ]) {
    it(`are read at once, when it says ${JSON.stringify(unit)} again and again`, () => {
      const words = unit.repeat(MOST / unit.length);
      const credentials = {
        kind: "ssh",
        keyFile: "/key",
        passphraseFile: null,
        knownHostsFile: "/hosts",
      } as const;
      const began = process.cpuUsage().user;
      for (const code of [1, 255]) {
        sshFailure({ code, words }, { server: "git.test:22", path: "/x.git", credentials });
        remoteHelperFailure({ code, words }, { url: new URL("https://git.test/"), credentials });
      }
      expect((process.cpuUsage().user - began) / 1000).to.be.below(MOST_MS);
    });
  }
});
