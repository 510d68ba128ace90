import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { quoted } from "../kernel/quoted.ts";

/** A delivery as it arrived. */
export interface RawDelivery {
  /** Every value of a header, by its name in lower case. */
  readonly values: (name: string) => readonly string[];
  /** The bytes that are signed, before anything reads them. */
  readonly body: Uint8Array;
}

export interface WebhookSecrets {
  readonly current: string;
  /** Accepted as well while the secret is rotated; null: there is none. */
  readonly previous: string | null;
}

export type SecretName = keyof WebhookSecrets;

export type SignatureVerdict =
  | { readonly kind: "valid"; readonly secret: SecretName }
  /** `why` holds no part of a secret or signature. */
  | { readonly kind: "refused"; readonly why: string };

/** How far the timestamp of a signed delivery may be from this machine's clock. */
const TOLERANCE_SECONDS = 300;
const MOST_SIGNATURES = 8;

const GITLAB_SIGNATURE = "webhook-signature";
const GITLAB_TOKEN = "x-gitlab-token";
const HMAC_HEADERS = ["x-gitea-signature", "x-hub-signature-256"] as const;
const SINGLE = [
  GITLAB_SIGNATURE,
  "webhook-id",
  "webhook-timestamp",
  GITLAB_TOKEN,
  ...HMAC_HEADERS,
] as const;

/** One signature of a delivery: whether a secret made it. */
type Check = (secret: string) => boolean;

/**
 * Whether one of the secrets signed the delivery. Every signature that is there must be of the same secret; a plain token
 * counts only where there is no signature. Comparisons take the same time wherever the first difference is.
 */
export function verifySignature(
  delivery: RawDelivery,
  secrets: WebhookSecrets,
  nowMs: number,
): SignatureVerdict {
  const doubled = SINGLE.find((name) => delivery.values(name).length > 1);
  if (doubled !== undefined) return refused(`the header ${doubled} is there more than once`);
  const checks: Check[] = [];
  for (const found of [
    ...HMAC_HEADERS.map((name) => readHmac(delivery, name)),
    readGitLab(delivery, nowMs),
  ]) {
    if (found === null) continue;
    if (typeof found === "string") return refused(found);
    checks.push(found);
  }
  if (checks.length === 0) {
    const token = readToken(delivery);
    if (typeof token === "string") return refused(token);
    checks.push(token);
  }
  const isSignedBy = (secret: string) => checks.every((check) => check(secret));
  if (isSignedBy(secrets.current)) return { kind: "valid", secret: "current" };
  if (secrets.previous !== null && isSignedBy(secrets.previous)) {
    return { kind: "valid", secret: "previous" };
  }
  return refused(
    "the signature is not of this secret: set the same one at the forge and in Git.Sources[].Webhook",
  );
}

/** Gitea sends bare hex, GitHub `sha256=` and hex. Null: there is none; a text: why it cannot be right. */
function readHmac({ values, body }: RawDelivery, name: string): Check | string | null {
  const [value] = values(name);
  if (value === undefined) return null;
  const hex = name === "x-gitea-signature" ? value : value.replace(/^sha256=/, "");
  if (hex === "") return `the header ${name} is empty: set a secret for the webhook at the forge`;
  if (!/^[0-9a-f]{64}$/.test(hex)) return `the header ${name} holds no HMAC-SHA256 in hex`;
  const given = Buffer.from(hex, "hex");
  return (secret) => timingSafeEqual(given, createHmac("sha256", secret).update(body).digest());
}

/** GitLab's signing token: `v1,<base64>` over id, timestamp and body. */
function readGitLab({ values, body }: RawDelivery, nowMs: number): Check | string | null {
  const [value] = values(GITLAB_SIGNATURE);
  if (value === undefined) return null;
  const [id = ""] = values("webhook-id");
  const [timestamp = ""] = values("webhook-timestamp");
  if (id === "") return "the header webhook-id is missing, which is signed with the body";
  if (!/^\d{1,12}$/.test(timestamp)) return "the header webhook-timestamp holds no Unix time";
  const away = Math.abs(nowMs / 1000 - Number(timestamp));
  if (away > TOLERANCE_SECONDS) {
    return `webhook-timestamp ${quoted(timestamp)} is ${Math.round(away)} seconds from this machine's time, and ${TOLERANCE_SECONDS} are accepted: check both clocks`;
  }
  const given = value
    .split(" ", MOST_SIGNATURES)
    .filter((one) => /^v1,[A-Za-z0-9+/]{43}=$/.test(one))
    .map((one) => Buffer.from(one.slice(3), "base64"));
  if (given.length === 0) return `the header ${GITLAB_SIGNATURE} holds no v1 signature`;
  return (secret) => {
    const key = signingKey(secret);
    if (key === null) return false;
    const made = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest();
    return given.filter((one) => timingSafeEqual(one, made)).length > 0;
  };
}

/** A signing token is `whsec_` and the key in base64; any other secret signs nothing of GitLab's. */
function signingKey(secret: string): Buffer | null {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (base64 === undefined) return null;
  const key = Buffer.from(base64, "base64");
  return key.length === 0 ? null : key;
}

/** GitLab's older way: the secret itself. Digests are compared, which have one length. */
function readToken({ values }: RawDelivery): Check | string {
  const [value = ""] = values(GITLAB_TOKEN);
  if (value === "") return "the delivery is not signed: set a secret for the webhook at the forge";
  const given = sha256(value);
  return (secret) => timingSafeEqual(given, sha256(secret));
}

function sha256(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function refused(why: string): SignatureVerdict {
  return { kind: "refused", why };
}
