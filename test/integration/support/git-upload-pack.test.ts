import { expect } from "chai";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createGitHttpBackend } from "../../../devserver/git-http-backend.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { runUploadPack } from "../../support/git-upload-pack.ts";

const PACK = "/specs.git/git-upload-pack";
const ASKED = "application/x-git-upload-pack-request";
const V2 = { "git-protocol": "version=2" };

const line = (text: string) => `${(text.length + 5).toString(16).padStart(4, "0")}${text}\n`;
const fetchOf = (want: string, have: string) =>
  `${line("command=fetch")}0001${line(`want ${want}`)}${line(`have ${have}`)}${line("no-progress")}${line("done")}0000`;

/** Packets of an answer, those of a pack as one: git cuts it where it happens to be read. */
function packetsOf(body: string): string {
  const [last = "", ...others] = body.split("\u0001").toReversed();
  return [...others.toReversed().map((part) => part.slice(0, -4)), last].join("");
}

describe("git upload-pack without git http-backend", () => {
  let repository: GitRepository;
  let older: string;
  let head: string;
  const servers: Server[] = [];
  const passedOn: string[] = [];

  before(() => {
    repository = GitRepository.create();
    older = repository.commit({ "a.md": "1" });
    head = repository.commit({ "a.md": "2" });
  });
  after(() => {
    for (const server of servers) server.close();
    repository.remove();
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  interface Question {
    readonly name: string;
    readonly path?: string;
    readonly headers?: Record<string, string>;
    readonly body: () => string;
    readonly goesTo: "upload-pack" | "http-backend";
  }
  const refs = () => `${line("command=ls-refs")}00010000`;
  const questions: readonly Question[] = [
    { name: "refs", body: refs, goesTo: "upload-pack" },
    { name: "a first fetch", body: () => fetchOf(head, "1".repeat(40)), goesTo: "upload-pack" },
    { name: "a later fetch", body: () => fetchOf(head, older), goesTo: "upload-pack" },
    {
      name: "an unknown commit",
      body: () => fetchOf("2".repeat(40), older),
      goesTo: "upload-pack",
    },
    { name: "nonsense", body: () => "nonsense", goesTo: "upload-pack" },
    {
      name: "protocol 1",
      headers: { "git-protocol": "" },
      body: () => `${line(`want ${head} no-progress`)}0000${line("done")}`,
      goesTo: "upload-pack",
    },
    {
      name: "another content type",
      headers: { "content-type": "text/plain" },
      body: refs,
      goesTo: "http-backend",
    },
    {
      name: "another repository",
      path: "/no.git/git-upload-pack",
      body: refs,
      goesTo: "http-backend",
    },
  ];
  for (const { name, path = PACK, headers, body, goesTo } of questions) {
    it(`answers ${name} as git http-backend does, by ${goesTo}`, async () => {
      const backend = createGitHttpBackend({ root: repository.root });
      const short = runUploadPack(repository.root, (request, response) => {
        passedOn.push(name);
        backend(request, response);
      });
      const answers = [];
      for (const origin of [await serve(backend), await serve(short)]) {
        const answer = await fetch(origin + path, {
          method: "POST",
          headers: { ...V2, "content-type": ASKED, ...headers },
          body: body(),
        });
        const said = [...answer.headers].filter(([key]) => key !== "date");
        answers.push({
          status: answer.status,
          said,
          body: packetsOf(Buffer.from(await answer.arrayBuffer()).toString("latin1")),
        });
      }
      expect(answers[1]).to.deep.equal(answers[0]);
      expect(passedOn.includes(name)).to.equal(goesTo === "http-backend");
    });
  }
});
