import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import {
  exchangeKeys,
  keyOfBlob,
  Packets,
  Parts,
  publicBlob,
  text,
  uint32,
} from "./ssh-packets.ts";
import type { SshFault } from "./ssh-fault.ts";
import type { Exchanged } from "./ssh-packets.ts";

const VERSION = "SSH-2.0-testserver";
const CIPHER = "aes128-gcm@openssh.com";
const MAC = "hmac-sha2-256";
const KINDS = ["curve25519-sha256", "ssh-ed25519", CIPHER, CIPHER, MAC, MAC];
const KILLED = [text("exit-signal"), 0, text("KILL"), 0, text(""), text("")];
const ALGORITHMS = [...KINDS, "none", "none", "", ""];

/** An SSH server on a free port of 127.0.0.1 that runs what it is asked for, as `sshd` does: by the shell. With switches for faults. */
export class SshServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  hostKey = generateKeyPairSync("ed25519").privateKey;
  /** The blobs of the keys that may sign in. */
  readonly authorized: Buffer[] = [];
  fault: SshFault | null = null;
  /** False: variables are refused, as `sshd` does unless it is told otherwise. */
  takesVariables = true;
  /** The commands that were run. */
  readonly commands: string[] = [];
  readonly running = new Set<ChildProcess>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => socket.destroy());
      new SshConnection(this, socket).begin();
    });
  }

  static async start(): Promise<SshServer> {
    const server = new SshServer();
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** Its line in a file of known hosts. */
  knownHost(key: KeyObject = this.hostKey): string {
    return `[127.0.0.1]:${this.port} ssh-ed25519 ${publicBlob(key).toString("base64")}\n`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    for (const child of this.running) child.kill("SIGKILL");
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

class SshConnection {
  readonly #host: SshServer;
  readonly #socket: Socket;
  readonly #packets: Packets;
  #clientVersion: string | null = null;
  #clientInit: Buffer = Buffer.alloc(0);
  readonly #serverInit: Buffer;
  #exchanged: Exchanged | null = null;
  #window = 0;
  #waiting: Buffer[] = [];
  #child: ChildProcess | null = null;
  #channel = 0;
  readonly #variables: Record<string, string> = {};
  #ending: (() => void) | null = null;

  constructor(host: SshServer, socket: Socket) {
    this.#host = host;
    this.#socket = socket;
    this.#packets = new Packets(socket);
    const lists = Buffer.concat(ALGORITHMS.map((list) => text(list)));
    this.#serverInit = Buffer.concat([Buffer.from([20]), randomBytes(16), lists, Buffer.alloc(5)]);
  }

  begin(): void {
    const { fault } = this.#host;
    if (fault?.kind === "close") this.#socket.destroy();
    else if (fault?.kind === "notSsh") this.#socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    else if (fault?.kind !== "hangBeforeBanner") this.#socket.write(`${VERSION}\r\n`);
    this.#socket.on("data", (bytes: Buffer) => this.#receive(bytes));
    this.#socket.on("close", () => this.#child?.kill("SIGKILL"));
  }

  #receive(bytes: Buffer): void {
    const { fault } = this.#host;
    if (fault?.kind === "hangBeforeBanner" || fault?.kind === "hangAfterBanner") return;
    this.#packets.add(bytes);
    if (this.#clientVersion === null) {
      this.#clientVersion = this.#packets.line();
      if (this.#clientVersion === null) return;
      this.#packets.send(this.#serverInit);
    }
    for (let packet = this.#packets.next(); packet !== null; packet = this.#packets.next()) {
      this.#read(packet);
    }
  }

  #read(packet: Buffer): void {
    const parts = new Parts(packet);
    switch (parts.byte()) {
      case 20:
        this.#clientInit = packet;
        return;
      case 21:
        if (this.#exchanged !== null) this.#packets.decryptInput(this.#exchanged);
        return;
      case 30:
        this.#exchange(parts.bytes());
        return;
      case 5:
        this.#packets.send(6, text(parts.text()));
        return;
      case 50:
        this.#signIn(packet, parts);
        return;
      case 80:
        parts.text();
        if (parts.byte() === 1) this.#packets.send(82);
        return;
      case 90:
        parts.text();
        this.#channel = parts.number();
        this.#window = parts.number();
        this.#packets.send(91, uint32(this.#channel), uint32(0), uint32(1 << 30), uint32(32_768));
        return;
      case 93:
        parts.number();
        this.#window += parts.number();
        this.#flush();
        return;
      case 94:
        parts.number();
        this.#child?.stdin?.write(parts.bytes());
        return;
      case 96:
        this.#child?.stdin?.end();
        return;
      case 98:
        this.#request(parts);
    }
  }

  #exchange(clientKey: Buffer): void {
    const hostKey = publicBlob(this.#host.hostKey);
    const said = [this.#clientVersion ?? "", VERSION, this.#clientInit, this.#serverInit, hostKey];
    const exchanged = exchangeKeys(clientKey, Buffer.concat(said.map((each) => text(each))));
    this.#exchanged = exchanged;
    const signature = sign(null, exchanged.hash, this.#host.hostKey);
    const signed = Buffer.concat([text("ssh-ed25519"), text(signature)]);
    this.#packets.send(31, text(hostKey), text(exchanged.publicKey), text(signed));
    this.#packets.send(21);
    this.#packets.encryptOutput(exchanged);
  }

  #signIn(packet: Buffer, parts: Parts): void {
    parts.text();
    parts.text();
    const method = parts.text();
    const isSigned = method === "publickey" && parts.byte() === 1;
    const algorithm = method === "publickey" ? parts.text() : "";
    const blob = method === "publickey" ? parts.bytes() : Buffer.alloc(0);
    const isKnown = this.#host.authorized.some((each) => each.equals(blob));
    if (!isKnown) this.#packets.send(51, text("publickey"), 0);
    else if (!isSigned) this.#packets.send(60, text(algorithm), text(blob));
    else {
      const signature = parts.bytes();
      const over = packet.subarray(0, packet.length - signature.length - 4);
      const data = Buffer.concat([text(this.#exchanged?.hash ?? ""), over]);
      const inner = new Parts(signature);
      inner.text();
      if (verify(null, data, keyOfBlob(blob), inner.bytes())) this.#packets.send(52);
      else this.#packets.send(51, text("publickey"), 0);
    }
  }

  #request(parts: Parts): void {
    parts.number();
    const type = parts.text();
    const wantsReply = parts.byte() === 1;
    const isVariable = type === "env" && this.#host.takesVariables;
    if (isVariable) this.#variables[parts.text()] = parts.text();
    if (wantsReply) {
      this.#packets.send(type === "exec" || isVariable ? 99 : 100, uint32(this.#channel));
    }
    if (type === "exec") this.#run(parts.text());
  }

  #run(command: string): void {
    const { fault, commands, running } = this.#host;
    commands.push(command);
    if (fault?.kind === "hangAfterLogin") return;
    if (fault?.kind === "fail") {
      this.#packets.send(95, uint32(this.#channel), uint32(1), text(fault.words));
      this.#finish(fault.code);
      return;
    }
    if (fault?.kind === "output") {
      this.#send(fault.bytes);
      this.#finish(0);
      return;
    }
    const env = { PATH: process.env["PATH"] ?? "", HOME: "/", ...this.#variables };
    const child = spawn("sh", ["-c", command], { env, stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    running.add(child);
    child.stdin.on("error", () => undefined);
    let sent = 0;
    const most =
      fault !== null && "bytes" in fault && typeof fault.bytes === "number"
        ? fault.bytes
        : Infinity;
    child.stdout.on("data", (bytes: Buffer) => {
      const left = most - sent;
      sent += bytes.length;
      if (left > 0) this.#send(bytes.subarray(0, left));
      if (sent < most) return;
      if (fault?.kind === "resetAfter") this.#ending ??= () => this.#socket.destroy();
      if (fault?.kind === "cutAfter") this.#finish(0);
      // It may have written all and ended by itself.
      if (fault?.kind === "killAfter") this.#finish(null);
      this.#flush();
    });
    child.stderr.on("data", (bytes: Buffer) => {
      this.#packets.send(95, uint32(this.#channel), uint32(1), text(bytes));
    });
    child.on("close", (code) => {
      running.delete(child);
      if (fault?.kind !== "hangAfter" || sent < most) this.#finish(code);
    });
  }

  #send(bytes: Buffer): void {
    this.#waiting.push(bytes);
    this.#flush();
  }

  #flush(): void {
    while (this.#waiting.length > 0 && this.#window > 0) {
      const [first = Buffer.alloc(0), ...others] = this.#waiting;
      const piece = first.subarray(0, Math.min(this.#window, 32_000));
      this.#packets.send(94, uint32(this.#channel), text(piece));
      this.#window -= piece.length;
      const rest = first.subarray(piece.length);
      this.#waiting = rest.length > 0 ? [rest, ...others] : others;
    }
    if (this.#waiting.length === 0) this.#ending?.();
  }

  /** Ends the channel, once all of the output is sent. Null: a signal ended the command. */
  #finish(code: number | null): void {
    let isEnded = false;
    this.#ending ??= () => {
      if (isEnded) return;
      isEnded = true;
      const to = uint32(this.#channel);
      this.#packets.send(96, to);
      this.#packets.send(
        98,
        to,
        ...(code === null ? KILLED : [text("exit-status"), 0, uint32(code)]),
      );
      this.#packets.send(97, to);
    };
    this.#flush();
  }
}
