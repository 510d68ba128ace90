import type { Advertisement } from "./git-advertisement.ts";
import { gitFailure } from "../../git-failure.ts";
import { DELIMITER, encodeLine, FLUSH } from "./git-pkt-line.ts";
import type { FetchWish } from "./git-transport.ts";

export interface FetchMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * The request for one pack, in the protocol that the server speaks: no thin pack, no tags, no negotiation. Throws
 * `ProtocolError` that names the capability which the server lacks.
 */
export function fetchMessage(server: Advertisement, wish: FetchWish): FetchMessage {
  const lines = server.version === 2 ? linesOfV2(server, wish) : linesOfV1(server, wish);
  return {
    headers: {
      "content-type": "application/x-git-upload-pack-request",
      accept: "application/x-git-upload-pack-result",
      ...(server.version === 2 ? { "git-protocol": "version=2" } : {}),
    },
    body: Buffer.concat(lines),
  };
}

type Server<V> = Extract<Advertisement, { version: V }>;

function linesOfV2({ capabilities }: Server<2>, wish: FetchWish): readonly Buffer[] {
  const fetch = capabilities.get("fetch");
  if (fetch === undefined) throw lacking("fetch", 2);
  if (needsShallow(wish) && !fetch.split(" ").includes("shallow"))
    throw lacking("fetch=shallow", 2);
  return [
    encodeLine("command=fetch"),
    ...(capabilities.has("object-format") ? [encodeLine("object-format=sha1")] : []),
    DELIMITER,
    ...["no-progress", "ofs-delta"].map(encodeLine),
    ...shallowLines(wish),
    ...(wish.filter !== null && filters({ version: 2, capabilities })
      ? [encodeLine(`filter ${wish.filter}`)]
      : []),
    ...wish.want.map((oid) => encodeLine(`want ${oid}`)),
    ...haveLines(wish),
    encodeLine("done"),
    FLUSH,
  ];
}

function linesOfV1({ capabilities }: Server<1>, wish: FetchWish): readonly Buffer[] {
  const band = ["side-band-64k", "side-band"].find((each) => capabilities.has(each));
  if (band === undefined) throw lacking("side-band-64k", 1);
  if (needsShallow(wish) && !capabilities.has("shallow")) throw lacking("shallow", 1);
  const optional = ["ofs-delta", "no-progress"].filter((each) => capabilities.has(each));
  return [
    ...wish.want.map((oid, index) =>
      encodeLine(index === 0 ? `want ${oid} ${[band, ...optional].join(" ")}` : `want ${oid}`),
    ),
    ...shallowLines(wish),
    FLUSH,
    ...haveLines(wish),
    encodeLine("done"),
  ];
}

/** Whether a server leaves out what a filter names. */
export function filters(server: Advertisement): boolean {
  if (server.version !== 2) return false;
  return server.capabilities.get("fetch")?.split(" ").includes("filter") === true;
}

function needsShallow({ shallow, depth }: FetchWish): boolean {
  return depth !== null || shallow.size > 0;
}

function shallowLines({ shallow, depth }: FetchWish): readonly Buffer[] {
  return [
    ...[...shallow].map((oid) => encodeLine(`shallow ${oid}`)),
    ...(depth === null ? [] : [encodeLine(`deepen ${depth}`)]),
  ];
}

function haveLines({ have }: FetchWish): readonly Buffer[] {
  return have === null ? [] : [encodeLine(`have ${have}`)];
}

function lacking(capability: string, version: 1 | 2): Error {
  return gitFailure(
    "ProtocolError",
    `The server cannot be fetched from: it lacks the capability ${capability} of git's protocol ${version}. ` +
      "Serve the repository by git 2.18 or later, or by a forge.",
  );
}
