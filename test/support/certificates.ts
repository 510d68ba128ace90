import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority of its own, made by the openssl program. Nothing of it is kept. */
export class Authority {
  readonly #folder: string;
  /** Its certificate, for whoever is to trust it. */
  readonly file: string;

  readonly #issued = new Map<string, Certificate>();

  /** `folder` exists, and is thrown away by whoever made it. */
  constructor(folder: string) {
    this.#folder = folder;
    this.file = join(folder, "authority.pem");
    const key = this.#path("authority.key");
    const name = ["-subj", "/CN=authority of a test"];
    this.#openssl(["req", "-x509", ...NEW_KEY, "-keyout", key, "-out", this.file, ...name]);
  }

  /** A certificate for one name, as it is written in `subjectAltName`; the same one each time. Negative `days`: it is over. */
  issue(name: string, subjectAltName: string, days: number): Certificate {
    const key = JSON.stringify([name, subjectAltName, days]);
    const certificate = this.#issued.get(key) ?? this.#issue(name, subjectAltName, days);
    this.#issued.set(key, certificate);
    return certificate;
  }

  #issue(name: string, subjectAltName: string, days: number): Certificate {
    const file = (ending: string) => this.#path(`${name}.${ending}`);
    const request = ["-keyout", file("key"), "-out", file("csr"), "-subj", "/CN=git"];
    this.#openssl(["req", ...NEW_KEY, ...request]);
    writeFileSync(file("ext"), `subjectAltName=${subjectAltName}`);
    const signed = ["-in", file("csr"), "-out", file("pem"), "-days", String(days)];
    const signer = ["-CA", this.file, "-CAkey", this.#path("authority.key"), "-CAcreateserial"];
    this.#openssl(["x509", "-req", ...signed, ...signer, "-extfile", file("ext")]);
    return { key: readFileSync(file("key"), "utf8"), cert: readFileSync(file("pem"), "utf8") };
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  #openssl(args: readonly string[]): void {
    execFileSync("openssl", args, { stdio: "pipe" });
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
