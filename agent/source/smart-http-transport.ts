import type {
  FetchedPack,
  FetchWish,
  GitTransport,
  HeadRequest,
  PackRequest,
} from "./git-transport.ts";
import { SmartHttpExchange } from "./smart-http-exchange.ts";
import { fetchPack } from "./smart-http-fetch.ts";
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

  async head(branch: string, asked: HeadRequest): Promise<string> {
    if (!asked.fresh) return this.#poll.head(branch, asked);
    const http = new SmartHttpExchange(this.#url);
    try {
      return await new SmartHttpPoll(http).head(branch, asked);
    } finally {
      http.close();
    }
  }

  fetch(wish: FetchWish, asked: PackRequest): Promise<FetchedPack> {
    return fetchPack(this.#http, wish, asked);
  }

  close(): void {
    this.#http.close();
  }
}
