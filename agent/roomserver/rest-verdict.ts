import { WORDED } from "../kernel/issue-words.ts";
import type { z } from "zod";
import { answeredAtMs } from "../kernel/answered-at.ts";
import { askedWaitMs } from "../kernel/retry-after.ts";
import { shortened } from "../kernel/shortened.ts";
import { MAX_ANSWER_BYTES } from "./answer-limits.ts";
import { isTooLarge } from "./bounded-fields.ts";
import { parseJson } from "./parse-json.ts";
import type { RestAnswer, RestNoAnswer } from "./rest-exchange.ts";
import type { Attempt } from "./retry.ts";
import type { CallFailure, ReadResult, WriteResult } from "./room-server.ts";

type Answered = Extract<RestAnswer, { kind: "answer" }>;

/** What a verdict needs in addition to the answer. */
export interface Asked {
  /** The call in words, e.g. `join of "E-1" to room "lab"`. */
  readonly what: string;
  /** The names the call carried; an answer that repeats them says nothing by it. */
  readonly names: readonly string[];
  readonly isWrite: boolean;
  /** True: the same call may be sent again although the server may have done it. */
  readonly isRepeatable: boolean;
  /** Wall time in ms. */
  readonly nowMs: number;
  /** Takes the token out of a text. */
  readonly redact: (text: string) => string;
  /** What to do when the token is not accepted, as a sentence. */
  readonly tokenAdvice: string;
  /** True: the server shows other rooms by the same route. Absent: that is not known. */
  readonly showsOthers?: boolean;
}

/** Statuses by the table of the contract. `already` is the one that means the room is as the call wants it. */
export function judgeWrite(
  answer: RestAnswer,
  asked: Asked,
  already: 404 | 409 | null,
): Attempt<WriteResult> {
  const screened = screen(answer, asked);
  if (screened.kind === "failed") return screened.attempt;
  const { status } = screened.answer;
  if (status < 300) return { kind: "final", value: { kind: "done" } };
  if (status === already) {
    const text = words(screened.answer, asked);
    const said = text === "" ? {} : { said: text };
    return { kind: "final", value: { kind: "already", status, ...said } };
  }
  return { kind: "final", value: refused(screened.answer, asked) };
}

/** `absent` is what a 404 reads as; without it a 404 means that the route is not there, or the room. */
export async function judgeRead<T>(
  answer: RestAnswer,
  asked: Asked,
  expected: { readonly schema: z.ZodType<T>; readonly absent?: { readonly value: T } },
): Promise<Attempt<ReadResult<T>>> {
  const screened = screen(answer, asked);
  if (screened.kind === "failed") return screened.attempt;
  return { kind: "final", value: await readValue(screened.answer, asked, expected) };
}

async function readValue<T>(
  answer: Answered,
  asked: Asked,
  { schema, absent }: { readonly schema: z.ZodType<T>; readonly absent?: { readonly value: T } },
): Promise<ReadResult<T>> {
  if (answer.status === 404) {
    if (absent !== undefined) return { kind: "ok", value: absent.value };
    return notThere(answer, asked);
  }
  if (answer.status >= 300) return refused(answer, asked);
  const json = parseJson(answer.body);
  if ("problem" in json) {
    return json.tooLarge === true
      ? answerTooLarge(asked, json.problem)
      : wrongProtocol(asked, `gave an answer that ${json.problem}`);
  }
  const parsed = await schema.safeParseAsync(json.value, WORDED);
  if (parsed.success) return { kind: "ok", value: parsed.data };
  const [issue] = parsed.error.issues;
  const path = shortened(issue?.path.join(".") ?? "", MAX_PATH_CHARACTERS);
  if (issue !== undefined && isTooLarge(issue)) {
    return answerTooLarge(asked, `has in ${path} ${issue.message}`);
  }
  const place = path === "" ? "" : ` at ${path}`;
  const what = `gave an answer of another shape${place} (${issue?.message})`;
  return asked.showsOthers === true ? onlyThisRoom(asked, what) : wrongProtocol(asked, what);
}

