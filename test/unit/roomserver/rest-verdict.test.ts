import { expect } from "chai";
import * as fc from "fast-check";
import { z } from "zod";
import type { RestAnswer, RestNoAnswer } from "../../../agent/roomserver/rest-exchange.ts";
import { stateSchema } from "../../../agent/roomserver/rest-wire.ts";
import { judgeRead, judgeWrite } from "../../../agent/roomserver/rest-verdict.ts";
import type { Asked } from "../../../agent/roomserver/rest-verdict.ts";
import type { Attempt } from "../../../agent/roomserver/retry.ts";

const ASKED: Asked = {
  what: 'join of "E-1" to room "lab"',
  names: ["lab", "E-1"],
  isWrite: true,
  isRepeatable: true,
  nowMs: 0,
  redact: (text) => text.replaceAll("s3cret", "[redacted]"),
  tokenAdvice: "Renew it.",
};

function answer(status: number, body = "", headers: Record<string, string> = {}): RestAnswer {
  return { kind: "answer", status, headers, body: new TextEncoder().encode(body) };
}

/** `done`, `already 409`, `refused 400`, `unauthorized 401`, `wrongProtocol`; or how a transient one goes on. */
function short(attempt: Attempt<unknown>): string {
  if (attempt.kind === "transient") {
    const { maybeDone, retryAfterMs } = attempt.failure;
    const wait = retryAfterMs === undefined ? "" : `, after ${retryAfterMs}`;
    return `${attempt.resend ? "resend" : "give up"}, ${maybeDone ? "maybe" : "not"} done${wait}`;
  }
  const { kind, status } = attempt.value as { kind: string; status?: number };
  return status === undefined ? kind : `${kind} ${status}`;
}

const HTML = "<!DOCTYPE html><title>Not Found</title>";
const NO_ROUTE = '{"error":"ROUTE_NOT_FOUND"}';

