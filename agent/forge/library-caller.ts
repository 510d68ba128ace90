import type { z } from "zod";
import type { Asked } from "./forge-failure.ts";
import type { Bounded, ForgeAnswer, ForgeFailure, ForgeOptions } from "./forge.ts";
import { wireFailureOf } from "./library-exchange.ts";
import { libraryFailure, parsed } from "./library-failure.ts";

/** What is asked, for messages. */
export interface Subject {
  /** In words, such as `pull request 7`. */
  readonly what: string;
  /** The right that it takes. */
  readonly needs: string;
}

/** `Api` is what the library is asked through. */
export interface Question<Api, T> extends Subject {
  readonly wire: z.ZodType<T>;
  readonly send: (api: Api) => Promise<LibraryAnswer>;
  /** Statuses outside of 2xx that mean something for this question; 404 only where the repository can be seen. */
  readonly means?: ReadonlyMap<number, T>;
  /** What a status outside of 2xx says to a person, in addition to what it says everywhere. */
  readonly words?: ReadonlyMap<number, string>;
}

export interface ListQuestion<Api, Page, T> extends Omit<Question<Api, readonly T[]>, "send"> {
  readonly mostPages: number;
  readonly send: (api: Api, page: Page) => Promise<LibraryAnswer>;
}

export interface LibraryAnswer {
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly data: unknown;
}

/** Asks a forge about one repository by its library. No method rejects but with the signal's reason. */
export interface LibraryCaller<Api, Page> {
  readonly repository: string;
  ask<T>(question: Question<Api, T>, signal: AbortSignal): Promise<ForgeAnswer<T>>;
  /** Page after page, until the last or `mostPages`. */
  list<T>(
    question: ListQuestion<Api, Page, T>,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<Bounded<T>>>;
}

export interface CallerSetup<Api, Page> {
  readonly asking: (subject: Subject) => Asked;
  /** The library with the login of now. */
  readonly open: (asked: Asked, signal: AbortSignal) => Promise<ForgeAnswer<Opened<Api>>>;
  /** The forge refused the token. */
  readonly onRefused: () => void;
  /** Asks for the repository itself. */
  readonly look: Question<Api, unknown>;
  readonly firstPage: Page;
  /** Null: that was the last. */
  readonly pageAfter: (page: Page, answer: LibraryAnswer) => Page | null;
}

export interface Opened<Api> {
  readonly api: Api;
  readonly token: string;
}

export function createLibraryCaller<Api, Page>(
  { repository, clock }: ForgeOptions,
  setup: CallerSetup<Api, Page>,
): LibraryCaller<Api, Page> {
  const send = async <T>(question: Question<Api, T>, signal: AbortSignal): Promise<Sent<T>> => {
    const asked = setup.asking(question);
    const opened = await setup.open(asked, signal);
    if (opened.kind === "failed") return opened;
    const { api, token } = opened.value;
    try {
      const answer = await question.send(api);
      const value = parsed(answer.data, question.wire, asked);
      return value.kind === "failed" ? value : { ...value, answer };
    } catch (error) {
      signal.throwIfAborted();
      const failure = wireFailureOf(error);
      if (failure === undefined) throw error;
      const failed = libraryFailure(failure, asked, { token, nowMs: clock.nowMs() });
      if (failed.reason === "ForgeTokenRefused") setup.onRefused();
      return failure.kind === "refused" ? meant(question, failure.status, failed) : failed;
    }
  };

  /** A repository that the token may not see is answered like one without what was asked for. */
  const ask = async <T>(question: Question<Api, T>, signal: AbortSignal): Promise<Sent<T>> => {
    const sent = await send(question, signal);
    if (sent.kind === "failed" || sent.answer !== 404) return sent;
    const look = await send(setup.look, signal);
    return look.kind === "failed" ? look : sent;
  };

  return {
    repository,
    ask: async (question, signal) => {
      const sent = await ask(question, signal);
      return sent.kind === "failed" ? sent : { kind: "ok", value: sent.value };
    },
    list: async <T>(
      { mostPages, send: sendPage, ...question }: ListQuestion<Api, Page, T>,
      signal: AbortSignal,
    ) => {
      const list: T[] = [];
      let next: Page | null = setup.firstPage;
      for (let read = 0; next !== null && read < mostPages; read += 1) {
        const page: Page = next;
        const sent = await ask({ ...question, send: (api) => sendPage(api, page) }, signal);
        if (sent.kind === "failed") return sent;
        list.push(...sent.value);
        next = typeof sent.answer === "number" ? null : setup.pageAfter(page, sent.answer);
      }
      return { kind: "ok", value: { list, isWhole: next === null } };
    },
  };
}

/** `answer` is what was answered, or the status that means this value. */
type Sent<T> =
  | { readonly kind: "ok"; readonly value: T; readonly answer: LibraryAnswer | number }
  | ForgeFailure;

function meant<T, Api>(
  { means, words }: Question<Api, T>,
  status: number,
  failed: ForgeFailure,
): Sent<T> {
  const value = means?.get(status);
  if (value !== undefined) return { kind: "ok", value, answer: status };
  const more = words?.get(status);
  return more === undefined ? failed : { ...failed, message: `${failed.message} ${more}` };
}

/** An answer whose value is made of another's. */
export function mapped<T, R>(answer: ForgeAnswer<T>, make: (value: T) => R): ForgeAnswer<R> {
  return answer.kind === "failed" ? answer : { kind: "ok", value: make(answer.value) };
}
