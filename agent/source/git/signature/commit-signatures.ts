import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommitSignature } from "../../commit-signature.ts";
import { printOfKeys } from "../../signature-check.ts";
import type { SignatureCheckRequest } from "../../signature-check.ts";
import type { SignatureKeys } from "../../../config/verify-files.ts";
import { bad } from "./bad-signature.ts";
import { GpgVerifier } from "./gpg-verifier.ts";
import { splitSignature } from "./signed-commit.ts";
import { SshVerifier } from "./ssh-verifier.ts";

export interface SignatureCall {
  /** A commit's bytes, proved to be of its id. */
  readonly read: (oid: string) => Buffer;
  readonly signal: AbortSignal;
  /** Called after each commit. */
  readonly progress: () => void;
}

/** Programs that run at the same time. */
const LANES = 4;

/** Good signatures that are remembered. */
const MOST_KNOWN = 20_000;

interface Verifiers {
  readonly gpg: GpgVerifier | null;
  readonly ssh: SshVerifier | null;
}

/**
 * Checks the signatures of commits. A good one is remembered for the keys that it was checked with, so that a commit costs two or
 * three short programs once.
 */
export class CommitSignatures {
  readonly #known = new Map<string, CommitSignature>();

  /** Stops after the first that is not good: later ones are missing then. Throws `SignatureUnchecked`. */
  untilBad(
    oids: readonly string[],
    request: SignatureCheckRequest,
    call: SignatureCall,
  ): Promise<ReadonlyMap<string, CommitSignature>> {
    return this.#check(oids, { request, call, stops: true });
  }

  /** All of them. */
  ofAll(
    oids: readonly string[],
    request: SignatureCheckRequest,
    call: SignatureCall,
  ): Promise<ReadonlyMap<string, CommitSignature>> {
    return this.#check(oids, { request, call, stops: false });
  }

  async #check(
    oids: readonly string[],
    {
      request,
      call,
      stops,
    }: {
      readonly request: SignatureCheckRequest;
      readonly call: SignatureCall;
      readonly stops: boolean;
    },
  ): Promise<ReadonlyMap<string, CommitSignature>> {
    const print = printOfKeys(request);
    const found = new Map<string, CommitSignature>();
    const open: string[] = [];
    for (const oid of new Set(oids)) {
      const known = this.#known.get(`${print} ${oid}`);
      if (known === undefined) open.push(oid);
      else found.set(oid, known);
    }
    if (open.length === 0) return found;
    await withVerifiers(request.keys, call.signal, async (verifiers) => {
      let isOver = false;
      const lane = async () => {
        for (let oid = open.shift(); oid !== undefined && !isOver; oid = open.shift()) {
          const verdict = await verdictOf(oid, verifiers, call);
          found.set(oid, verdict);
          if (verdict.kind === "good") this.#remember(`${print} ${oid}`, verdict);
          else isOver ||= stops;
          call.progress();
        }
      };
      await untilAllEnded(Array.from({ length: LANES }, lane));
    });
    return found;
  }

  #remember(key: string, verdict: CommitSignature): void {
    this.#known.set(key, verdict);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

async function verdictOf(
  oid: string,
  { gpg, ssh }: Verifiers,
  { read }: SignatureCall,
): Promise<CommitSignature> {
  const commit = splitSignature(read(oid));
  if (commit.kind === "unsigned") return bad("SignatureMissing", "is not signed");
  if (commit.kind === "malformed")
    return bad("SignatureInvalid", `is not signed as it must be: its signature ${commit.problem}`);
  const verifier = commit.by === "gpg" ? gpg : ssh;
  if (verifier !== null) return verifier.verify(commit, oid);
  const [what, key] = NO_KEYS[commit.by];
  return bad("SignerUnknown", `is signed by ${what}, and ${key} of this source is not set`);
}

const NO_KEYS = {
  gpg: ["a GPG key", "Verify.KeyFiles"],
  ssh: ["an ssh key", "Verify.AllowedSignersFile"],
} as const;

/** The keys are in a private folder for as long as `work` needs them. */
async function withVerifiers(
  keys: SignatureKeys,
  signal: AbortSignal,
  work: (verifiers: Verifiers) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "room-operator-keys-"));
  try {
    await work({
      gpg: keys.gpg.length === 0 ? null : await GpgVerifier.open(keys.gpg, { folder, signal }),
      ssh: keys.ssh === null ? null : await SshVerifier.open(keys.ssh, { folder, signal }),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Rejects as the first does that did, after all have ended: none may still use what is taken away then. */
async function untilAllEnded(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}