type Screened =
  | { readonly kind: "answered"; readonly answer: Answered }
  | { readonly kind: "failed"; readonly attempt: Attempt<CallFailure> };

/** Sorts out what means the same for every call. */
function screen(answer: RestAnswer, asked: Asked): Screened {
  if (answer.kind === "noAnswer") return { kind: "failed", attempt: judgeNoAnswer(answer, asked) };
  const { status } = answer;
  if (status === 429 || status >= 500) {
    return { kind: "failed", attempt: tryLater(answer, asked) };
  }
  const failure = judgeAddress(answer, asked) ?? judgeRights(answer, asked);
  if (failure === undefined) return { kind: "answered", answer };
  return { kind: "failed", attempt: { kind: "final", value: failure } };
}

function tryLater(answer: Answered, asked: Asked): Attempt<never> {
  const maybeDone = answer.status !== 429;
  const retryAfterMs = askedWaitMs(
    answer.headers["retry-after"],
    answeredAtMs(answer.headers.date, asked.nowMs),
  );
  return {
    kind: "transient",
    resend: asked.isRepeatable || !maybeDone,
    failure: {
      kind: "unavailable",
      maybeDone,
      message: `${asked.what}: ${said(answer, asked)}`,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  };
}

function judgeNoAnswer(answer: RestNoAnswer, asked: Asked): Attempt<CallFailure> {
  const isUnreadable = answer.failure === "tooLarge" || answer.failure === "notHttp";
  if (answer.failure === "tooLarge" && !asked.isWrite) {
    return {
      kind: "final",
      value: answerTooLarge(asked, `is larger than ${MAX_ANSWER_BYTES} bytes`),
    };
  }
  if (isUnreadable && !asked.isWrite) {
    return { kind: "final", value: wrongProtocol(asked, `failed: ${answer.message}`) };
  }
  return {
    kind: "transient",
    resend: !isUnreadable && (asked.isRepeatable || !answer.sent),
    failure: {
      kind: "unavailable",
      maybeDone: answer.sent,
      message: noAnswerText(answer, asked),
    },
  };
}

/** The failures of a connection; the others are about an answer. */
const UNREACHABLE: ReadonlySet<RestNoAnswer["failure"]> = new Set(["connect", "reset", "timeout"]);

function noAnswerText({ failure, message }: RestNoAnswer, { what, redact }: Asked): string {
  const text = `${what}: ${redact(message)}`;
  return UNREACHABLE.has(failure) ? `RoomServer unreachable (${text})` : text;
}

/** Answers that another kind of server gives, or this one to a route it does not have. */
function judgeAddress(answer: Answered, asked: Asked): CallFailure | undefined {
  const { status } = answer;
  if (status < 200 || (status >= 300 && status < 400)) {
    return wrongProtocol(asked, `answered ${status}, and redirects are not followed`);
  }
  if (status === 405) return wrongProtocol(asked, "answered 405: the route takes other methods");
  if ((status < 300 || status === 404) && isHtml(answer)) {
    return wrongProtocol(asked, `answered ${status} with an HTML page`);
  }
  if (status === 404 && namesRoute(answer)) {
    return wrongProtocol(asked, `answered 404${quoted(answer, asked)}: it has no such route`);
  }
  return undefined;
}

function judgeRights(answer: Answered, asked: Asked): CallFailure | undefined {
  const { status } = answer;
  if (status !== 401 && !(status === 403 && speaksOfToken(answer, asked))) return undefined;
  const message = `${asked.what}: ${said(answer, asked)}. ${asked.tokenAdvice}`;
  return { kind: "unauthorized", status, message };
}

/** True when the whole agent lacks a right, not this one call. */
function speaksOfToken({ headers, body }: Answered, { names }: Asked): boolean {
  const text = `${decode(body)} ${headers["www-authenticate"] ?? ""}`;
  return /scope|token/i.test(names.reduce((left, name) => left.replaceAll(name, ""), text));
}

function refused(answer: Answered, asked: Asked): CallFailure {
  const message = `${asked.what}: ${said(answer, asked)}. Correct the spec, or what this agent may do on the RoomServer.`;
  return { kind: "refused", status: answer.status, message };
}

/** Never an empty room: nothing is written to it. */
function notThere(answer: Answered, asked: Asked): Extract<CallFailure, { kind: "wrongProtocol" }> {
  const what = `answered 404${quoted(answer, asked)}`;
  if (asked.showsOthers !== true)
    return wrongProtocol(asked, `${what}: it has no such route, or no such room`);
  const message = `${asked.what}: the server ${what}, and shows other rooms: this one is not there. Nothing is written to it; create it on the RoomServer, or remove its spec file.`;
  return { kind: "wrongProtocol", message };
}

function wrongProtocol(
  asked: Asked,
  what: string,
): Extract<CallFailure, { kind: "wrongProtocol" }> {
  const message = `${asked.what}: the server ${what}. Check RoomServer.BaseUrl and RoomServer.Protocol.`;
  return { kind: "wrongProtocol", message };
}

/** Its other rooms are read, so address and protocol are right. */
function onlyThisRoom(asked: Asked, what: string): Extract<CallFailure, { kind: "wrongProtocol" }> {
  const message = `${asked.what}: the server ${what}, and shows other rooms as they have to be: what is odd is in this room. Nothing is written to it; correct it on the RoomServer.`;
  return { kind: "wrongProtocol", message };
}

/** What the room holds is not known, so nothing is done to it. */
function answerTooLarge(
  asked: Asked,
  what: string,
): Extract<CallFailure, { kind: "wrongProtocol" }> {
  const message = `${asked.what}: the answer ${what}. Nothing is written to the room; look at it on the RoomServer.`;
  return { kind: "wrongProtocol", message, tooLarge: true };
}

const MAX_PATH_CHARACTERS = 256;

function isHtml({ headers, body }: Answered): boolean {
  if (/^text\/html\b/i.test(headers["content-type"] ?? "")) return excerpt(body) !== "";
  return !beginsOtherwise(body) && /^[\p{C}\s]*<(!doctype|html)\b/iu.test(decode(body));
}

/** True: its first byte is a visible character of ASCII that no page begins with. As most answers, which are JSON, do. */
function beginsOtherwise(body: Uint8Array): boolean {
  const first = body[0] ?? 0;
  return first > 0x20 && first < 0x7f && first !== 0x3c;
}

/** What web frameworks say by themselves when no route fits. */
const NO_ROUTE_TEXT = /^(404 page not found$|cannot (get|post|delete) \/)/i;

/** True when the answer speaks of the route rather than of the thing: in its error code, not in its prose. */
function namesRoute({ body }: Answered): boolean {
  if (NO_ROUTE_TEXT.test(excerpt(body))) return true;
  const json = parseJson(body);
  if ("problem" in json || typeof json.value !== "object" || json.value === null) return false;
  return Object.entries(json.value).some(
    ([member, value]) =>
      /^(error|code)$/i.test(member) &&
      typeof value === "string" &&
      /^[a-z_.-]*(route|endpoint)[a-z_.-]*$/i.test(value),
  );
}

const EXCERPT_CHARACTERS = 200;

function said(answer: Answered, asked: Asked): string {
  return `the server answered ${answer.status}${quoted(answer, asked)}`;
}

/** What the server says, to follow its status; empty where it says nothing. */
function quoted(answer: Answered, asked: Asked): string {
  const text = words(answer, asked);
  return text === "" ? "" : ` (${text})`;
}

function words({ body }: Answered, { redact }: Asked): string {
  return excerpt(redact(decode(body)));
}

function decode(body: Uint8Array): string {
  return new TextDecoder().decode(body.subarray(0, 16 * EXCERPT_CHARACTERS));
}

/** The beginning of a body on one line, without control characters. */
function excerpt(body: Uint8Array | string): string {
  const text = typeof body === "string" ? body : decode(body);
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > EXCERPT_CHARACTERS ? `${line.slice(0, EXCERPT_CHARACTERS)}…` : line;
}
