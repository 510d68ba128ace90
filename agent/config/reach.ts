import { fileProblem } from "../kernel/file-problem.ts";
import { X509Certificate, createPrivateKey } from "node:crypto";
import type { HttpAccess, TlsAccess } from "../http/http-access.ts";
import { OperatorError } from "../kernel/errors.ts";
import { readCredential } from "./credential.ts";
import { readBounded } from "./read-bounded.ts";
import type { Credential } from "./credential.ts";

/** How a server is reached, as configured. Paths are absolute. */
export interface Reach {
  readonly tls: TlsFiles;
  /** Null: directly. */
  readonly proxy: ProxyConfig | null;
}

export interface TlsFiles {
  readonly caFile: string | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

export interface ProxyConfig {
  readonly host: string;
  readonly port: number;
  /** The key or variable that names it. */
  readonly setBy: string;
  readonly login: { readonly username: string; readonly password: Credential } | null;
}

/** True when nothing is set: no proxy, and whom the program trusts. */
export function isDirect({ tls, proxy }: Reach): boolean {
  return proxy === null && tls.caFile === null && tls.certFile === null && tls.keyFile === null;
}

/**
 * How a server is reached now: the files are read again. Rejects with OperatorError `CredentialUnreadable`, whose `data.key` names
 * the key, and with the signal's reason.
 */
export async function readAccess({ tls, proxy }: Reach, signal?: AbortSignal): Promise<HttpAccess> {
  const read = await readTls(tls, signal);
  if (proxy === null) return Object.keys(read).length === 0 ? {} : { tls: read };
  const { host, port, setBy, login } = proxy;
  const signed =
    login === null
      ? {}
      : {
          login: {
            username: login.username,
            password: (await readCredential(login.password, signal)).reveal(),
          },
        };
  const access = { proxy: { host, port, setBy, ...signed } };
  return Object.keys(read).length === 0 ? access : { ...access, tls: read };
}

async function readTls(files: TlsFiles, signal?: AbortSignal): Promise<TlsAccess> {
  const { caFile, certFile, keyFile } = files;
  const ca = caFile === null ? null : await readPem("CaFile", caFile, signal);
  if (ca !== null) checkCertificates("CaFile", { path: String(caFile), text: ca });
  if (certFile === null || keyFile === null) return ca === null ? {} : { ca };
  const cert = await readPem("CertFile", certFile, signal);
  checkCertificates("CertFile", { path: certFile, text: cert });
  const key = await readPem("KeyFile", keyFile, signal);
  checkKey({ path: keyFile, text: key }, { path: certFile, text: cert });
  return { ...(ca === null ? {} : { ca }), cert, key };
}

interface PemFile {
  readonly path: string;
  readonly text: string;
}

const MAX_BYTES = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

async function readPem(name: string, path: string, signal?: AbortSignal): Promise<string> {
  const bytes = await readBounded(path, MAX_BYTES, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw unusable(
      name,
      path,
      `cannot be read (${fileProblem(error)}). Check the path and who may read it`,
    );
  });
  if (bytes.length > MAX_BYTES) {
    throw unusable(name, path, `has more than ${MAX_BYTES} bytes, which no PEM file needs`);
  }
  return bytes.toString("utf8");
}

function checkCertificates(name: string, { path, text }: PemFile): void {
  const found = text.match(CERTIFICATE) ?? [];
  const what = "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)";
  if (found.length === 0) throw unusable(name, path, `${what}. Write it into that file`);
  for (const pem of found) {
    if (parsed(() => new X509Certificate(pem)) === null) {
      throw unusable(name, path, "holds a damaged certificate. Write it again");
    }
  }
}

function checkKey(file: PemFile, certificate: PemFile): void {
  const fail = (what: string) => unusable("KeyFile", file.path, what);
  if (/ENCRYPTED/.test(file.text)) {
    throw fail(
      "is encrypted. Write it without a passphrase, with mode 0600: openssl pkey -in KEY -out NEW",
    );
  }
  const key = parsed(() => createPrivateKey(file.text));
  if (key === null) {
    throw fail("holds no private key in PEM form (-----BEGIN PRIVATE KEY-----). Write it there");
  }
  const [first = ""] = certificate.text.match(CERTIFICATE) ?? [];
  if (!new X509Certificate(first).checkPrivateKey(key)) {
    throw fail(
      `is not the key of the first certificate in ${certificate.path}. Renew both together`,
    );
  }
}

function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    // OpenSSL's words say nothing to a person, and may quote the file.
    return null;
  }
}

function unusable(name: string, path: string, what: string): OperatorError {
  const key = `Tls.${name}`;
  return new OperatorError("CredentialUnreadable", `${key}: the file ${path} ${what}.`, {
    data: { key, path },
  });
}
