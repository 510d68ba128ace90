import { WORDED } from "../kernel/issue-words.ts";
import { z } from "zod";
import { formsOf, hideSecret } from "../http/hide-secret.ts";
import type { NoAnswer } from "../http/http-message.ts";
import { parseRetryAfter } from "../kernel/retry-after.ts";
import { legible } from "../kernel/shortened.ts";
import { failureOfNoAnswer, failureOfStatus, invalidAnswer } from "./forge-failure.ts";
import type { Asked } from "./forge-failure.ts";
import type { ForgeAnswer, ForgeFailure } from "./forge.ts";
import type { WireFailure, WireHeaders } from "./library-exchange.ts";

export interface Circumstances {
  /** The token that was sent; it is taken out of what is shown. */
  readonly token: string;
  /** Wall time. */
  readonly nowMs: number;
}

/** Why a library got no good answer. */
export function libraryFailure(
  failure: WireFailure,
  asked: Asked,
  { token, nowMs }: Circumstances,
): ForgeFailure {
  const redact = (text: string) => hideSecret(text, formsOf(token), "[redacted]");
  if (failure.kind === "unsent") return failureOfNoAnswer(asked, unsent(failure.message));
  if (failure.kind === "noAnswer")
    return failureOfNoAnswer(asked, { ...failure, message: redact(failure.message) });
  if (failure.kind === "notJson")
    return invalidAnswer(asked, `it answered ${failure.status} with ${notJson(failure.type)}`);
  const { status, headers } = failure;
  const restMs = limitMs(failure, nowMs);
  return failureOfStatus(withNamedRights(asked, headers), {
    status,
    // However a forge says that it is asked too often, it is read as the header that says so everywhere.
    headers:
      restMs === null ? headers : { ...headers, "retry-after": String(Math.ceil(restMs / 1000)) },
    said: redact(saidIn(failure)),
    nowMs,
  });
}

/** What a library made of a 2xx answer, if it has the shape that is known. */
export function parsed<T>(value: unknown, wire: z.ZodType<T>, asked: Asked): ForgeAnswer<T> {
  const result = wire.safeParse(value, WORDED);
  if (result.success) return { kind: "ok", value: result.data };
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map((part) => legible(String(part), 40)).join(".");
  const where = path === "" ? "the answer" : path;
  return invalidAnswer(asked, `its answer is not what is known: ${where}: ${issue?.message ?? ""}`);
}

function unsent(message: string): NoAnswer {
  return { kind: "noAnswer", failure: "connect", sent: false, answered: false, code: "", message };
}

type Refused = Extract<WireFailure, { readonly kind: "refused" }>;

/** How long a forge is left alone that does not say for how long. GitHub asks for a minute at least. */
const REST_MS = 60_000;
const LEAST_REST_MS = 1000;
const MOST_REST_MS = 3_600_000;

/** How long it wants to be left alone; null: it is not about that. */
function limitMs({ status, headers, text }: Refused, nowMs: number): number | null {
  if (status !== 429 && status !== 403) return null;
  const wanted = parseRetryAfter(headers["retry-after"], nowMs);
  if (wanted !== undefined) return wanted;
  const isUsedUp = status === 429 || headers["x-ratelimit-remaining"] === "0";
  const reset = headers["x-ratelimit-reset"] ?? headers["ratelimit-reset"] ?? "";
  if (isUsedUp && /^\d{1,12}$/.test(reset)) {
    return Math.min(Math.max(Number(reset) * 1000 - nowMs, LEAST_REST_MS), MOST_REST_MS);
  }
  return isUsedUp || /\brate limit\b/i.test(text) ? REST_MS : null;
}

/** GitHub names the rights that an answer would have taken. */
function withNamedRights(asked: Asked, headers: WireHeaders): Asked {
  const named = headers["x-accepted-github-permissions"] ?? "";
  if (!/^[\w=;, ]{1,200}$/.test(named)) return asked;
  return { ...asked, needs: `${asked.needs} (${asked.forge} names ${named})` };
}

const saidWire = z
  .object({ message: z.unknown(), error: z.unknown(), errors: z.unknown() })
  .partial();

/** A refusal in the forge's own words; empty where it has none. */
function saidIn({ text, headers }: Refused): string {
  const json = jsonOf(text);
  if (json === undefined)
    return text === "" ? "" : notJson(headers["content-type"] ?? "no content type");
  const said = saidWire.safeParse(json);
  if (!said.success) return "";
  const { message, error, errors } = said.data;
  const words = [message ?? error, errors]
    .filter((each) => each !== undefined && each !== null && each !== "")
    .map((each) => (typeof each === "string" ? each : JSON.stringify(each)))
    .join(", ");
  return words === "" ? "" : `"${legible(words)}"`;
}

function notJson(type: string): string {
  return `${legible(type, 60)} that is not JSON`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
