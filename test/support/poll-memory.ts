import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";

interface Remembered {
  /** Of the repository when it was answered. */
  readonly state: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** A repository of more refs is asked each time. */
const MOST_REFS = 200;

/** What servers of protocol 2 answer to this, by what was asked and the settings of the repository: refs have no part in it. */
const WHO_ARE_YOU = "/info/refs?service=git-upload-pack";
const SELF_DESCRIPTIONS = new Map<string, Remembered>();

/** Answers from memory who asks what was asked before while the repository has not changed. */
export class PollMemory {
  readonly #root: string;
  readonly #answers = new Map<string, Remembered>();

  constructor(root: string) {
    this.#root = root;
  }

  /** `question` is the body of a POST, in any form. What is not known is answered by `backend`, and then is. */
  answer(
    { request, response, question }: Exchange & { readonly question: string },
    backend: RequestListener,
  ): void {
    const { url = "", headers } = request;
    const name = decoded(url.split("/")[1] ?? "");
    if (name === null) {
      backend(request, response);
      return;
    }
    const folder = join(this.#root, name);
    const protocol = headers["git-protocol"];
    const isOfRefs = protocol !== "version=2" || !url.endsWith(WHO_ARE_YOU);
    const state = isOfRefs ? stateOf(folder) : settingsOf(folder);
    const asked = [protocol, headers["content-encoding"], question];
    const key = JSON.stringify([
      ...(isOfRefs ? [url] : [url.slice(url.indexOf("/", 1)), state]),
      ...asked,
    ]);
    const answers = isOfRefs ? this.#answers : SELF_DESCRIPTIONS;
    const known = answers.get(key);
    if (known !== undefined && known.state === state) {
      request.resume();
      response.writeHead(200, known.headers).end(known.body);
      return;
    }
    record(response, (body) => {
      const isSame = state === (isOfRefs ? stateOf(folder) : settingsOf(folder));
      if (state === null || response.statusCode !== 200 || !isSame) return;
      answers.set(key, { state, headers: response.getHeaders(), body });
    });
    backend(request, response);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Whether the body of a POST asks which refs there are. */
export function isPoll(body: Buffer): boolean {
  return body.toString("latin1", 4, 30).startsWith("command=ls-refs");
}

/**
 * Agents of the tests poll several times a second, and git starts two processes for each answer: those come from memory.
 * Fetches go to `backend` each time.
 */
export function rememberPolls(root: string, backend: RequestListener): RequestListener {
  const memory = new PollMemory(root);
  return (request, response) => {
    if (request.method === "GET") {
      memory.answer({ request, response, question: "" }, backend);
      return;
    }
    request.once("data", (chunk: Buffer) => {
      request.pause();
      const isWhole = chunk.length === Number(request.headers["content-length"]);
      request.unshift(chunk);
      const question = chunk.toString("base64");
      if (isWhole && isPoll(chunk)) memory.answer({ request, response, question }, backend);
      else backend(request, response);
    });
  };
}

/** Null for what is no escaped text. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Everything that an answer depends on: refs, settings, and whether what refs point to is there. Null where that is not known. */
function stateOf(folder: string): string | null {
  try {
    const refs = filesIn(join(folder, "refs"));
    if (refs.length > MOST_REFS) return null;
    const files = [join(folder, "HEAD"), join(folder, "config"), ...refs];
    const texts = files.map((path) => `${path} ${readFileSync(path, "utf8")}`);
    const all = [...texts, packedRefs(folder)].join("\n");
    const oids = new Set(all.match(/\b[0-9a-f]{40,64}\b/g));
    if (oids.size > MOST_REFS) return null;
    const objects = join(folder, "objects");
    const isLoose = (oid: string) => existsSync(join(objects, oid.slice(0, 2), oid.slice(2)));
    const loose = [...oids].filter(isLoose);
    return [all, ...loose, ...readdirSync(join(objects, "pack")).toSorted()].join("\n");
  } catch {
    return null;
  }
}

/** `recursive` would look at each of them once more. */
function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** The settings of a repository; null for a folder that git may not take for one. */
function settingsOf(folder: string): string | null {
  try {
    const parts = ["objects", "refs"].map((name) => statSync(join(folder, name)).isDirectory());
    const isThere =
      parts.every(Boolean) && readFileSync(join(folder, "HEAD"), "utf8").startsWith("ref: refs/");
    return isThere ? readFileSync(join(folder, "config"), "utf8") : null;
  } catch {
    return null;
  }
}

function packedRefs(folder: string): string {
  try {
    return readFileSync(join(folder, "packed-refs"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Calls `onWhole` with the body once the answer has been sent completely. */
function record(response: ServerResponse, onWhole: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  const keep = (chunk: unknown) => {
    if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const write = response.write.bind(response) as (...args: unknown[]) => boolean;
  const end = response.end.bind(response) as (...args: unknown[]) => ServerResponse;
  response.write = ((...args: unknown[]) => {
    keep(args[0]);
    return write(...args);
  }) as typeof response.write;
  response.end = ((...args: unknown[]) => {
    keep(args[0]);
    return end(...args);
  }) as typeof response.end;
  response.once("finish", () => onWhole(Buffer.concat(chunks)));
}
