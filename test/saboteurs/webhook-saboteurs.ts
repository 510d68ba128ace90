import type { Saboteur } from "./saboteur.ts";

const SIGNATURES = "test/unit/forge/webhook-signature.test.ts";
const RECEIVER = "test/unit/trigger/webhook/webhook-receiver.test.ts";
const ANNOUNCEMENTS = "test/unit/trigger/webhook/announcements.test.ts";
const ROUTE = "test/integration/api/webhooks.test.ts";

/** What the webhooks of sources promise. */
export const WEBHOOK_SABOTEURS: readonly Saboteur[] = [
  {
    name: "webhook: an HMAC is not compared",
    file: "agent/forge/webhook-signature.ts",
    text: `timingSafeEqual(given, createHmac("sha256", secret).update(body).digest());`,
    replacement: `given.length === 32 && secret !== "";`,
    tests: [SIGNATURES],
  },
  {
    name: "webhook: a signature of GitLab is not compared",
    file: "agent/forge/webhook-signature.ts",
    text: `given.filter((one) => timingSafeEqual(one, made)).length > 0;`,
    replacement: `given.filter((one) => one.length === made.length).length > 0;`,
    tests: [SIGNATURES],
  },
  {
    name: "webhook: a token counts in place of a signature that is wrong",
    file: "agent/forge/webhook-signature.ts",
    text: `checks.every((check) => check(secret));`,
    replacement: `checks.some((check) => check(secret));`,
    tests: [SIGNATURES],
  },
  {
    name: "webhook: an old delivery of GitLab counts",
    file: "agent/forge/webhook-signature.ts",
    text: `if (away > TOLERANCE_SECONDS) {`,
    replacement: `if (away > TOLERANCE_SECONDS * 1e9) {`,
    tests: [SIGNATURES],
  },
  {
    name: "webhook: a previous secret counts although none is configured",
    file: "agent/forge/webhook-signature.ts",
    text: `if (secrets.previous !== null && isSignedBy(secrets.previous)) {`,
    replacement: `if (isSignedBy(secrets.previous ?? "the old one")) {`,
    tests: [SIGNATURES],
  },
  {
    name: "webhook: a replay is not noticed",
    file: "agent/trigger/webhook/webhook-receiver.ts",
    text: `this.#replays.remember(head.id, body);`,
    replacement: ``,
    tests: [RECEIVER],
  },
  {
    name: "webhook: the body is parsed before its signature is verified",
    file: "agent/trigger/webhook/webhook-receiver.ts",
    text: `    const secrets = await this.#deps.secrets.read();`,
    replacement: `    const early = readEvent(head, delivery.body);
    if (early.kind === "invalid") return { result: "invalid", why: early.why };
    const secrets = await this.#deps.secrets.read();`,
    tests: [RECEIVER, ROUTE],
  },
  {
    name: "webhook: each refusal is audited",
    file: "agent/trigger/webhook/refusal-watch.ts",
    text: `if (this.#open?.result === result) {`,
    replacement: `if (this.#open?.since === result) {`,
    tests: [RECEIVER],
  },
  {
    name: "webhook: refused deliveries push out those that were verified",
    file: "agent/trigger/webhook/delivery-log.ts",
    text: `this.#refused = [delivery, ...this.#refused].slice(0, MOST_REFUSED);`,
    replacement: `this.#refused = [delivery, ...this.#refused].slice(0, MOST);`,
    tests: [RECEIVER],
  },
  {
    name: "webhook: the next poll is shown later than the one for an announced commit",
    file: "agent/trigger/poller.ts",
    text: `return due !== null && asked !== null && asked < due ? asked : due;`,
    replacement: `return due !== null && asked !== null && asked > due ? asked : due;`,
    tests: [ANNOUNCEMENTS],
  },
  {
    name: "webhook: an announced commit that is not visible is not asked for again",
    file: "agent/trigger/webhook/announcements.ts",
    text: `      this.#lookAgain(open, head);`,
    replacement: ``,
    tests: [ANNOUNCEMENTS],
  },
  {
    name: "webhook: the interval stays long although a webhook was missed",
    file: "agent/trigger/webhook/poll-pace.ts",
    text: `this.#isTrusted = isExpected || this.#announced.has(head);`,
    replacement: `this.#isTrusted ||= isExpected || this.#announced.has(head);`,
    tests: [ANNOUNCEMENTS],
  },
  {
    name: "webhook: a limit that could not be loaded is never loaded",
    file: "agent/kernel/kept-promise.ts",
    text: `if (kept === asked) kept = null;`,
    replacement: ``,
    tests: ["test/unit/kernel/kept-promise.test.ts"],
  },
  {
    name: "webhook: the address that a proxy names is the one that is limited",
    file: "agent/api/webhook-gate.ts",
    text: `keyGenerator: ({ socket }) => library.ipKeyGenerator(socket.remoteAddress ?? "unknown"),`,
    replacement: `keyGenerator: ({ headers }) => String(headers["x-forwarded-for"]),`,
    tests: [ROUTE],
  },
  {
    name: "webhook: a secret that cannot be read is no warning of the source",
    file: "agent/trigger/webhook/webhook-secrets.ts",
    text: `else warnings.raise("WebhookSecretUnreadable", problem);`,
    replacement: ``,
    tests: [RECEIVER],
  },
  {
    name: "webhook: a secret file is read when a delivery comes alone",
    file: "agent/trigger/running-source.ts",
    text: `secrets?.read().catch(`,
    replacement: `new Promise(() => undefined).catch(`,
    tests: ["test/integration/agent/webhooks.test.ts"],
  },
  {
    name: "webhook: any number of bodies is in memory",
    file: "agent/api/webhook-gate.ts",
    text: `if (count >= MOST_AT_ONCE) {`,
    replacement: `if (count >= MOST_AT_ONCE * 100) {`,
    tests: ["test/integration/api/webhook-floods.test.ts"],
  },
  {
    name: "webhook: a deleted tag counts as a test",
    file: "agent/forge/webhook-event.ts",
    text: `&& existing(after) !== null)`,
    replacement: `&& existing(after) !== undefined)`,
    tests: ["test/unit/forge/webhook-event.test.ts"],
  },
];
