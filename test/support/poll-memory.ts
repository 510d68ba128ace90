import { readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";

interface Remembered {
  /** Of the repository when it was answered. */
  readonly state: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

/** A repository of more files is asked each time. */
const MOST_FILES = 2_000;

/** What servers of protocol 2 answer to this, by what was asked and the settings of the repository: refs have no part in it. */
const WHO_ARE_YOU = "/info/refs?service=git-upload-pack";
const SELF_DESCRIPTIONS = new Map<string, Remembered>();

/**
 * Answers from memory who asks what was asked before while the repository has not changed: agents of the tests poll five times
 * a second, and git starts two processes for each answer. Fetches go to `backend` each time.
 */
export function rememberPolls(root: string, backend: RequestListener): RequestListener {
  const memory = new Map<string, Remembered>();
  const answer = (request: IncomingMessage, response: ServerResponse, question: string) => {
    const { url = "", headers } = request;
    const name = decoded(url.split("/")[1] ?? "");
    if (name === null) {
      backend(request, response);
      return;
    }
    const folder = join(root, name);
    const protocol = headers["git-protocol"];
    const isOfRefs = protocol !== "version=2" || !url.endsWith(WHO_ARE_YOU);
    const state = isOfRefs ? stateOf(folder) : settingsOf(folder);
    const asked = [protocol, headers["content-encoding"], question];
    const key = JSON.stringify([
      ...(isOfRefs ? [url] : [url.slice(url.indexOf("/", 1)), state]),
      ...asked,
    ]);
    const answers = isOfRefs ? memory : SELF_DESCRIPTIONS;
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
  };
  return (request, response) => {
    if (request.method === "GET") return answer(request, response, "");
    request.once("data", (chunk: Buffer) => {
      request.pause();
      const isWhole = chunk.length === Number(request.headers["content-length"]);
      request.unshift(chunk);
      const isPoll = isWhole && chunk.toString("latin1", 4).startsWith("command=ls-refs");
      if (isPoll) answer(request, response, chunk.toString("base64"));
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

/** Everything that an answer depends on: refs, settings, and which objects there are. Null where that is not known. */
function stateOf(folder: string): string | null {
  try {
    const objects = objectsIn(join(folder, "objects"));
    const refs = filesIn(join(folder, "refs"));
    if (objects.length + refs.length > MOST_FILES) return null;
    const files = [join(folder, "HEAD"), join(folder, "config"), ...refs];
    const texts = files.map((path) => `${path} ${readFileSync(path, "utf8")}`);
    return [...texts, packedRefs(folder), ...objects.toSorted()].join("\n");
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

/** Names in the folders of objects. That there is nothing else but folders spares a look at each. */
function objectsIn(objects: string): readonly string[] {
  return readdirSync(objects).flatMap((name) =>
    readdirSync(join(objects, name)).map((each) => `${name}/${each}`),
  );
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
