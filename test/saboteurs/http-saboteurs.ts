import type { Saboteur } from "./saboteur.ts";
import { SHARED_CLONE_SABOTEURS } from "./shared-clone-saboteurs.ts";
import { TRANSPORT_SABOTEURS } from "./transport-saboteurs.ts";
import { WEBHOOK_SABOTEURS } from "./webhook-saboteurs.ts";

const ANSWERS = "test/integration/http/http-answers.test.ts";
const CONNECTIONS = "test/integration/http/http-connections.test.ts";

/** What the one HTTP client promises the RoomServer and git, and what webhooks promise. */
export const HTTP_SABOTEURS: readonly Saboteur[] = [
  ...SHARED_CLONE_SABOTEURS,
  ...TRANSPORT_SABOTEURS,
  ...WEBHOOK_SABOTEURS,
  {
    name: "http: a request that may not be repeated is sent again",
    file: "agent/http/http-client.ts",
    text: `request.isRepeatable === true ? () => send(request, server, agents) : null`,
    replacement: `again`,
    tests: [CONNECTIONS],
  },
  {
    name: "http: a deadline that comes sooner waits for a later one",
    file: "agent/http/alarm.ts",
    text: `if (dueMs < this.#ringsAtMs) this.#wake();`,
    replacement: `if (dueMs < 0) this.#wake();`,
    tests: ["test/unit/http/alarm.test.ts"],
  },
  {
    name: "http: git gives up on a kept connection that its server closed",
    file: "agent/source/git/wire/smart-http-exchange.ts",
    text: `isRepeatable: true,`,
    replacement: `isRepeatable: false,`,
    tests: ["test/integration/source/git-faults.test.ts"],
  },
  {
    name: "http: what reached the server counts as never sent",
    file: "agent/http/http-client.ts",
    text: `const sent = answered || this.#outgoing.sent();`,
    replacement: `const sent = answered;`,
    tests: [ANSWERS],
  },
  {
    name: "http: the cap does not count what comes compressed",
    file: "agent/http/answer-body.ts",
    text: `counting(piece);`,
    replacement: ``,
    tests: [ANSWERS],
  },
  {
    name: "http: the connection of a request that was given up is used again",
    file: "agent/http/http-client.ts",
    text: `if (!request.destroyed) request.destroy();`,
    replacement: ``,
    tests: [CONNECTIONS],
  },
  {
    name: "http: a body that stands still is waited for",
    file: "agent/http/answer-body.ts",
    text: `if (limits.idleMs !== undefined) exchange.watch.watchIdle(limits.idleMs);`,
    replacement: ``,
    tests: [ANSWERS],
  },
];
