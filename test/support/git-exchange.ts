import { Agent, request as ask } from "node:http";
import type { ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { lightAnswer } from "./git-light-answers.ts";
import { PACK_HEADERS, packFolder } from "./git-upload-pack.ts";
import { isPoll, type PollMemory } from "./poll-memory.ts";

/** Connections to the host, which closes none of them by itself. */
const kept = new Agent({ keepAlive: true });

/** A request of git and what answers it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Where the same repositories are served without faults. */
  readonly backendOrigin: string;
  /** The request's body, where it was read already. */
  readonly body?: Buffer;
}

/** `root` has the repositories. Light: what is plain is answered without git (`git-light-answers.ts`). */
export interface AsGit {
  readonly root: string;
  readonly memory: PollMemory;
  readonly isLight: boolean;
}

/** Answers what git answers: polls from memory, which spares the way to the host and back. */
export async function answerAsGit(
  { root, memory, isLight }: AsGit,
  exchange: Exchange,
): Promise<void> {
  const { request, response } = exchange;
  if (request.method === "GET") {
    memory.answer({ request, response, question: "" }, () => passOn(exchange));
    return;
  }
  try {
    const body = await buffer(request);
    const folder = isLight ? plainlyAsked(root, request) : null;
    const answer = folder === null ? null : lightAnswer(folder, body);
    if (answer !== null) {
      response.writeHead(200, PACK_HEADERS).end(answer);
      return;
    }
    const pass = () => passOn({ ...exchange, body });
    if (isPoll(body)) memory.answer({ request, response, question: body.toString("base64") }, pass);
    else pass();
  } catch {
    // Who asked has gone.
    response.destroy();
  }
}

/** The repository that a plain request of protocol 2 is about. */
function plainlyAsked(root: string, request: IncomingMessage): string | null {
  return request.headers["git-protocol"] === "version=2" ? packFolder(root, request) : null;
}

/** Answers what git answers. */
export function passOn(exchange: Exchange): void {
  const { response } = exchange;
  const inner = askGit(exchange, (answer) => {
    const { connection: _connection, "keep-alive": _keepAlive, ...headers } = answer.headers;
    response.statusCode = answer.statusCode ?? 500;
    // One by one: poll-memory.ts asks for them afterwards.
    for (const [key, value] of Object.entries(headers)) response.setHeader(key, value ?? "");
    response.flushHeaders();
    answer.pipe(response);
  });
  response.on("close", () => inner.destroy());
}

/** Asks the host what was asked of this server. */
export function askGit(
  { request, response, backendOrigin, body }: Exchange,
  onAnswer: (answer: IncomingMessage) => void,
): ClientRequest {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const url = `${backendOrigin}${request.url ?? "/"}`;
  const inner = ask(url, { method: request.method, headers, agent: kept });
  inner.on("response", onAnswer);
  // Who asked has gone, or the server is being stopped.
  inner.on("error", () => response.destroy());
  request.on("error", () => inner.destroy());
  if (body === undefined) request.pipe(inner);
  else inner.end(body);
  return inner;
}
