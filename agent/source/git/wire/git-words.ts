import { quoted } from "../../../kernel/quoted.ts";
import { shortened } from "../../../kernel/shortened.ts";
import type { GitCredentials } from "./git-credentials.ts";
import { hideCredentials } from "./git-hide-credentials.ts";

/** What a message shows of the other side's words, in characters. */
const MAX_WORDS = 200;

/** A text with more bytes than this is a page, whatever its type says. */
const MAX_TEXT = 2_000;

/** What an answer that is not git's brought: its media type and the beginning of its body. */
export interface AnswerText {
  readonly mediaType: string;
  readonly text: string;
}

/** What the other side says, as a JSON string: its first line, escaped, at most 200 characters, without secrets. */
export function quotedWords(text: string, credentials: GitCredentials = { kind: "none" }): string {
  return quoted(shortened(firstLine(hideSecrets(text, credentials)), MAX_WORDS));
}

/** The words of an answer that are meant for people, quoted: a short text, a JSON message, a page's title. Null without any. */
export function answerWords(answer: AnswerText, credentials: GitCredentials): string | null {
  const words = isPage(answer) ? titleOf(answer.text) : plainWords(answer);
  return words === null || firstLine(words) === "" ? null : quotedWords(words, credentials);
}

/** True for an answer that a browser would show. */
export function isPage({ mediaType, text }: AnswerText): boolean {
  return mediaType === "text/html" || /^\s*<(?:!doctype html|html)\b/i.test(text);
}

/** The addresses in a text without user and query, which may hold a token. At most 2,000 characters of it. */
export function withoutUrlSecrets(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .replace(/\b([a-z][a-z0-9+.-]*:)?\/\/[^\s/?#@"'<>]*@/gi, (_user, scheme = "") => `${scheme}//`)
    .replace(/((?:[a-z][a-z0-9+.-]*:)?\/[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, "$1");
}

function hideSecrets(text: string, credentials: GitCredentials): string {
  return withoutUrlSecrets(hideCredentials(text, credentials));
}

function firstLine(text: string): string {
  const lines = text.split(/[\r\n\u2028\u2029]+/).map((line) => line.trim());
  return lines.find((line) => line !== "") ?? "";
}

function plainWords({ mediaType, text }: AnswerText): string | null {
  if (mediaType === "application/json" || mediaType.endsWith("+json")) return jsonMessage(text);
  const isText = mediaType === "text/plain" || mediaType === "";
  return isText && text.length <= MAX_TEXT ? text : null;
}

/** Forges and gateways put their sentence into one of these members. */
function jsonMessage(text: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // A body that was cut, or is not JSON, has no message to show.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== "object" || value === null) return null;
  const members = new Map<string, unknown>(Object.entries(value));
  const found = ["message", "error_description", "error", "detail", "title"]
    .map((name) => members.get(name))
    .find((member) => typeof member === "string" && member.trim() !== "");
  return typeof found === "string" ? found : null;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  "#39": "'",
  "#x27": "'",
  nbsp: " ",
};

function titleOf(page: string): string | null {
  const [, title] = /<title[^>]*>([^<]*)/i.exec(page) ?? [];
  if (title === undefined) return null;
  const text = title.replace(/&([#a-z0-9]{1,6});/gi, (whole, name: string) => {
    return ENTITIES[name.toLowerCase()] ?? whole;
  });
  return text.replace(/\s+/g, " ");
}
