import { AdvertisementAnswer } from "./git-advertisement.ts";
import type { Advertisement } from "./git-advertisement.ts";
import { deadlinesUntil } from "./git-deadlines.ts";
import { gitFailure } from "../../git-failure.ts";
import { LsRefsAnswer, lsRefsRequest } from "./git-ls-refs.ts";
import { POLL_BYTES, pollLimit } from "./git-poll-limit.ts";
import { REF_LIST_BYTES, REF_LIST_LIMIT } from "./git-ref-list.ts";
import type { AdvertisedRefs, RefList, RefQuestion, TransportCall } from "./git-transport.ts";
import type { SmartHttpExchange } from "./smart-http-exchange.ts";

/** What the server was found to speak; unknown until asked, and again after it answered oddly. */
type Dialect = "unknown" | "v1" | { readonly knowsObjectFormat: boolean };

/** Asks for refs. The first poll asks what the server speaks; each later one is a single request. */
export class SmartHttpPoll {
  readonly #http: SmartHttpExchange;
  #dialect: Dialect = "unknown";

  constructor(http: SmartHttpExchange) {
    this.#http = http;
  }

  /** The next request asks again what the server speaks. */
  forget(): void {
    this.#dialect = "unknown";
  }

  /** The refs that the question asks for. Throws a failure unless the answer is whole and regular. */
  async refs(question: RefQuestion, call: TransportCall): Promise<AdvertisedRefs> {
    try {
      return (await this.#list(question, oneDeadline(call))).refs;
    } catch (error) {
      // The server may have been replaced or upgraded: ask it again what it speaks.
      this.#dialect = "unknown";
      throw error;
    }
  }

  /** The same out of the full list of refs, by the older protocol. */
  async allRefs(question: RefQuestion, call: TransportCall): Promise<RefList> {
    try {
      const advertisement = await this.#advertisement(1, question, call);
      if (advertisement.version === 1) return advertisement;
      throw gitFailure("ProtocolError", "The server's full list of refs cannot be read.");
    } catch (error) {
      this.#dialect = "unknown";
      throw error;
    }
  }

  async #list(question: RefQuestion, call: () => TransportCall): Promise<RefList> {
    if (typeof this.#dialect === "string") {
      const advertisement = await this.#advertisement(2, question, call());
      if (advertisement.version === 1) {
        this.#dialect = "v1";
        return advertisement;
      }
      this.#dialect = { knowsObjectFormat: advertisement.capabilities.has("object-format") };
    }
    const limit = pollLimit(question);
    const answer = new LsRefsAnswer(question, limit);
    await this.#http.send(
      {
        method: "POST",
        path: "/git-upload-pack",
        headers: {
          "content-type": "application/x-git-upload-pack-request",
          accept: "application/x-git-upload-pack-result",
          "git-protocol": "version=2",
        },
        body: lsRefsRequest(question.prefixes, this.#dialect.knowsObjectFormat),
        contentType: "application/x-git-upload-pack-result",
        brings: "the list of refs",
        limit: { bytes: POLL_BYTES, exceeded: limit.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      call(),
    );
    return answer.finish();
  }

  async #advertisement(
    version: 1 | 2,
    question: RefQuestion,
    call: TransportCall,
  ): Promise<Advertisement> {
    const answer = new AdvertisementAnswer(question, REF_LIST_LIMIT);
    await this.#http.send(
      {
        method: "GET",
        path: "/info/refs?service=git-upload-pack",
        headers: version === 2 ? { "git-protocol": "version=2" } : {},
        contentType: "application/x-git-upload-pack-advertisement",
        brings: "the list of refs",
        limit: { bytes: REF_LIST_BYTES, exceeded: REF_LIST_LIMIT.exceeded },
        onBytes: (bytes) => answer.push(bytes),
      },
      call,
    );
    return answer.finish();
  }
}

/** What each request of one operation goes with: all of them have one deadline. */
function oneDeadline(call: TransportCall): () => TransportCall {
  const untilMs = performance.now() + call.deadlines.totalMs;
  return () => ({ ...call, deadlines: deadlinesUntil(untilMs, call.deadlines) });
}
