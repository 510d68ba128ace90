/*
 * Packages make things when they are loaded that the agent has no use for, or not at its start. A build leaves them out, or for later.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Loaded when something of it is called or read: tables of thousands of types, parsers of bodies that no route takes, the API of
 * OpenTelemetry, which prom-client asks for exemplars alone, its push gateway, and ranges of versions. At a start each takes 2 to 10 ms.
 */
const LATER =
  /\/(?:mime-types\/index|body-parser\/lib\/types\/\w+|qs\/lib\/index|@opentelemetry\/api\/dist\/index|prom-client\/lib\/pushgateway|semver\/classes\/(?:range|semver))\.c?js$/;
const WHOLE = "whole";
/** A module that is the function or the object that the whole one is. */
const ON_DEMAND = `
  const whole = () => require("${WHOLE}");
  module.exports = new Proxy(function () {}, {
    get: (_, name) => whole()[name],
    has: (_, name) => name in whole(),
    apply: (_, self, given) => Reflect.apply(whole(), self, given),
    construct: (_, given) => Reflect.construct(whole(), given),
  });`;

export const leanPackages = {
  name: "lean packages",
  setup({ onLoad, onResolve }) {
    // The messages of zod in sixty languages: zod itself asks for the English ones.
    onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ importer, resolveDir }) =>
      importer.includes("/node_modules/zod/")
        ? { path: join(resolveDir, "../locales/en.js") }
        : undefined,
    );
    onLoad({ filter: LATER, namespace: "file" }, ({ path }) => ({
      contents: ON_DEMAND,
      resolveDir: dirname(path),
    }));
    onResolve({ filter: /^whole$/, namespace: "file" }, ({ importer }) =>
      LATER.test(importer) ? { path: importer, namespace: WHOLE } : undefined,
    );
    onLoad({ filter: LATER, namespace: WHOLE }, ({ path }) => ({
      contents: readFileSync(path, "utf8"),
      resolveDir: dirname(path),
    }));
  },
};
