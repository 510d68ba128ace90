import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** The longest CGI header block `git http-backend` is believed; in bytes. */
const MAX_HEADER_BYTES = 16_384;

export interface GitHttpBackendOptions {
  /** Folder whose bare repositories are served: `<root>/specs.git` is at `/specs.git`. */
  readonly root: string;
  /** The environment `git` is found in. Default: this process's. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called with what git wrote to standard error, line by line. */
  readonly onComplaint?: (line: string) => void;
}

/**
 * Serves git repositories by running `git http-backend` once per request, pushes included. It checks no credentials: for a
 * loopback address only. Nothing of the user's own git configuration is read.
 */
export function createGitHttpBackend(options: GitHttpBackendOptions): RequestListener {
  return (request, response) => {
    const target = parseTarget(request.url ?? "/");
    if (target === null) {
      request.resume();
      response.writeHead(400, { "content-type": "text/plain" }).end("bad path\n");
      return;
    }
    const env = cgiEnvironment(request, { ...options, target });
    const child = spawn("git", ["http-backend"], { env });
    const complain = options.onComplaint ?? (() => undefined);
    child.on("error", (error) => {
      complain(`git could not be started: ${error.message}`);
      answer500(response);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      for (const line of text.split("\n")) if (line !== "") complain(line);
    });
    // git may stop reading early, and a client may go away early: neither is an error of this process.
    child.stdin.on("error", () => undefined);
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    response.on("close", () => {
      if (child.exitCode === null) child.kill();
    });
    request.pipe(child.stdin);
    relay(child, response);
  };
}

interface Target {
  readonly path: string;
  readonly query: string;
}

/** Null for a path that cannot be decoded or holds a NUL byte. */
function parseTarget(requestUrl: string): Target | null {
  try {
    const url = new URL(requestUrl, "http://localhost");
    const path = decodeURIComponent(url.pathname);
    return path.includes("\0") ? null : { path, query: url.search.slice(1) };
  } catch {
    return null;
  }
}

function cgiEnvironment(
  request: IncomingMessage,
  { root, environment = process.env, target }: GitHttpBackendOptions & { readonly target: Target },
): Record<string, string> {
  const header = (name: string): string => {
    const value = request.headers[name];
    return typeof value === "string" ? value : "";
  };
  const config = [
    ["http.receivepack", "true"],
    ["safe.directory", "*"],
  ] as const;
  const env: Record<string, string> = {
    PATH: environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: root,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: String(config.length),
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: "1",
    GATEWAY_INTERFACE: "CGI/1.1",
    REQUEST_METHOD: request.method ?? "GET",
    PATH_INFO: target.path,
    QUERY_STRING: target.query,
    REMOTE_ADDR: request.socket.remoteAddress ?? "",
    CONTENT_TYPE: header("content-type"),
    HTTP_CONTENT_ENCODING: header("content-encoding"),
    GIT_PROTOCOL: header("git-protocol"),
  };
  // Absent means "read to the end", which is how a chunked body comes.
  if (header("content-length") !== "") env["CONTENT_LENGTH"] = header("content-length");
  for (const [index, [key, value]] of config.entries()) {
    env[`GIT_CONFIG_KEY_${index}`] = key;
    env[`GIT_CONFIG_VALUE_${index}`] = value;
  }
  return env;
}

/** Turns the CGI answer (headers, empty line, body) into the HTTP answer. */
function relay(child: ChildProcessWithoutNullStreams, response: ServerResponse): void {
  let head: Buffer = Buffer.alloc(0);
  const onHead = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end === -1 && head.length <= MAX_HEADER_BYTES) return;
    child.stdout.off("data", onHead);
    if (end === -1) {
      child.kill();
      answer500(response);
      return;
    }
    writeCgiHead(response, head.subarray(0, end).toString("latin1"));
    response.write(head.subarray(end + 4));
    child.stdout.pipe(response);
  };
  child.stdout.on("data", onHead);
  child.stdout.on("end", () => {
    if (!response.headersSent) answer500(response);
  });
}

function writeCgiHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon === -1) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.appendHeader(name, value);
  }
  response.writeHead(status);
}

function answer500(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain" });
  response.end();
}
