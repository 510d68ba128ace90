import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface KeyPair {
  readonly secret: string;
  readonly shown: string;
}

/** The keys of this process by name and passphrase: `ssh-keygen` makes each once. */
const made = new Map<string, KeyPair>();

/** Keys in a folder of their own, whose name ssh could read otherwise. */
export class SshKeys {
  readonly folder = mkdtempSync(join(tmpdir(), "room-operator ssh %d-"));

  /** Returns the path of the key. Another folder has the same key by the same name and passphrase. */
  make(name: string, passphrase = ""): string {
    const kept = JSON.stringify([name, passphrase]);
    const { secret, shown } = made.get(kept) ?? this.#generate(name, passphrase);
    made.set(kept, { secret, shown });
    this.write(`${name}.pub`, shown);
    return this.write(name, secret);
  }

  #generate(name: string, passphrase: string): KeyPair {
    const file = join(this.folder, name);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", passphrase, "-C", name, "-f", file]);
    return { secret: readFileSync(file, "utf8"), shown: this.publicLine(name) };
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
