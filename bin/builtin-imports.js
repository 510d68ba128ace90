/*
 * Node makes a module of each part of itself that a module imports, and reads each export of it, which loads more: the WebSocket
 * client, the web's cryptography. A build takes from a part what a source names, and no more: that is a tenth of a start.
 */
const IMPORT = /^import (\{[^}]*\}|\* as \w+|\w+) from ("node:[^"]+");$/gm;

/** The text of a source, on the same lines. What is not used is left out of a build, as an import is. */
export function withoutBuiltinImports(text) {
  return text.replace(IMPORT, (statement, names, part) => {
    const lines = statement.split("\n").length - 1;
    return constants(names, `process.getBuiltinModule(${part})`) + "\n".repeat(lines);
  });
}

function constants(names, module) {
  const constant = (name, value) => `const ${name} = /* @__PURE__ */ (() => ${value})();`;
  if (!names.startsWith("{")) return constant(names.replace("* as ", ""), module);
  const values = names
    .slice(1, -1)
    .split(",")
    .map((name) => name.trim());
  return values
    .filter((name) => name !== "" && !name.startsWith("type "))
    .map((name) => name.split(" as "))
    .map(([name, own = name]) => constant(own, `${module}.${name}`))
    .join(" ");
}