describe("judgeWrite", () => {
  for (const { status, already = null, want, body = "", headers = {} } of [
    { status: 200, want: "done" },
    { status: 201, want: "done" },
    { status: 204, want: "done" },
    { status: 200, body: "not json", want: "done" },
    { status: 409, already: 409 as const, want: "already 409" },
    { status: 404, already: 404 as const, want: "already 404" },
    { status: 409, want: "refused 409" },
    { status: 409, already: 404 as const, want: "refused 409" },
    { status: 404, already: 409 as const, want: "refused 404" },
    { status: 400, want: "refused 400" },
    { status: 412, want: "refused 412" },
    { status: 413, want: "refused 413" },
    { status: 422, want: "refused 422" },
    { status: 401, want: "unauthorized 401" },
    { status: 401, body: HTML, want: "unauthorized 401" },
    { status: 403, want: "refused 403" },
    { status: 403, body: '{"error":"INSUFFICIENT_SCOPE"}', want: "unauthorized 403" },
    { status: 403, body: '{"message":"the token has expired"}', want: "unauthorized 403" },
    {
      status: 403,
      headers: { "www-authenticate": 'Bearer error="insufficient_scope"' },
      want: "unauthorized 403",
    },
    { status: 302, want: "wrongProtocol" },
    { status: 304, want: "wrongProtocol" },
    { status: 405, want: "wrongProtocol" },
    { status: 200, body: HTML, want: "wrongProtocol" },
    {
      status: 200,
      body: "Sign in",
      headers: { "content-type": "text/html; charset=utf-8" },
      want: "wrongProtocol",
    },
    { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, want: "done" },
    { status: 404, body: "404 page not found\n", already: 404 as const, want: "wrongProtocol" },
    { status: 404, body: "Cannot DELETE /room", already: 404 as const, want: "wrongProtocol" },
    { status: 404, body: HTML, already: 404 as const, want: "wrongProtocol" },
    { status: 404, body: NO_ROUTE, already: 404 as const, want: "wrongProtocol" },
    {
      status: 404,
      body: '{"error":"ENTITY_NOT_FOUND","message":"no such route-planner"}',
      already: 404 as const,
      want: "already 404",
    },
    { status: 404, body: '"route"', already: 404 as const, want: "already 404" },
    { status: 500, want: "resend, maybe done" },
    { status: 503, headers: { "retry-after": "7" }, want: "resend, maybe done, after 7000" },
    { status: 502, body: HTML, want: "resend, maybe done" },
    { status: 429, want: "resend, not done" },
    { status: 429, headers: { "retry-after": "3" }, want: "resend, not done, after 3000" },
    { status: 429, headers: { "retry-after": "garbage" }, want: "resend, not done" },
  ]) {
    const said = JSON.stringify(body === "" ? headers : body.slice(0, 40));
    it(`takes ${status} ${said}, where ${already} is success, for: ${want}`, () => {
      expect(short(judgeWrite(answer(status, body, headers), ASKED, already))).to.equal(want);
    });
  }

  const lost = (failure: RestNoAnswer["failure"], sent: boolean): RestNoAnswer => ({
    kind: "noAnswer",
    failure,
    sent,
    message: "lost",
  });
  for (const { given, repeatable, want } of [
    { given: lost("connect", false), repeatable: true, want: "resend, not done" },
    { given: lost("connect", false), repeatable: false, want: "resend, not done" },
    { given: lost("timeout", false), repeatable: false, want: "resend, not done" },
    { given: lost("timeout", true), repeatable: true, want: "resend, maybe done" },
    { given: lost("timeout", true), repeatable: false, want: "give up, maybe done" },
    { given: lost("reset", true), repeatable: true, want: "resend, maybe done" },
    { given: lost("reset", true), repeatable: false, want: "give up, maybe done" },
    { given: lost("tooLarge", true), repeatable: true, want: "give up, maybe done" },
    { given: lost("notHttp", true), repeatable: true, want: "give up, maybe done" },
    { given: answer(500), repeatable: false, want: "give up, maybe done" },
    { given: answer(503), repeatable: false, want: "give up, maybe done" },
    { given: answer(429), repeatable: false, want: "resend, not done" },
  ]) {
    const kind = given.kind === "answer" ? given.status : `${given.failure} (sent: ${given.sent})`;
    it(`after ${kind} of a ${repeatable ? "repeatable" : "single"} write: ${want}`, () => {
      const asked = { ...ASKED, isRepeatable: repeatable };
      expect(short(judgeWrite(given, asked, null))).to.equal(want);
    });
  }

  it("does not take a name that the answer repeats for a word about the token", () => {
    const asked = { ...ASKED, names: ["lab", "E-token-keeper"] };
    const body = '{"error":"FORBIDDEN","message":"no kick of E-token-keeper"}';
    expect(short(judgeWrite(answer(403, body), asked, 404))).to.equal("refused 403");
  });

  it("quotes what comes with a 404 or 409 that may be success, on one line and without the token", () => {
    const body = "no E-1 here,\r\n\u202e s3cret";
    const said = judgeWrite(answer(404, body), ASKED, 404);
    expect(said).to.deep.include({
      value: { kind: "already", status: 404, said: "no E-1 here, [redacted]" },
    });
    const silent = judgeWrite(answer(409, " "), ASKED, 409);
    expect(silent).to.deep.include({ value: { kind: "already", status: 409 } });
  });

  it("quotes the server on one short line, without the token", () => {
    const body = `bad\r\n\u0007 token s3cret ${"x".repeat(5000)}`;
    const attempt = judgeWrite(answer(400, body), ASKED, null);
    const { message } = (attempt as { value: { message: string } }).value;
    expect(message).to.include('join of "E-1" to room "lab": the server answered 400');
    expect(message).to.include("(bad token [redacted] xxx");
    expect(message).not.to.include("s3cret");
    expect(message).not.to.match(/\p{Cc}/u);
    expect(message.length).to.be.below(400);
  });
});

