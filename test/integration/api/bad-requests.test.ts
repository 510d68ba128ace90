import { once } from "node:events";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { type Asking, type RunningApi, byProblem, startApi } from "../../support/running-api.ts";

interface Case {
  readonly name: string;
  readonly path: string;
  readonly asking?: Asking;
  readonly status: number;
  readonly code: string;
  /** Must be found in the detail: what is wrong, or what to do. */
  readonly says: RegExp;
}

const JSON_TYPE = { "Content-Type": "application/json" };
const YAML_TYPE = { "Content-Type": "application/yaml" };
const ROOM = '{"roomId":"lab-01"}';

const post = (
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): Asking => ({ method: "POST", headers, body });
const withHeader = (name: string, value: string): Asking =>
  post(ROOM, { ...JSON_TYPE, [name]: value });

const body = (name: string, asking: Asking, code: string, says: RegExp, status = 400): Case => ({
  name,
  path: "/apply",
  asking,
  status,
  code,
  says,
});

const CASES: readonly Case[] = [
  body("an empty body", post(""), "InvalidBody", /body is empty/),
  body("a body that is not JSON", post("{"), "InvalidBody", /not JSON/),
  body("YAML that calls itself JSON", post("roomId: lab-01"), "InvalidBody", /application\/yaml/),
  body(
    "JSON that is not UTF-8",
    post(Buffer.from('{"roomId":"\xe9"}', "latin1")),
    "InvalidBody",
    /UTF-8/,
  ),
  body("a list", post("[]"), "InvalidBody", /not an object/),
  body("null", post("null"), "InvalidBody", /not an object/),
  body("an unknown member", post('{"roomId":"lab-01","force":true}'), "InvalidBody", /force/),
  body("a room and a spec at once", post('{"roomId":"a-1","spec":{}}'), "InvalidBody", /spec/),
  body("a room id that is no text", post('{"roomId":7}'), "InvalidBody", /roomId/),
  body("an empty room id", post('{"roomId":""}'), "InvalidBody", /roomId/),
  body("an object of another kind", post('{"name":"lab"}'), "InvalidBody", /^unknown field "name"/),
  body("an empty spec", post('{"spec":{}}'), "SpecInvalid", /errors/),
  body("a deep JSON text", post("[".repeat(30_000)), "InvalidBody", /not JSON/),
  body("a deep YAML text", post("[".repeat(60_000), YAML_TYPE), "SpecInvalid", /error/),
  body("aliases", post("a: &a [1]\nb: *a\n", YAML_TYPE), "SpecInvalid", /error/),
  body("a body over SpecBytes", post(" ".repeat(70_000)), "BodyTooLarge", /SpecBytes \(65536/, 413),
  body(
    "a form",
    post("roomId=a", { "Content-Type": "application/x-www-form-urlencoded" }),
    "UnsupportedMediaType",
    /application\/json/,
    415,
  ),
  body(
    "plain text",
    post(ROOM, { "Content-Type": "text/plain" }),
    "UnsupportedMediaType",
    /yaml/,
    415,
  ),
  body("no type at all", post(ROOM, {}), "UnsupportedMediaType", /needed/, 415),
  body(
    "another charset",
    post(ROOM, { "Content-Type": "application/json; charset=latin1" }),
    "UnsupportedMediaType",
    /latin1/,
    415,
  ),
  body(
    "a compressed body",
    post(gzipSync(ROOM), { ...JSON_TYPE, "Content-Encoding": "gzip" }),
    "UnsupportedMediaType",
    /compressed/,
    415,
  ),
  ...[
    "X-DryRun",
    "Dry-Run",
    "X-Dry_Run",
    "X-Dry-Rum",
    "X-Dry",
    "X-Dry-Run-Mode",
    "X-Room-Operator-Dry-Run",
    "X-Operator-DryRun",
  ].map((name) =>
    body(`${name}: true`, withHeader(name, "true"), "InvalidHeader", /did you mean X-Dry-Run/),
  ),
  body("Prefer: dry-run", withHeader("Prefer", "dry-run"), "InvalidHeader", /did you mean X-Dry/),
  ...(
    [
      ["DELETE", "/rooms/lab-01"],
      ["POST", "/acknowledge"],
      ["POST", "/sources/specs/accept"],
    ] as const
  ).flatMap(([method, path]) =>
    ["X-Dry-Run", "X-Confirm", "X-Override", "X-DryRun"].map((name) => ({
      name: `${name} on ${method} ${path}`,
      path,
      asking: { method, headers: { ...JSON_TYPE, [name]: "true" } },
      status: 400,
      code: "InvalidHeader",
      says: /X-Confirm|X-Override|no dry run/,
    })),
  ),
  body("X-Confrim: true", withHeader("X-Confrim", "true"), "InvalidHeader", /mean X-Confirm/),
  body("X-Dry-Run: yes", withHeader("X-Dry-Run", "yes"), "InvalidHeader", /X-Dry-Run is "yes"/),
  body("X-Confirm: 1", withHeader("X-Confirm", "1"), "InvalidHeader", /X-Confirm is "1"/),
  body(
    "X-Confirm: false",
    withHeader("X-Confirm", "false"),
    "InvalidHeader",
    /leave the header out/,
  ),
  body("X-Override: (empty)", withHeader("X-Override", ""), "InvalidHeader", /X-Override is ""/),
  body("X-Override for a room", withHeader("X-Override", "true"), "InvalidHeader", /send the spec/),
  {
    name: "?source= for a room",
    path: "/apply?source=specs",
    asking: post(ROOM),
    status: 400,
    code: "InvalidQuery",
    says: /posted spec/,
  },
  {
    name: "an unknown parameter",
    path: "/apply?dryRun=true",
    asking: post(ROOM),
    status: 400,
    code: "InvalidQuery",
    says: /dryRun/,
  },
  {
    name: "a parameter given twice",
    path: "/status?source=a&source=b",
    status: 400,
    code: "InvalidQuery",
    says: /source: is given more than once: give it once$/,
  },
  {
    name: "a count of 0",
    path: "/audit?count=0",
    status: 400,
    code: "InvalidQuery",
    says: /count: is not a whole number from 1 to 1000$/,
  },
  {
    name: "a count of 1001",
    path: "/audit?count=1001",
    status: 400,
    code: "InvalidQuery",
    says: /count: is not a whole number from 1 to 1000$/,
  },
  {
    name: "a count that is no number",
    path: "/audit?count=ten",
    status: 400,
    code: "InvalidQuery",
    says: /whole number/,
  },
  {
    name: "a negative count",
    path: "/audit?count=-1",
    status: 400,
    code: "InvalidQuery",
    says: /count/,
  },
  {
    name: "an odd correlation id",
    path: "/audit?correlationId=a%20b",
    status: 400,
    code: "InvalidQuery",
    says: /correlationId/,
  },
  {
    name: "a source that is not there",
    path: "/status?source=nope",
    status: 404,
    code: "UnknownSource",
    says: /"nope".*specs/,
  },
  {
    name: "a room that is not there",
    path: "/status/rooms/nope",
    status: 404,
    code: "UnknownRoom",
    says: /"nope"/,
  },
  {
    name: "a path that is not there",
    path: "/nope",
    status: 404,
    code: "NotFound",
    says: /unknown path/,
  },
  {
    name: "a path with a slash too many",
    path: "/status/",
    status: 404,
    code: "NotFound",
    says: /unknown path/,
  },
  {
    name: "a path in capitals",
    path: "/Status",
    status: 404,
    code: "NotFound",
    says: /unknown path/,
  },
  {
    name: "a damaged path",
    path: "/status/rooms/%E0%A4%A",
    status: 400,
    code: "InvalidRequest",
    says: /could not be read/,
  },
];

describe("a bad request", () => {
  let api: RunningApi;
  before(async () => {
    api = await startApi();
  });
  after(() => api.stop());

  for (const { name, path, asking, status, code, says } of CASES) {
    it(`is answered ${status} ${code}: ${name}`, async () => {
      const reply = await api.ask(path, asking);
      expect(reply.status, reply.text).to.equal(status);
      const problem = byProblem(reply);
      expect(problem.code).to.equal(code);
      expect(problem.detail).to.match(says);
      expect([...api.operator.rooms, ...api.operator.specs]).to.deep.equal([]);
    });
  }

  it("is told every error of a spec with its place", async () => {
    const reply = await api.ask(
      "/apply",
      post(
        "apiVersion: v1\nkind: RoomSpec\nmetadata: { version: 0 }\nspec: { roomId: 'x y', extra: 1 }\n",
        YAML_TYPE,
      ),
    );
    const { errors } = byProblem(reply);
    expect(errors).to.have.length.of.at.least(3);
    for (const error of errors) expect(error).to.include.keys("path", "line", "column", "message");
    expect(errors[0]).to.include({ path: "body", line: 3 });
  });

  for (const [path, method, allow] of [
    ["/apply", "GET", "POST"],
    ["/rooms/lab-01", "GET", "DELETE"],
    ["/status", "POST", "GET, HEAD"],
    ["/status/rooms/lab-01", "DELETE", "GET, HEAD"],
    ["/health", "PUT", "GET, HEAD"],
    ["/livez", "POST", "GET, HEAD"],
    ["/readyz", "POST", "GET, HEAD"],
    ["/metrics", "PATCH", "GET, HEAD"],
    ["/audit", "OPTIONS", "GET, HEAD"],
  ] as const) {
    it(`is answered 405 with what is allowed: ${method} ${path}`, async () => {
      const reply = await api.ask(path, { method });
      expect(reply.status).to.equal(405);
      expect(reply.headers.allow).to.equal(allow);
      expect(byProblem(reply).code).to.equal("MethodNotAllowed");
    });
  }

  it("is refused when its headers are longer than 16 KiB", async () => {
    const reply = await api.ask("/livez", { headers: { "X-Long": "x".repeat(17 * 1024) } });
    expect(reply.status).to.equal(431);
  });

  it("is refused when it is no HTTP", async () => {
    const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
    socket.end("hello\r\n\r\n");
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).to.match(/^HTTP\/1.1 400 /);
  });
});
