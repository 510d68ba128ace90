/*
 * Packages make things when they are loaded that the agent has no use for, or not at its start. A build leaves them out, or for later.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Whose exports are used when something is called, so that it is loaded then: its tables of thousands of types take 10 ms to make. */
const LATER = /\/mime-types\/index\.js$/;
const WHOLE = "whole";

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
      contents: exportsOnDemand(readFileSync(path, "utf8")),
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

/** A module with the same exports as that of a text, which is loaded when one of them is read. */
function exportsOnDemand(text) {
  const names = new Set([...text.matchAll(/^exports\.(\w+) = /gm)].map(([, name]) => name));
  const getters = [...names].map((name) => `get ${name}() { return require("whole").${name}; }`);
  return `module.exports = { ${getters.join(", ")} };`;
}
