import type {
  AdvertisedRefs,
  FetchedPack,
  FetchWish,
  GitTransport,
  PackRequest,
  RefList,
  RefQuestion,
  RefsRequest,
} from "./git-transport.ts";
import { SmartHttpExchange } from "./smart-http-exchange.ts";
import { SmartHttpPoll } from "./smart-http-poll.ts";

/** git's protocol over `http:` and `https:`, versions 2 and 1. */
export class SmartHttpTransport implements GitTransport {
  readonly #url: string;
  readonly #http: SmartHttpExchange;
  readonly #poll: SmartHttpPoll;

  constructor(url: string) {
    this.#url = url;
    this.#http = new SmartHttpExchange(url);
    this.#poll = new SmartHttpPoll(this.#http);
  }

  refs(question: RefQuestion, asked: RefsRequest): Promise<AdvertisedRefs> {
    return this.#ask(asked, (poll) => poll.refs(question, asked));
  }

  allRefs(question: RefQuestion, asked: RefsRequest): Promise<RefList> {
    return this.#ask(asked, (poll) => poll.allRefs(question, asked));
  }

  async fetch(wish: FetchWish, asked: PackRequest): Promise<FetchedPack> {
    // Whoever only polls needs nothing that reads packs.
    const { fetchPack } = await import("./smart-http-fetch.ts");
    return fetchPack(this.#http, wish, asked);
  }

  close(): void {
    this.#http.close();
  }

  async #ask<T>({ fresh }: RefsRequest, ask: (poll: SmartHttpPoll) => Promise<T>): Promise<T> {
    if (!fresh) return ask(this.#poll);
    this.#poll.forget();
    const http = new SmartHttpExchange(this.#url);
    try {
      return await ask(new SmartHttpPoll(http));
    } finally {
      http.close();
    }
  }
}
