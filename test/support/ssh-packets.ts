import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  randomBytes,
} from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Socket } from "node:net";

/** The wire format of SSH 2, as far as a server needs it that speaks one algorithm of each sort. */

export function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Reads the parts of a message one after the other. */
export class Parts {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  number(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  bytes(): Buffer {
    const length = this.number();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString();
  }
}

/** A key of Ed25519 as SSH writes its public half. */
export function publicBlob(key: KeyObject): Buffer {
  return Buffer.concat([text("ssh-ed25519"), text(rawOf(key))]);
}

/** The public key in a blob. */
export function keyOfBlob(blob: Buffer): KeyObject {
  const parts = new Parts(blob);
  parts.text();
  return rawKey("Ed25519", parts.bytes());
}

function rawOf(key: KeyObject): Buffer {
  return Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
}

function rawKey(crv: string, bytes: Buffer): KeyObject {
  return createPublicKey({
    key: { kty: "OKP", crv, x: bytes.toString("base64url") },
    format: "jwk",
  });
}

/** What both sides agreed on by exchanging keys. */
export interface Exchanged {
  readonly hash: Buffer;
  /** The server's half of the exchange, and what it is signed over is `hash`. */
  readonly publicKey: Buffer;
  /** A key or an IV by its letter. */
  readonly derive: (letter: string, length: number) => Buffer;
}

/** Curve25519 with SHA-256. `before`: what is hashed in front of the two public halves. */
export function exchangeKeys(clientKey: Buffer, before: Buffer): Exchanged {
  const own = generateKeyPairSync("x25519");
  const publicKey = rawOf(own.publicKey);
  const { privateKey } = own;
  const secret = mpint(diffieHellman({ privateKey, publicKey: rawKey("X25519", clientKey) }));
  const hash = sha256(Buffer.concat([before, text(clientKey), text(publicKey), secret]));
  const derive = (letter: string, length: number) =>
    sha256(Buffer.concat([secret, hash, Buffer.from(letter), hash])).subarray(0, length);
  return { hash, publicKey, derive };
}

function sha256(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes).digest();
}

function mpint(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = bytes.subarray(start);
  return text((short[0] ?? 0) > 127 ? Buffer.concat([Buffer.from([0]), short]) : short);
}

interface Direction {
  readonly key: Buffer;
  readonly iv: Buffer;
}

/** Packets over a socket: in the clear, then with AES-GCM. */
export class Packets {
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #in: Direction | null = null;
  #out: Direction | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  encryptOutput({ derive }: Exchanged): void {
    this.#out = { key: derive("D", 16), iv: derive("B", 12) };
  }

  decryptInput({ derive }: Exchanged): void {
    this.#in = { key: derive("C", 16), iv: derive("A", 12) };
  }

  send(...parts: readonly (Buffer | number)[]): void {
    const payload = Buffer.concat(
      parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : part)),
    );
    const block = this.#out === null ? 8 : 16;
    const counted = payload.length + 1 + (this.#out === null ? 4 : 0);
    const padding = block - (counted % block) + block;
    const body = Buffer.concat([Buffer.from([padding]), payload, randomBytes(padding)]);
    const head = uint32(body.length);
    if (this.#out === null) {
      this.#socket.write(Buffer.concat([head, body]));
      return;
    }
    const cipher = createCipheriv("aes-128-gcm", this.#out.key, this.#out.iv);
    cipher.setAAD(head);
    const sealed = Buffer.concat([cipher.update(body), cipher.final()]);
    this.#socket.write(Buffer.concat([head, sealed, cipher.getAuthTag()]));
    count(this.#out.iv);
  }

  add(bytes: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, bytes]);
  }

  /** The next line in front of the packets; null: it has not come yet. */
  line(): string | null {
    const end = this.#pending.indexOf("\n");
    if (end === -1) return null;
    const line = this.#pending.toString("latin1", 0, end).replace(/\r$/, "");
    this.#pending = this.#pending.subarray(end + 1);
    return line;
  }

  /** The payload of the next packet; null: it has not come yet. */
  next(): Buffer | null {
    if (this.#pending.length < 4) return null;
    const length = this.#pending.readUInt32BE(0);
    const tag = this.#in === null ? 0 : 16;
    if (this.#pending.length < 4 + length + tag) return null;
    const head = this.#pending.subarray(0, 4);
    let body = this.#pending.subarray(4, 4 + length);
    if (this.#in !== null) {
      const decipher = createDecipheriv("aes-128-gcm", this.#in.key, this.#in.iv);
      decipher.setAAD(head);
      decipher.setAuthTag(this.#pending.subarray(4 + length, 4 + length + tag));
      body = Buffer.concat([decipher.update(body), decipher.final()]);
      count(this.#in.iv);
    }
    this.#pending = this.#pending.subarray(4 + length + tag);
    return Buffer.from(body.subarray(1, body.length - (body[0] ?? 0)));
  }
}

/** The last eight bytes of the IV count packets. */
function count(iv: Buffer): void {
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + 1n), 4);
}
