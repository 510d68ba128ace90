import { createHash } from "node:crypto";
import type { SourceAuth } from "../config/config.ts";
import { readCredential } from "../config/credential.ts";
import { readAccess } from "../config/reach.ts";
import type { Reach } from "../config/reach.ts";
import { checkSshFiles } from "../config/ssh-files.ts";
import { Secret } from "../kernel/secret.ts";
import type { GitCredentials, GitLogin } from "./git/wire/git-credentials.ts";

/** What a source signs in with, and how it is reached, now; a file is read again at each use. */
export async function sourceCredentials(auth: SourceAuth, reach: Reach): Promise<GitCredentials> {
  const access = await readAccess(reach);
  const login = await readLogin(auth);
  return Object.keys(access).length === 0 ? login : { ...login, access };
}

/** Equal for what is signed in with and reached in the same way: the same files, or the same values. Holds no secret. */
export function accessKey(auth: SourceAuth, reach: Reach): string {
  const text = JSON.stringify({ auth, reach }, function (this: unknown, key, value: unknown) {
    const held = (this as Readonly<Record<string, unknown>>)[key];
    return held instanceof Secret ? { value: held.reveal() } : value;
  });
  return createHash("sha256").update(text).digest("hex");
}

async function readLogin(auth: SourceAuth): Promise<GitLogin> {
  switch (auth.kind) {
    case "none":
      return { kind: "none" };
    case "bearer":
      return { kind: "bearer", token: (await readCredential(auth.token)).reveal() };
    case "ssh": {
      await checkSshFiles(auth);
      const { kind, keyFile, passphraseFile, knownHostsFile } = auth;
      return { kind, keyFile, passphraseFile, knownHostsFile };
    }
    case "token":
    case "basic": {
      const password = (await readCredential(auth.password)).reveal();
      return { kind: "basic", username: auth.username, password };
    }
  }
}