describe("judgeRead", () => {
  const schema = z.object({ a: z.number() });
  const asked = { ...ASKED, isWrite: false };
  const hasAbsent = { schema, absent: { value: { a: 0 } } };

  it("gives what the schema makes of the body", async () => {
    expect(await judgeRead(answer(200, '{"a":1,"b":2}'), asked, { schema })).to.deep.equal({
      kind: "final",
      value: { kind: "ok", value: { a: 1 } },
    });
  });

  it("reads a 404 as absent where that has a meaning, and as a missing route elsewhere", async () => {
    expect(await judgeRead(answer(404), asked, hasAbsent)).to.deep.equal({
      kind: "final",
      value: { kind: "ok", value: { a: 0 } },
    });
    expect(short(await judgeRead(answer(404), asked, { schema }))).to.equal("wrongProtocol");
    expect(short(await judgeRead(answer(404, NO_ROUTE), asked, hasAbsent))).to.equal(
      "wrongProtocol",
    );
    expect(short(await judgeRead(answer(404, HTML), asked, hasAbsent))).to.equal("wrongProtocol");
  });

  for (const { given, want } of [
    { given: answer(200), want: "wrongProtocol" },
    { given: answer(204), want: "wrongProtocol" },
    { given: answer(200, "{"), want: "wrongProtocol" },
    { given: answer(200, HTML), want: "wrongProtocol" },
    { given: answer(200, '{"a":"1"}'), want: "wrongProtocol" },
    { given: answer(301), want: "wrongProtocol" },
    { given: answer(400), want: "refused 400" },
    { given: answer(403), want: "refused 403" },
    { given: answer(409), want: "refused 409" },
    { given: answer(401), want: "unauthorized 401" },
    { given: answer(500), want: "resend, maybe done" },
    { given: answer(429), want: "resend, not done" },
  ]) {
    const { status, body } = given as { status: number; body: Uint8Array };
    it(`takes ${status} ${new TextDecoder().decode(body)} for: ${want}`, async () => {
      expect(short(await judgeRead(given, asked, { schema }))).to.equal(want);
    });
  }

  for (const { name, given, showsOthers, want } of [
    {
      name: "of which it shows others",
      given: answer(404, '{"error":"room not found"}'),
      showsOthers: true,
      want: 'the server answered 404 ({"error":"room not found"}), and shows other rooms: this one is not there. Nothing is written to it; create it on the RoomServer, or remove its spec file.',
    },
    {
      name: "of which it has shown no other",
      given: answer(404, "not found: s3cret"),
      showsOthers: false,
      want: "the server answered 404 (not found: [redacted]): it has no such route, or no such room. Check RoomServer.BaseUrl and RoomServer.Protocol.",
    },
    {
      name: "by a word about the route, whatever else it shows",
      given: answer(404, NO_ROUTE),
      showsOthers: true,
      want: `the server answered 404 (${NO_ROUTE}): it has no such route. Check RoomServer.BaseUrl and RoomServer.Protocol.`,
    },
  ])
    it(`quotes a 404 to the state of a room ${name}`, async () => {
      const attempt = await judgeRead(given, { ...asked, showsOthers }, { schema });
      const { kind, message } = (attempt as { value: { kind: string; message: string } }).value;
      expect([kind, message]).to.deep.equal(["wrongProtocol", `${asked.what}: ${want}`]);
    });

  it("says of another shape that it is in this room where others are shown", async () => {
    const given = answer(200, '{"a":"1"}');
    const attempt = await judgeRead(given, { ...asked, showsOthers: true }, { schema });
    const { kind, message } = (attempt as { value: { kind: string; message: string } }).value;
    expect(kind).to.equal("wrongProtocol");
    expect(message).to.match(/another shape at a \(.+\), and shows other rooms/);
    expect(message).to.not.include("BaseUrl");
  });

  it("says where the shape is another", async () => {
    const attempt = await judgeRead(answer(200, '{"a":"1"}'), asked, { schema });
    const { message } = (attempt as { value: { message: string } }).value;
    expect(message).to.include("at a (");
    expect(message).to.include("RoomServer.Protocol");
  });

  for (const failure of ["tooLarge", "notHttp"] as const) {
    it(`takes an answer that is ${failure} for the wrong protocol`, async () => {
      const given: RestNoAnswer = { kind: "noAnswer", failure, sent: true, message: "odd" };
      expect(short(await judgeRead(given, asked, { schema }))).to.equal("wrongProtocol");
    });
  }

  it("comes to a verdict, and never to a state that lacks its room, whatever the body", async () => {
    const members = fc.constantFrom("roomId", "entities", "artifacts", "policies", "id", "name");
    const json = fc.oneof(fc.json(), fc.dictionary(members, fc.jsonValue()).map(toJson));
    const bodies = fc.oneof(json, fc.string({ unit: "binary" }));
    await fc.assert(
      fc.asyncProperty(bodies, fc.integer({ min: 100, max: 599 }), async (body, status) => {
        const attempt = await judgeRead(answer(status, body), asked, { schema: stateSchema });
        if (attempt.kind === "transient" || attempt.value.kind !== "ok") return true;
        return typeof attempt.value.value.roomId === "string";
      }),
      { numRuns: 400 },
    );
  });
});

function toJson(value: unknown): string {
  return JSON.stringify(value);
}
