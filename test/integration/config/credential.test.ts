import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { readCredential } from "../../../agent/config/credential.ts";
import { Secret } from "../../../agent/kernel/secret.ts";
import { rejection } from "../../support/rejection.ts";

describe("readCredential", () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-credential-"));
    path = join(folder, "token");
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it("hands a configured value back", async () => {
    const secret = new Secret("abc");
    expect(await readCredential({ kind: "value", secret })).to.equal(secret);
  });

  it("says what to write into a file that is missing", async () => {
    const hint = async (holds: "token" | "password" | "secret") =>
      (await rejection(readCredential({ kind: "file", path, holds }))).message.split("; ").at(-1);
    expect(await hint("token")).to.equal("write the token or password into it, on one line.");
    expect(await hint("password")).to.equal("write the token or password into it, on one line.");
    expect(await hint("secret")).to.equal("write the secret into it, on one line.");
  });

  it("reads the file again at each use", async () => {
    writeFileSync(path, "old");
    expect((await readCredential({ kind: "file", path, holds: "password" })).reveal()).to.equal(
      "old",
    );
    writeFileSync(path, "new");
    expect((await readCredential({ kind: "file", path, holds: "password" })).reveal()).to.equal(
      "new",
    );
  });

  for (const [text, want] of [
    ["token\n", "token"],
    ["token\r\n", "token"],
    [" pass word ", " pass word "],
    ["pässwort", "pässwort"],
    ["\ufeffpässwort\r\n", "pässwort"],
  ] as const) {
    it(`takes ${JSON.stringify(want)} out of ${JSON.stringify(text)}`, async () => {
      writeFileSync(path, text);
      expect((await readCredential({ kind: "file", path, holds: "password" })).reveal()).to.equal(
        want,
      );
    });
  }

  for (const [text, hint] of [
    ["", /is empty/],
    ["\n", /is empty/],
    ["canary\nmore\n", /several lines/],
    ["canary\0", /control characters/],
    ["canary".repeat(20_000), /more than 65536 bytes/],
  ] as const) {
    it(`refuses a file of ${JSON.stringify(text.slice(0, 20))} and does not show it`, async () => {
      writeFileSync(path, text);
      const error = await rejection(readCredential({ kind: "file", path, holds: "password" }));
      expect(error).to.include({ code: "CredentialUnreadable" });
      expect(error.message).to.match(hint).and.include(path).and.not.include("canary");
    });
  }

  for (const [name, bytes, want] of [
    ["a byte order mark", Buffer.from("\ufefftoken-1\n"), "token-1"],
    ["nothing around it", Buffer.from("token-1"), "token-1"],
    [
      "a no-break space",
      Buffer.from("canary\u00a0"),
      /not visible ASCII \(character 7 is U\+00A0\)/,
    ],
    ["a blank at its end", Buffer.from("canary "), /character 7 is U\+0020/],
    ["a mark inside", Buffer.from("can\ufeffary"), /character 4 is U\+FEFF/],
    ["a letter that is not ASCII", Buffer.from("canäry"), /not visible ASCII \(character 4\)/],
    ["UTF-16", Buffer.from("\ufeffcanary", "utf16le"), /UTF-16; save it as UTF-8/],
    ["bytes that are no text", Buffer.from([0x63, 0xff, 0x61]), /is not UTF-8/],
  ] as const) {
    it(`reads a token file with ${name}, or says what is wrong without showing it`, async () => {
      writeFileSync(path, bytes);
      const reading = readCredential({ kind: "file", path, holds: "token" });
      if (typeof want === "string") {
        expect((await reading).reveal()).to.equal(want);
        return;
      }
      const error = await rejection(reading);
      expect(error).to.include({ code: "CredentialUnreadable" });
      expect(error.message)
        .to.match(want)
        .and.not.match(/canary|canäry|ä/);
    });
  }

  it("refuses what nobody sees in a password", async () => {
    writeFileSync(path, "pass\u200bword");
    const error = await rejection(readCredential({ kind: "file", path, holds: "password" }));
    expect(error.message).to.include("invisible character (character 5 is U+200B)");
  });

  it("names a file that is not there, or is a folder", async () => {
    const absent = await rejection(readCredential({ kind: "file", path, holds: "password" }));
    expect(absent.message).to.include(`${path} cannot be read (it does not exist)`);
    const isFolder = await rejection(
      readCredential({ kind: "file", path: folder, holds: "password" }),
    );
    expect(isFolder.message).to.include("is not a regular file");
  });

  it("waits for no pipe, and reads no device without end", async () => {
    execFileSync("mkfifo", [path]);
    for (const odd of [path, "/dev/zero"]) {
      const error = await rejection(readCredential({ kind: "file", path: odd, holds: "password" }));
      expect(error.message).to.include(`${odd} is not a regular file`);
    }
  });

  it("rejects with the signal's reason", async () => {
    writeFileSync(path, "abc");
    const reason = new Error("stopping");
    const error = await rejection(
      readCredential({ kind: "file", path, holds: "password" }, AbortSignal.abort(reason)),
    );
    expect(error).to.equal(reason);
  });
});
