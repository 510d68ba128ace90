import { expect } from "chai";

const module: unknown = await import(
  String(new URL("../../../bin/builtin-imports.js", import.meta.url))
);
const { withoutBuiltinImports } = module as {
  readonly withoutBuiltinImports: (text: string) => string;
};

/** What a build makes of `import NAMES from "node:x";`, with the parts of Node shortened. */
function made(names: string): string {
  return withoutBuiltinImports(`import ${names} from "node:x";`)
    .replaceAll('process.getBuiltinModule("node:x")', "x")
    .replaceAll("/* @__PURE__ */ (() => ", "(");
}

describe("imports of Node's own modules in a build", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["{ join }", "const join = (x.join)();"],
    ["{ join, sep as separator }", "const join = (x.join)(); const separator = (x.sep)();"],
    ["{ type Stats, stat }", "const stat = (x.stat)();"],
    ["{ type Stats }", ""],
    ["{\n  join,\n  sep,\n}", "const join = (x.join)(); const sep = (x.sep)();\n\n\n"],
    ["* as https", "const https = (x)();"],
    ["path", "const path = (x)();"],
    ["type { Stats }", 'import type { Stats } from "node:x";'],
  ];
  for (const [names, expected] of rows) {
    it(`read what ${names.replaceAll(/\s+/g, " ")} names, and keep the lines`, () => {
      expect(made(names)).to.equal(expected);
    });
  }

  it("leave imports of other modules as they are", () => {
    const text = 'import { z } from "zod";\nimport { a } from "./node:x.ts";\n';
    expect(withoutBuiltinImports(text)).to.equal(text);
  });
});
