import { z } from "zod";
import { legible } from "../../kernel/shortened.ts";
import type { Asked } from "../forge-failure.ts";
import { createForgeWire } from "../forge-wire.ts";
import type { ForgeWire, WireRequest } from "../forge-wire.ts";
import type { Bounded, ForgeAnswer, ForgeFailure, ForgeOptions } from "../forge.ts";
import { readGitea } from "./gitea-read.ts";
import type { Read } from "./gitea-read.ts";

/** Gitea gives at most so many at once, whatever is asked for. */
const PER_PAGE = 50;

/** How the need for a scope reads in a message. */
export const NEEDS = {
  repository: "the scope read:repository and the right to read the repository",
  issue: "the scope read:issue and the right to read the repository",
  comment: "the scope write:issue, and a conversation that is not locked",
  status: "the scope write:repository and the right to write to the repository's code",
  user: "the scope read:user",
} as const;

export interface GiteaCall<T> {
  readonly method?: WireRequest["method"];
  /** From `/api/v1` on, encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** In words, for messages. */
  readonly what: string;
  readonly needs: string;
  readonly schema: z.ZodType<T>;
  /** Answers outside of 2xx that mean something for this question, by status; 404 only where the repository can be seen. */
  readonly means?: ReadonlyMap<number, T>;
  /** True: nothing comes of it when it is carried out twice. GET, PATCH and DELETE are so. */
  readonly isRepeatable?: boolean;
}

export interface GiteaCaller {
  /** `/repos/{owner}/{name}` and these parts, encoded. */
  path(...segments: readonly (string | number)[]): string;
  readonly repository: string;
  ask<T>(call: GiteaCall<T>, signal: AbortSignal): Promise<ForgeAnswer<T>>;
  /** All pages of a list, counted: the links in the answers may lead to an address that the agent cannot reach. */
  all<T>(
    call: GiteaCall<readonly T[]>,
    mostPages: number,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<Bounded<T>>>;
  /** One page of a list, from 1 on. */
  page<T>(
    call: GiteaCall<readonly T[]>,
    number: number,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<readonly T[]>>;
  close(): void;
}

/** A page of a list; Gitea writes an empty one as `null` in places. */
export function listOf<T>(each: z.ZodType<T>): z.ZodType<readonly T[]> {
  return z
    .array(each)
    .nullable()
    .transform((list) => list ?? []);
}

export function createGiteaCaller(options: ForgeOptions): GiteaCaller {
  const { repository } = options;
  const [owner = "", name = ""] = repository.split("/");
  const base = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const sender = new GiteaSender(options, base);
  const page = async <T>(
    call: GiteaCall<readonly T[]>,
    number: number,
    signal: AbortSignal,
  ): Promise<ForgeAnswer<Read<readonly T[]>>> => {
    const query = { ...call.query, limit: String(PER_PAGE), page: String(number) };
    return sender.ask({ ...call, query }, signal);
  };
  return {
    repository,
    path: (...segments) =>
      base + segments.map((each) => `/${encodeURIComponent(String(each))}`).join(""),
    ask: async (call, signal) => valueOf(await sender.ask(call, signal)),
    page: async (call, number, signal) => valueOf(await page(call, number, signal)),
    all: async <T>(call: GiteaCall<readonly T[]>, mostPages: number, signal: AbortSignal) => {
      const list: T[] = [];
      for (let number = 1; number <= mostPages; number += 1) {
        const answer = await page(call, number, signal);
        if (answer.kind === "failed") return answer;
        const { value, total } = answer.value;
        list.push(...value);
        const isLast = value.length === 0 || (total !== null && list.length >= total);
        if (isLast) return { kind: "ok", value: { list, isWhole: true } };
      }
      return { kind: "ok", value: { list, isWhole: false } };
    },
    close: () => sender.close(),
  };
}

/** A repository that was seen is believed to be visible for this time. */
const SEEN_MS = 60_000;

class GiteaSender {
  readonly #wire: ForgeWire;
  readonly #options: ForgeOptions;
  readonly #base: string;
  #seenAtMs: number | null = null;

  constructor(options: ForgeOptions, base: string) {
    this.#options = options;
    this.#base = base;
    this.#wire = createForgeWire(options, (login) =>
      login.kind === "token" ? { Authorization: `token ${login.token}` } : null,
    );
  }

  async ask<T>(call: GiteaCall<T>, signal: AbortSignal): Promise<ForgeAnswer<Read<T>>> {
    const answer = await this.#send(call, signal);
    if (answer.kind === "failed" || call.means?.get(404) !== answer.value.value) return answer;
    return (await this.#look(signal)) ?? answer;
  }

  close(): void {
    this.#wire.close();
  }

  /** A repository that the token may not see is answered like one without the thing that was asked for. */
  async #look(signal: AbortSignal): Promise<ForgeFailure | null> {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#seenAtMs !== null && nowMs - this.#seenAtMs < SEEN_MS) return null;
    const call = { path: this.#base, what: "the name", needs: NEEDS.repository };
    const answer = await this.#send({ ...call, schema: z.object({}) }, signal);
    return answer.kind === "failed" ? answer : null;
  }

  async #send<T>(call: GiteaCall<T>, signal: AbortSignal): Promise<ForgeAnswer<Read<T>>> {
    const { apiUrl, clock, repository } = this.#options;
    const asked: Asked = {
      what: `${call.what} of ${legible(repository)}`,
      needs: call.needs,
      host: new URL(apiUrl).host,
      forge: "Gitea",
    };
    const answer = await this.#wire.send(toRequest(call), asked, signal);
    if (answer.kind === "failed") return answer;
    const meaning = call.means?.get(answer.status);
    if (meaning !== undefined) return { kind: "ok", value: { value: meaning, total: null } };
    const read = readGitea(call.schema, answer, { asked, nowMs: clock.nowMs() });
    const isSeen = read.kind === "ok" && call.path === this.#base;
    if (isSeen) this.#seenAtMs = clock.monotonicMs();
    return read;
  }
}

function valueOf<T>(answer: ForgeAnswer<Read<T>>): ForgeAnswer<T> {
  return answer.kind === "failed" ? answer : { kind: "ok", value: answer.value.value };
}

function toRequest<T>({
  method = "GET",
  path,
  query,
  body,
  isRepeatable,
}: GiteaCall<T>): WireRequest {
  const asked = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return {
    method,
    path: path + asked,
    ...(body === undefined ? {} : { body }),
    isRepeatable: isRepeatable ?? method !== "POST",
  };
}
