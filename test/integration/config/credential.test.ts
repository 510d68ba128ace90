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

  it("reads the file again at each use", async () => {
    writeFileSync(path, "old");
    expect((await readCredential({ kind: "file", path })).reveal()).to.equal("old");
    writeFileSync(path, "new");
    expect((await readCredential({ kind: "file", path })).reveal()).to.equal("new");
  });

  for (const [text, want] of [
    ["token\n", "token"],
    ["token\r\n", "token"],
    [" pass word ", " pass word "],
    ["pässwort", "pässwort"],
  ] as const) {
    it(`takes ${JSON.stringify(want)} out of ${JSON.stringify(text)}`, async () => {
      writeFileSync(path, text);
      expect((await readCredential({ kind: "file", path })).reveal()).to.equal(want);
    });
  }

  for (const [text, hint] of [
    ["", /is empty/],
    ["\n", /is empty/],
    ["canary\nmore\n", /several lines/],
    ["canary\0", /control characters/],
    ["canary".repeat(20_000), /120000 bytes/],
  ] as const) {
    it(`refuses a file of ${JSON.stringify(text.slice(0, 20))} and does not show it`, async () => {
      writeFileSync(path, text);
      const error = await rejection(readCredential({ kind: "file", path }));
      expect(error).to.include({ code: "CredentialUnreadable" });
      expect(error.message).to.match(hint).and.include(path).and.not.include("canary");
    });
  }

  it("names a file that is not there, or is a folder", async () => {
    const absent = await rejection(readCredential({ kind: "file", path }));
    expect(absent.message).to.include(`${path} cannot be read (ENOENT)`);
    const isFolder = await rejection(readCredential({ kind: "file", path: folder }));
    expect(isFolder.message).to.include("cannot be read (EISDIR)");
  });

  it("rejects with the signal's reason", async () => {
    writeFileSync(path, "abc");
    const reason = new Error("stopping");
    const error = await rejection(
      readCredential({ kind: "file", path }, AbortSignal.abort(reason)),
    );
    expect(error).to.equal(reason);
  });
});
