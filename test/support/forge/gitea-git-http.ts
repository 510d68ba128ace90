import { request as ask } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { GitHost } from "../git-host.ts";
import { ZEROS } from "./gitea-git.ts";
import { askerOf, covers, isAtLeast } from "./gitea-http.ts";
import type { Asker } from "./gitea-http.ts";
import { mayPush } from "./gitea-protection.ts";
import type { GiteaPulls } from "./gitea-pulls.ts";
import type { GiteaState, Repo, User } from "./gitea-state.ts";

/** Git over HTTP, by the real `git http-backend`: reading, pushing, and pushing to `refs/for/…`. */

interface Push {
  readonly before: string;
  readonly after: string;
  readonly ref: string;
}

export async function answerGit(
  { state, pulls }: { readonly state: GiteaState; readonly pulls: GiteaPulls },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, owner = "", name = "", rest = ""] =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack).*)$/.exec(
      request.url ?? "",
    ) ?? [];
  const end = (status: number, headers: Record<string, string> = {}) => {
    request.resume();
    response.writeHead(status, headers).end();
  };
  const asker = askerOf(state, request);
  const login = { "www-authenticate": 'Basic realm="Gitea"' };
  if (asker === null) return end(401, login);
  const old = state.moved.get(`${owner}/${name}`.toLowerCase());
  if (old !== undefined)
    return end(301, { location: `/${old.owner.login}/${old.name}.git${rest}` });
  const repo = state.repo(owner, name);
  const isWriting = rest.includes("git-receive-pack");
  const role = repo === undefined ? "none" : state.roleOf(asker.user, repo);
  const isPublic = repo !== undefined && !repo.isPrivate;
  if (asker.user === null && (isWriting || !isPublic)) return end(401, login);
  if (repo === undefined || role === "none") return end(404);
  if (asker.user?.mustChangePassword === true) return end(303);
  const method = isWriting ? "POST" : "GET";
  if (
    asker.by === "token" &&
    !covers(asker.scopes, "repository", method) &&
    (isWriting || !isPublic)
  ) {
    return end(403);
  }
  const backend = `${GitHost.get().originOf(repo.git.root)}/repository.git${rest}`;
  if (!isWriting || request.method === "GET") {
    await relay(backend, request, response);
    return;
  }
  const isZipped = request.headers["content-encoding"] === "gzip";
  const received = await buffer(request);
  const body = isZipped ? gunzipSync(received) : received;
  await push({ repo, asker, body, backend, pulls, state }, request, response);
}

interface Pushing {
  readonly repo: Repo;
  readonly asker: Asker;
  readonly body: Buffer;
  readonly backend: string;
  readonly pulls: GiteaPulls;
  readonly state: GiteaState;
}

async function push(
  { repo, asker, body, backend, pulls, state }: Pushing,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { user } = asker;
  if (user === null) throw new Error("nobody pushes");
  const pushes = pushesIn(body);
  if (pushes.some(({ ref }) => !mayMove(state, repo, { ref, by: user }))) {
    report(response, pushes, "pre-receive hook declined");
    return;
  }
  const before = new Map(pushes.map(({ ref }) => [ref, repo.git.ref(ref)]));
  const [first] = pushes;
  if (first?.ref.startsWith("refs/for/") === true) {
    await pushForReview({ repo, body, backend, pulls, user, push: first }, request, response);
    return;
  }
  await relay(backend, request, response, body);
  for (const { ref } of pushes) {
    const change = { before: before.get(ref) ?? null, after: repo.git.ref(ref) };
    if (change.before !== change.after) pulls.moved(repo, { ref, ...change, by: user });
  }
}

/** Whether a push of this person may move a ref. */
export function mayMove(
  state: GiteaState,
  repo: Repo,
  { ref, by }: { readonly ref: string; readonly by: User },
): boolean {
  if (ref.startsWith("refs/for/")) return true;
  const isWriter = isAtLeast(state.roleOf(by, repo), "write");
  return isWriter && (!ref.startsWith("refs/heads/") || mayPush(repo, ref.slice(11), by));
}

