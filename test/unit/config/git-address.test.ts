import { expect } from "chai";
import { parseGitAddress, repositoryPath } from "../../../agent/config/git-address.ts";
import { redactUrl } from "../../../agent/kernel/redact.ts";
import { shellQuoted } from "../../../agent/source/git/wire/ssh-wire.ts";
import { refused, withSource } from "../../support/load-settings.ts";

describe("parseGitAddress", () => {
  const good: readonly (readonly [string, readonly unknown[]])[] = [
    ["ssh://git@host/a/b.git", ["git", "host", null, "/a/b.git"]],
    ["SSH://git@host:2222/a", ["git", "host", 2222, "/a"]],
    ["ssh://host/~kim/a", [null, "host", null, "~kim/a"]],
    ["ssh://git@[::1]:22/a", ["git", "::1", 22, "/a"]],
    ["git@host:a/b.git", ["git", "host", null, "a/b.git"]],
    ["git@host:/a", ["git", "host", null, "/a"]],
    ["host:a", [null, "host", null, "a"]],
    ["git@[::1]:a", ["git", "::1", null, "a"]],
    ["git@host:it's;$(id)`id`!.git", ["git", "host", null, "it's;$(id)`id`!.git"]],
  ];
  for (const [text, want] of good) {
    it(`reads ${text}`, () => {
      const address = parseGitAddress(text);
      if (typeof address === "string" || address.kind !== "ssh") throw new Error(text);
      expect([address.user, address.host, address.port, address.path]).to.deep.equal(want);
    });
  }

  const bad: readonly (readonly [string, RegExp])[] = [
    [
      "git@host:22:a/b",
      /whether 22 is a port; write ssh:\/\/user@host:22\/a\/b if it is, else ssh:\/\/user@host\/~\/22\/a\/b/,
    ],
    ["git@host:22:/a", /host:22\/a if it is, else ssh:\/\/user@host\/~\/22\/a(?!\/)/],
    ["host:22/a", /write ssh:\/\/host:22\/a /],
    ["git@host:22", /ssh:\/\/user@host:22\/path/],
    ["ssh://git:s3cret@host/a", /holds a password/],
    ["ssh://-oProxyCommand=id@host/a", /user that is not a plain name/],
    ["ssh://-oProxyCommand=id/a", /no plain host name/],
    ["ssh://git@-oProxyCommand=id/a", /no plain host name/],
    ["-oProxyCommand=id:a", /no plain host name/],
    ["git@-oProxyCommand=id:a", /no plain host name/],
    ["git@host:-oProxyCommand=id", /path that begins with -/],
    ["git@host:--upload-pack=id", /path that begins with -/],
    ["ssh://git@ho$(id)st/a", /no plain host name/],
    ["ssh://git@host%20x/a", /no plain host name/],
    ["ssh://git@host:0/a", /port/],
    ["ssh://git@host:65536/a", /port/],
    ["ssh://git@host:x/a", /no plain host name/],
    ["ssh://git@host", /names no repository/],
    ["ssh://git@host/", /names no repository/],
    ["git@host:", /not an address/],
    ["git@host:a b", /blanks/],
    ["git@host:a\nb", /control/],
    ["ssh://git@host/a\u0000b", /control/],
    ["git://host/a", /neither encrypted nor signed in/],
    ["file:///srv/a", /no local repository/],
    ["/srv/a", /is a path, and the agent reads no local repository.*Kind to `folder`/],
    ["../specs", /is a path/],
    [".", /is a path/],
    ["~/specs", /is a path/],
    ["ftp://host/a", /ftp:\/\/, which is not known; write https:/],
    ["rsync://host/a", /write https:/],
    ["https:/host/a", /lacks a slash/],
    ["http:host", /lacks a slash/],
    ["", /not an address/],
    ["ext::sh -c id", /blanks/],
  ];
  for (const [text, words] of bad) {
    it(`refuses ${JSON.stringify(text)}`, async () => {
      expect(parseGitAddress(text)).to.be.a("string").that.matches(words);
      const problems = await refused(withSource({ Url: text }));
      expect(problems.map(({ key }) => key)).to.include("Git.Sources[0].Url");
      expect(JSON.stringify(problems)).not.to.include("s3cret");
    });
  }
});

describe("shellQuoted", () => {
  for (const [text, want] of [
    ["/a b", "'/a b'"],
    ["it's", "'it'\\''s'"],
    ["!x", "''\\!'x'"],
    ["$(id)`id`\\", "'$(id)`id`\\'"],
  ] as const) {
    it(`makes one word of ${text}`, () => expect(shellQuoted(text)).to.equal(want));
  }
});

describe("redactUrl of an ssh address", () => {
  for (const [text, want] of [
    ["ssh://git@host:22/a", "ssh://git@host:22/a"],
    ["git@host:a/b.git", "git@host:a/b.git"],
    ["ssh://git:pw@host/a", "ssh://[redacted]@host/a"],
    ["ssh://ghp4secret@host/a", "ssh://[redacted]@host/a"],
    ["ghp4secret@host:a", "[redacted]@host:a"],
    ["https://git@host/a", "https://[redacted]@host/a"],
  ] as const) {
    it(`shows ${text} as ${want}`, () => expect(redactUrl(text)).to.equal(want));
  }
});

describe("the path of a repository's address", () => {
  for (const [url, path] of [
    ["https://git.test/ops/specs.git", "ops/specs"],
    ["https://git.test/ops/specs/", "ops/specs"],
    ["http://host:3000/gitea/ops/specs.git", "gitea/ops/specs"],
    ["https://gitlab.test/a/b/c", "a/b/c"],
    ["https://git.test/ops/r%20x", "ops/r x"],
    ["https://git.test/ops/100%", "ops/100%"],
    ["ssh://git@git.test:22/ops/specs.git", "ops/specs"],
    ["git@git.test:ops/specs.git", "ops/specs"],
    ["git@[2001:db8::1]:ops/specs.git", "ops/specs"],
  ] as const) {
    it(`reads the path of ${url}`, () => expect(repositoryPath(url)).to.equal(path));
  }
});
