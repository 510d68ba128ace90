import { messageOf, OperatorError } from "../../kernel/errors.ts";
import type { VerifiedHead } from "../../room/signer.ts";
import type { RoomSpec } from "../../spec/room-spec.ts";
import { gitFailure } from "../git-failure.ts";
import { hideCredentials } from "./wire/git-hide-credentials.ts";
import type { GitCredentials } from "./wire/git-credentials.ts";
import type { WorkerCallOptions, WorkerRequest } from "./git-worker-client.ts";
import { normalisedFolder } from "./git-folder-name.ts";
import { commitRefused } from "./git-commit-refused.ts";
import { deliver, toReady } from "./git-delivery.ts";
import { printOf } from "./git-worker-messages.ts";
import type { Ask, ReaderSettings, WorkerResult } from "./git-worker-messages.ts";
import { asFailure, hidden } from "./git-shared-clone.ts";
import type { CloneMember, SharedClone } from "./git-shared-clone.ts";
import type { ClaimsAt, OtherPlace } from "../claims-at.ts";
import type { SourceOptions } from "../open-source.ts";
import type { Revision, RevisionReader, RevisionRequest } from "../revision.ts";
import { printOfKeys } from "../signature-check.ts";
import type { SignatureCheckRequest } from "../signature-check.ts";
import { NO_LINE } from "../known-line.ts";
import type {
  PollOptions,
  PollResult,
  ReadSpecs,
  SeedFile,
  SourceFailure,
  SpecSource,
  SyncRequest,
  SyncResult,
} from "../spec-source.ts";

/** How a source holds its clone. */
export interface CloneHold {
  readonly clone: SharedClone;
  readonly member: CloneMember;
  /** Gives the clone back; the last source closes it. */
  readonly leave: () => Promise<void>;
}

/** A SpecSource over a git repository: what one source reads of a clone that others may read, too. */
export class GitSource implements SpecSource, RevisionReader {
  readonly name: string;
  readonly #options: SourceOptions;
  readonly #hold: CloneHold;
  readonly #clone: SharedClone;
  readonly #reader: ReaderSettings;
  /** Whether the last poll asked the server itself. */
  #isOwnPoll = true;
  #left: Promise<void> | null = null;

  constructor(options: SourceOptions, hold: CloneHold) {
    const { name, path, patterns, limits } = options;
    const reading = patterns === undefined ? {} : { patterns };
    this.name = name;
    this.#options = options;
    this.#hold = hold;
    this.#clone = hold.clone;
    this.#reader = { id: hold.member.id, path: normalisedFolder(path), ...reading, limits };
  }

  async poll(
    signal: AbortSignal,
    { fresh = false, maxAgeMs }: PollOptions = {},
  ): Promise<PollResult> {
    const clone = this.#clone;
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const ask = { credentials, signal, fresh, maxAgeMs: maxAgeMs ?? null };
      const { found, isOwn } = await clone.polls.head(this.#hold.member.polls, ask);
      this.#isOwnPoll = isOwn;
      clone.tender.retry();
      clone.workedWith = JSON.stringify(credentials);
      return { kind: "head", ...found };
    } catch (error) {
      const failure = hidden(asFailure(error, signal), credentials);
      const isSame = clone.workedWith === JSON.stringify(credentials);
      return failure.advice !== undefined && isSame
        ? { ...failure, sameCredential: true }
        : failure;
    }
  }

  onNews(look: () => void): void {
    this.#hold.member.polls.onNews = look;
  }

  prepare(): void {
    this.#clone.worker.warm();
  }