/** Anybody who may read may do so: the commits are kept, and a pull request is made of them. */
async function pushForReview(
  {
    repo,
    body,
    backend,
    pulls,
    user,
    push: wanted,
  }: Omit<Pushing, "asker" | "state"> & {
    readonly user: User;
    readonly push: Push;
  },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { ref, after } = wanted;
  const [base = "", ...topic] = ref.slice("refs/for/".length).split("/");
  const branch = topic.join("/");
  const place = "refs/heads/stand-in-review";
  const rewritten = withRef(body, wanted, place);
  await relay(backend, request, null, rewritten);
  if (repo.git.ref(place) !== after) {
    report(response, [wanted], "it was not received");
    return;
  }
  repo.git.unpoint(place);
  const open = repo.pulls.find(
    ({ head, state, author }) =>
      head.isAgit && head.branch === branch && state === "open" && author.id === user.id,
  );
  if (open !== undefined) pulls.resynced(repo, open, { after, by: user });
  else {
    const [title = branch] = repo.git.history.commit(after).message.split("\n");
    const head = { repo, branch, isAgit: true };
    pulls.open(repo, { author: user, title, body: title, base, head, sha: after, labels: [] });
  }
  report(response, [wanted], null);
}

/** The refs that a push wants to move: what stands before its pack. */
function pushesIn(body: Buffer): readonly Push[] {
  const pushes: Push[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (length < 4) break;
    const line =
      body
        .toString("utf8", at + 4, at + length)
        .split("\0")[0]
        ?.trim() ?? "";
    const [before = "", after = "", ref = ""] = line.split(" ");
    pushes.push({ before, after, ref });
    at += length;
  }
  return pushes;
}

/** The same push, to another ref. */
function withRef(body: Buffer, { before, after, ref }: Push, place: string): Buffer {
  const length = Number.parseInt(body.toString("latin1", 0, 4), 16);
  const line = body.toString("latin1", 4, length);
  const options = line.slice(`${before} ${after} ${ref}`.length);
  const packet = `${ZEROS} ${after} ${place}${options}`;
  const head = packet.length + 4;
  const rest = body.subarray(length);
  return Buffer.concat([Buffer.from(head.toString(16).padStart(4, "0") + packet, "latin1"), rest]);
}

/** What the server says of each ref; `why` refuses all of them. */
function report(response: ServerResponse, pushes: readonly Push[], why: string | null): void {
  const packet = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;
  const lines = pushes.map(({ ref }) =>
    packet(why === null ? `ok ${ref}\n` : `ng ${ref} ${why}\n`),
  );
  const inner = `${packet("unpack ok\n")}${lines.join("")}0000`;
  response.writeHead(200, { "content-type": "application/x-git-receive-pack-result" });
  response.end(`${packet(`\u0001${inner}`)}0000`);
}

/** Passes a request on to git and its answer back; resolves at the end of the answer. `response` null: it is dropped. */
function relay(
  url: string,
  request: IncomingMessage,
  response: ServerResponse | null,
  body?: Buffer,
): Promise<void> {
  const { host: _host, connection: _connection, ...given } = request.headers;
  const { "content-encoding": encoding, "content-length": length, ...rest } = given;
  const headers =
    body === undefined
      ? {
          ...rest,
          ...(encoding && { "content-encoding": encoding }),
          ...(length && { "content-length": length }),
        }
      : { ...rest, "content-length": String(body.length) };
  return new Promise((resolve) => {
    const inner = ask(url, { method: request.method, headers, agent: false }, (answer) => {
      const { connection: _kept, "keep-alive": _alive, ...sent } = answer.headers;
      const pieces: Buffer[] = [];
      answer.on("data", (piece: Buffer) => pieces.push(piece));
      answer.on("end", () => {
        // The client learns of the end of a push when what follows from it was done, as it does of a real one.
        resolve();
        response?.writeHead(answer.statusCode ?? 500, sent).end(Buffer.concat(pieces));
      });
    });
    inner.on("error", () => {
      resolve();
      response?.destroy();
    });
    request.on("error", () => inner.destroy());
    if (body === undefined) request.pipe(inner);
    else inner.end(body);
  });
}
