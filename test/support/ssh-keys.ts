import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Keys in a folder of their own, whose name ssh could read otherwise. */
export class SshKeys {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator ssh %d-"));

  /** A new key; returns its path. */
  make(name: string, passphrase = ""): string {
    const file = join(this.folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", file]);
    return file;
  }

  write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  /** The public half, as a line of `authorized_keys`. */
  publicLine(name: string): string {
    return readFileSync(`${join(this.folder, name)}.pub`, "utf8");
  }

  publicBlob(name: string): Buffer {
    return Buffer.from(this.publicLine(name).split(" ")[1] ?? "", "base64");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
