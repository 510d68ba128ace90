import type { Saboteur } from "./saboteur.ts";

const RELOAD = "test/integration/agent/reload.test.ts";
const AS_RESTART = "test/integration/agent/reload-as-restart.test.ts";

/** What a reload of the configuration promises. */
export const RELOAD_SABOTEURS: readonly Saboteur[] = [
  {
    name: "a key that is not decided may change while the agent runs",
    file: "agent/config/compare-settings.ts",
    text: `if (rule?.kind === "live") return [];`,
    replacement: `if (rule?.kind !== "restart") return [];`,
    tests: ["test/unit/config/compare-settings.test.ts"],
  },
  {
    name: "a part of a refused configuration is put in force",
    file: "agent/config/compare-settings.ts",
    text: `return problems.length === 0`,
    replacement: `return problems.length < changes.length`,
    tests: ["test/unit/config/compare-settings.test.ts", RELOAD],
  },
  {
    name: "a refused configuration is not in the health",
    file: "agent/api/health.ts",
    text: `if (failure !== null)`,
    replacement: `if (failure === undefined)`,
    tests: [RELOAD],
  },
  {
    name: "a refusal of the configuration outlives its end",
    file: "agent/run/reload-report.ts",
    text: `if (changes.length === 0 && failure === null) {`,
    replacement: `if (changes.length === 0) {`,
    tests: [RELOAD],
  },
  {
    name: "a removed source still owns its rooms",
    file: "agent/intake/judge-and-load-rooms.ts",
    text: `isConfigured: (source: string) => names.has(source),`,
    replacement: `isConfigured: (source: string) => names.size > 0 || names.has(source),`,
    tests: [RELOAD],
  },
  {
    name: "a room without an owner is passed over after a reload",
    file: "agent/run/reconfiguration.ts",
    text: `queue.forget(roomId);`,
    replacement: ``,
    tests: [AS_RESTART],
  },
  {
    name: "rooms that lost their owner are not taken over after a reload",
    file: "agent/run/reconfiguration.ts",
    text: `if (opened.includes(source)) continue;`,
    replacement: `if (opened !== null) continue;`,
    tests: [AS_RESTART],
  },
  {
    name: "a changed source goes on as it was",
    file: "agent/run/sources.ts",
    text: `return opened.source !== source || opened.isAlone !== isAlone(source, config);`,
    replacement: `return opened.isAlone !== isAlone(source, config);`,
    tests: [RELOAD],
  },
  {
    name: "passes keep the guardrails of the configuration before",
    file: "agent/run/reconfiguration.ts",
    text: `passes.reconfigure();`,
    replacement: ``,
    tests: [RELOAD],
  },
  {
    name: "a half written file is refused at once",
    file: "agent/run/reloader.ts",
    text: `if (cause !== "watch") return reading;`,
    replacement: `if (cause !== "request") return reading;`,
    tests: ["test/unit/run/reloader.test.ts"],
  },
  {
    name: "the configuration before is not put in force again after a failure",
    file: "agent/run/reloader.ts",
    text: `      await this.#goBack(before);
      return failureOf(error);`,
    replacement: `      return failureOf(error);`,
    tests: ["test/unit/run/reloader.test.ts"],
  },
];