  async sync(request: SyncRequest, signal: AbortSignal): Promise<SyncResult> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const signatures = await this.#signatures();
      const result = await this.#sync({ request, credentials, signatures }, signal);
      if (result.kind === "ready") return toReady(result);
      // A failed sync may have grown the clone.
      this.#clone.tender.look();
      if (result.kind === "failed") return hidden(this.#ofRef(result), credentials);
      if (result.kind === "doubted") return result;
      throw new Error(`the git worker answered a sync with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  async verify(head: string, known: VerifiedHead | null, signal: AbortSignal) {
    let credentials: GitCredentials = { kind: "none" };
    try {
      const signatures = await this.#signatures();
      if (signatures === null || signatures.mode === "none") return null;
      if (known?.head === head && known.print === printOfKeys(signatures)) return known;
      credentials = await this.#credentials();
      const request = {
        kind: "verify",
        reader: this.#reader,
        head,
        signatures,
        credentials,
      } as const;
      const result = await this.#callTwice(request, { signal });
      if (result.kind === "verified") return result.verified;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a verification with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  /** Repeated once where the worker died before this sync had its turn: then it was another source's. */
  #sync(
    { request, credentials, signatures }: SyncCall,
    signal: AbortSignal,
  ): Promise<WorkerResult | SourceFailure> {
    let isDelivering = false;
    const onAsk = (ask: Ask) => {
      isDelivering = true;
      return deliver(ask, request);
    };
    const { head, previous, line = NO_LINE, known, notRead = [] } = request;
    const knownPrint = printOf(known);
    const mayShare = !this.#isOwnPoll;
    const sync = { kind: "sync", head, previous, line, knownPrint, notRead, mayShare } as const;
    const mayRepeat = () => this.#clone.isShared && !isDelivering;
    return this.#callTwice(
      { ...sync, reader: this.#reader, credentials, signatures },
      { signal, onAsk },
      mayRepeat,
    );
  }

  async readSpecs(oids: readonly string[], signal: AbortSignal): Promise<ReadSpecs> {
    const specs = new Map<string, RoomSpec | null>();
    if (oids.length === 0) return { specs, unread: null };
    const onAsk = async (ask: Ask) => {
      if (ask.kind === "specs") for (const [oid, spec] of ask.specs) specs.set(oid, spec);
      return [];
    };
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const request = { kind: "readSpecs", reader: this.#reader, oids, credentials } as const;
      const result = await this.#callTwice(request, { signal, onAsk });
      if (result.kind === "specs")
        return { specs, unread: result.unread && hideCredentials(result.unread, credentials) };
      if (result.kind === "failed") return { specs, unread: hidden(result, credentials).message };
      throw new Error(`the git worker answered a reading of specs with ${result.kind}`);
    } catch (error) {
      return { specs, unread: hidden(asFailure(error, signal), credentials).message };
    }
  }

  async claimsAt(
    head: string,
    places: readonly OtherPlace[],
    signal: AbortSignal,
  ): Promise<ClaimsAt | SourceFailure> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const what = { kind: "claimsAt", reader: this.#reader, head, places } as const;
      const result = await this.#callTwice({ ...what, credentials }, { signal });
      if (result.kind === "claims") return result;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a reading of other places with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  async readSeeds(
    head: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly SeedFile[]> {
    let credentials: GitCredentials = { kind: "none" };
    let why = "The server does not have that commit any more.";
    try {
      credentials = await this.#credentials();
      const request = {
        kind: "readSeeds",
        reader: this.#reader,
        head,
        paths,
        credentials,
      } as const;
      const result = await this.#callTwice(request, { signal });
      if (result.kind === "seeds" && result.seeds !== null) return result.seeds;
      if (result.kind === "failed") why = result.message;
    } catch (error) {
      why = asFailure(error, signal).message;
    }
    throw new OperatorError(
      "SourceUnavailable",
      `Files of source ${this.name} at ${head} cannot be read now. ${hideCredentials(why, credentials)} Try again later.`,
    );
  }

  async readRevision(
    { head, paths }: RevisionRequest,
    signal: AbortSignal,
  ): Promise<Revision | SourceFailure> {
    let credentials: GitCredentials = { kind: "none" };
    try {
      credentials = await this.#credentials();
      const what = { kind: "readRevision", head, paths } as const;
      const result = await this.#callTwice(
        { ...what, reader: this.#reader, credentials },
        { signal },
      );
      if (result.kind === "revision") return result;
      if (result.kind === "failed") return hidden(result, credentials);
      throw new Error(`the git worker answered a reading of a revision with ${result.kind}`);
    } catch (error) {
      return hidden(asFailure(error, signal), credentials);
    }
  }

  /** Should it fail, nothing is lost: the next sync settles its `previous` itself. */
  async settle(head: string, signal: AbortSignal): Promise<void> {
    await this.#callTwice({ kind: "settle", reader: this.#reader, head }, { signal });
    this.#clone.tender.look();
  }

  close(): Promise<void> {
    this.#left ??= this.#hold.leave();
    return this.#left;
  }

  #ofRef(failure: SourceFailure): SourceFailure {
    const { ref } = this.#options;
    return ref.kind === "commit" ? commitRefused(failure, ref.oid) : failure;
  }

  /** A worker that died under one call may have done so for another's sake: the call is repeated once. */
  async #callTwice(
    request: WorkerRequest,
    options: WorkerCallOptions,
    mayRepeat: () => boolean = () => true,
  ) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#clone.worker.call(request, options);
      } catch (error) {
        const failure = asFailure(error, options.signal);
        if (tries === 2 || this.#left !== null || !mayRepeat()) return failure;
      }
    }
  }

  /** Null: none is checked. */
  async #signatures(): Promise<SignatureCheckRequest | null> {
    return (await this.#options.signatures?.()) ?? null;
  }

  async #credentials(): Promise<GitCredentials> {
    try {
      return await this.#options.credentials();
    } catch (error) {
      throw gitFailure(
        "AuthenticationFailed",
        `The credentials of source ${this.name} cannot be read: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

interface SyncCall {
  readonly request: SyncRequest;
  readonly credentials: GitCredentials;
  readonly signatures: SignatureCheckRequest | null;
}
