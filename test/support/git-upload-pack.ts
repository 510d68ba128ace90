import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";

const SERVICE = /^\/([^/?%]+)\/git-upload-pack$/;
const ASKED = "application/x-git-upload-pack-request";
/** What `git http-backend` says before the answer of upload-pack. */
export const PACK_HEADERS = {
  expires: "Fri, 01 Jan 1980 00:00:00 GMT",
  pragma: "no-cache",
  "cache-control": "no-cache, max-age=0, must-revalidate",
  "content-type": "application/x-git-upload-pack-result",
};

/**
 * Runs `git upload-pack` for what `git http-backend` would run it for, and spares the two processes between. Everything else
 * goes to `backend`.
 */
export function runUploadPack(root: string, backend: RequestListener): RequestListener {
  return (request, response) => {
    const folder = packFolder(root, request);
    if (folder === null) backend(request, response);
    else serve(folder, request, response);
  };
}

/** The repository whose `git upload-pack` a request is for; null where `git http-backend` has to judge. */
export function packFolder(root: string, request: IncomingMessage): string | null {
  const [, name] = SERVICE.exec(request.url ?? "") ?? [];
  const isPlain =
    request.headers["content-type"] === ASKED && !("content-encoding" in request.headers);
  if (request.method !== "POST" || name === undefined || !isPlain) return null;
  const folder = join(root, name);
  return existsSync(join(folder, "objects")) ? folder : null;
}

function serve(folder: string, request: IncomingMessage, response: ServerResponse): void {
  const protocol = request.headers["git-protocol"];
  const child = spawn("git", ["upload-pack", "--stateless-rpc", folder], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      ...(typeof protocol === "string" ? { GIT_PROTOCOL: protocol } : {}),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", (error) => response.destroy(error));
  // Git may stop reading early, and a client may go away early: neither is an error of this process.
  child.stdin.on("error", () => undefined);
  request.on("error", () => undefined);
  response.on("error", () => undefined);
  response.on("close", () => {
    if (child.exitCode === null) child.kill();
  });
  // One by one: poll-memory.ts asks for them afterwards.
  for (const [key, value] of Object.entries(PACK_HEADERS)) response.setHeader(key, value);
  response.flushHeaders();
  request.pipe(child.stdin);
  child.stdout.pipe(response);
}
