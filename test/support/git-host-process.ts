import { execFile } from "node:child_process";
import { createReadStream, openSync, writeSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createGitHttpBackend } from "../../devserver/git-http-backend.ts";
import { encodeFrame, framesOf } from "./git-frames.ts";
import { GitObjectReader } from "./git-object-reader.ts";
import { runUploadPack } from "./git-upload-pack.ts";
import { rememberPolls } from "./poll-memory.ts";
import type { GitAnswer, GitOrder } from "./git-host.ts";

/*
 * The program of `GitHost`: takes orders from one pipe and answers them, in their order, through the other. It ends when the
 * orders do.
 */

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** By repository, the one used last at the end. More are ended. */
const readers = new Map<string, GitObjectReader>();
const MOST_READERS = 3;
/** What is remembered for folders that were used longer ago is dropped: who starts processes must stay small. */
const MOST_BACKENDS = 8;

const [ordersPath, answersPath] = process.argv.slice(2);
if (ordersPath === undefined || answersPath === undefined) throw new Error("two pipes are needed");

// In the order in which the other side opens them: each waits there for the other.
const orders = createReadStream("", { fd: openSync(ordersPath, "r") });
const answers = openSync(answersPath, "w");
const origin = await serve();

for await (const { head, body } of framesOf(orders)) {
  const { answer, output } = await obey(head as GitOrder, body);
  const frame = encodeFrame(answer, output);
  for (let at = 0; at < frame.length;) at += writeSync(answers, frame, at);
}
process.exit(0);

async function obey(
  order: GitOrder,
  input: Buffer,
): Promise<{ readonly answer: GitAnswer; readonly output: Buffer }> {
  if (order.kind === "hello") return { answer: { kind: "hello", origin }, output: Buffer.alloc(0) };
  if (order.kind === "read") return read(order);
  return new Promise((resolve) => {
    const { args, env } = order;
    const options = { env, encoding: "buffer", maxBuffer: MAX_OUTPUT_BYTES } as const;
    const child = execFile("git", args, options, (error, output, complaint) => {
      const code = error === null ? 0 : error.code;
      const status = typeof code === "number" ? code : null;
      const said = `${complaint.toString()}${status === null ? (error?.message ?? "") : ""}`;
      resolve({ answer: { kind: "ran", status, complaint: said }, output });
    });
    // Git may end before it has read everything: its exit status tells why.
    child.stdin?.on("error", () => undefined).end(input);
  });
}

async function read({
  folder,
  name,
  env,
}: GitOrder & { readonly kind: "read" }): Promise<{ answer: GitAnswer; output: Buffer }> {
  const reader = readers.get(folder) ?? new GitObjectReader(folder, env);
  readers.delete(folder);
  try {
    const found = await reader.read(name);
    readers.set(folder, reader);
    for (const [oldest, each] of readers) {
      if (readers.size <= MOST_READERS) break;
      readers.delete(oldest);
      each.end();
    }
    const answer = { kind: "object", type: found?.type ?? null } as const;
    return { answer, output: found?.bytes ?? Buffer.alloc(0) };
  } catch (error) {
    reader.end();
    const complaint = (error as Error).message;
    return { answer: { kind: "failed", complaint }, output: Buffer.alloc(0) };
  }
}

function backendOf(root: string): RequestListener {
  return rememberPolls(root, runUploadPack(root, createGitHttpBackend({ root })));
}

/** Serves the repositories of every folder: the first part of a path names it. */
async function serve(): Promise<string> {
  const backends = new Map<string, RequestListener>();
  const server = createServer((request, response) => {
    const [, name = "", rest = ""] = /^\/([^/]*)(.*)$/.exec(request.url ?? "") ?? [];
    const root = Buffer.from(name, "base64url").toString();
    const backend = backends.get(root) ?? backendOf(root);
    backends.delete(root);
    backends.set(root, backend);
    for (const oldest of backends.keys()) {
      if (backends.size <= MOST_BACKENDS) break;
      backends.delete(oldest);
    }
    request.url = rest;
    backend(request, response);
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
