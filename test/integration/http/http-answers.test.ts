import { randomBytes } from "node:crypto";
import { createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { beginningOf } from "../../../agent/http/answer-body.ts";
import type { IncomingAnswer } from "../../../agent/http/http-message.ts";
import { HttpBench, NEVER, REQUEST } from "../../support/http-bench.ts";
import type { Asked } from "../../support/http-bench.ts";
import { rejection } from "../../support/rejection.ts";

/** Does not compress. */
const NOISE = randomBytes(5_000);

describe("HttpClient: answers", () => {
  let bench: HttpBench;
  beforeEach(() => (bench = new HttpBench()));
  afterEach(() => bench.stop());

  const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n";
  const gzip = (body: Buffer, encoding = "gzip") =>
    `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n${body.toString("latin1")}`;

  for (const { name, bytes, hangUp, asked, want } of [
    { name: "an answer", bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", want: "200 hi" },
    { name: "an answer up to its end", bytes: "HTTP/1.1 200 OK\r\n\r\nhi", want: "200 hi" },
    { name: "an error", bytes: "HTTP/1.1 503 Busy\r\nContent-Length: 1\r\n\r\n!", want: "503 !" },
    {
      name: "slow headers",
      bytes: "HTTP/1.1 200 OK\r\n",
      hangUp: false,
      asked: { request: { deadlines: { headersMs: 40, totalMs: 5_000 } } },
      want: "timeout, headers, sent",
    },
    {
      name: "slow headers without a deadline of their own",
      bytes: "HTTP/1.1 200 OK\r\n",
      hangUp: false,
      asked: { request: { deadlines: { totalMs: 40 } } },
      want: "timeout, total, sent",
    },
    {
      name: "a body that stands still",
      bytes: `${HEAD}{`,
      hangUp: false,
      asked: { limits: { idleMs: 40 } },
      want: "timeout, idle, sent, answered",
    },
    {
      name: "a body that never ends",
      bytes: `${HEAD}{`,
      hangUp: false,
      asked: { request: { deadlines: { headersMs: 30, totalMs: 60 } } },
      want: "timeout, total, sent, answered",
    },
    {
      name: "a body over the cap",
      bytes: `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1_001)}`,
      want: "tooLarge, sent, answered",
    },
    {
      name: "a body of just the cap",
      bytes: `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(1_000)}`,
      want: `200 ${"x".repeat(1_000)}`,
    },
    { name: "a cut body", bytes: `${HEAD}{`, want: "reset, sent, answered" },
    { name: "no answer", bytes: "", want: "reset, sent" },
    { name: "what is no HTTP", bytes: "220 mail.example ready\r\n", want: "notHttp, sent" },
    {
      name: "a body that is no HTTP",
      bytes: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      want: "notHttp, sent, answered",
    },
    {
      name: "gzip that nobody undoes",
      bytes: gzip(Buffer.from("hi")),
      want: "200 hi",
    },
    {
      name: "gzip",
      bytes: gzip(gzipSync("hi")),
      asked: { limits: { inflate: true } },
      want: "200 hi",
    },
    {
      name: "gzip of more than the cap",
      bytes: gzip(gzipSync("x".repeat(1_001))),
      asked: { limits: { inflate: true } },
      want: "tooLarge, sent, answered",
    },
    {
      name: "more gzip than the cap",
      bytes: gzip(gzipSync(NOISE.subarray(0, 995))),
      asked: { limits: { inflate: true } },
      want: "tooLarge, sent, answered",
    },
    {
      name: "cut gzip",
      bytes: gzip(gzipSync("hi").subarray(0, -4)),
      asked: { limits: { inflate: true } },
      want: "encoding, sent, answered",
    },
    {
      name: "another encoding",
      bytes: gzip(Buffer.from("hi"), "br"),
      asked: { limits: { inflate: true } },
      want: "encoding, sent, answered",
    },
    {
      name: "gzip that stands still",
      bytes: gzip(gzipSync(NOISE)).slice(0, 500),
      hangUp: false,
      asked: { limits: { inflate: true, idleMs: 40 } },
      want: "timeout, idle, sent, answered",
    },
    {
      name: "gzip that breaks off",
      bytes: gzip(gzipSync(NOISE)).slice(0, 500),
      asked: { limits: { inflate: true } },
      want: "reset, sent, answered",
    },
  ] as { name: string; bytes: string; hangUp?: boolean; asked?: Asked; want: string }[]) {
    it(`gives for ${name}: ${want.slice(0, 40)}`, async () => {
      const server = createTcpServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => {
          if (hangUp === false) socket.write(bytes, "latin1");
          else socket.end(bytes, "latin1");
        });
      });
      const client = bench.connect(await bench.listen(server));
      expect(await bench.ask(client, asked)).to.equal(want);
    });
  }

  it("follows no redirect, and shows the other server nothing", async () => {
    const elsewhere = await bench.serve((_request, response) => response.end());
    const { origin, seen } = await bench.serve((_request, response) => {
      response.writeHead(307, { Location: elsewhere.origin.href }).end("there");
    });
    expect(await bench.ask(bench.connect(origin))).to.equal("307 there");
    expect([seen.length, elsewhere.seen.length]).to.deep.equal([1, 0]);
  });

  it("sends method, path, headers and body as they are, large bodies piece by piece", async () => {
    const bodies: string[] = [];
    const { origin, seen } = await bench.serve((request, response) => {
      let length = 0;
      request.on("data", (piece: Buffer) => (length += piece.length));
      request.on("end", () => {
        bodies.push(`${request.headers["content-length"]}: ${length}`);
        response.end();
      });
    });
    const client = bench.connect(origin);
    const path = "/a%2Fb/../c//?x=%20";
    for (const length of [3, 200_000]) {
      const halves = [Buffer.alloc(length - 1), Buffer.alloc(1)];
      const body = { contentType: "text/odd", length, chunks: () => halves };
      await bench.ask(client, { request: { method: "PUT", path, body } });
    }
    await bench.ask(client, { request: { method: "POST" } });
    expect(bodies).to.deep.equal(["3: 3", "200000: 200000", "0: 0"]);
    expect(seen[1]).to.include({ method: "PUT", url: path });
    expect(seen[1]?.headers).to.include({
      "content-type": "text/odd",
      authorization: REQUEST.headers["Authorization"],
      host: origin.host,
    });
  });

  it("rejects with what its reader throws", async () => {
    const { origin } = await bench.serve((_request, response) => response.end("hi"));
    const full = async () => {
      throw new Error("the disk is full");
    };
    const failure = await rejection(bench.connect(origin).exchange(REQUEST, full, NEVER));
    expect(failure.message).to.equal("the disk is full");
  });

  it("reads the beginning of a body, or what comes of it in time", async () => {
    const { origin } = await bench.serve((request, response) => {
      response.write("x".repeat(100));
      if (request.method === "GET") response.end();
    });
    for (const [method, bytes] of [
      ["GET", 40],
      ["GET", 400],
      ["POST", 400],
    ] as const) {
      const read = (answer: IncomingAnswer) => beginningOf(answer, { bytes, ms: 50 });
      const end = await bench.connect(origin).exchange({ ...REQUEST, method }, read, NEVER);
      expect(end).to.have.property("value", "x".repeat(Math.min(bytes, 100)));
    }
  });
});
