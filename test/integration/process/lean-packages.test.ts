import { runInNewContext } from "node:vm";
import { createRequire } from "node:module";
import { expect } from "chai";
import { build, type Plugin } from "esbuild";
import { PROJECT } from "../../support/page.ts";

const module: unknown = await import(
  String(new URL("../../../bin/lean-packages.js", import.meta.url))
);
const { leanPackages } = module as { readonly leanPackages: Plugin };

describe("packages in a build", () => {
  /** What a script leaves in `out`, and the text that it was built into. */
  async function built(contents: string): Promise<{ out: unknown; text: string }> {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: PROJECT },
      bundle: true,
      platform: "node",
      write: false,
      plugins: [leanPackages],
    });
    const text = outputFiles[0]?.text ?? "";
    const context = { require: createRequire(import.meta.url), out: null };
    runInNewContext(text, context);
    return { out: context.out, text };
  }

  it("know every type of file, once they are asked", async () => {
    const { out } = await built(`
      const mime = require("mime-types");
      out = JSON.stringify([mime.lookup("json"), mime.contentType("html"), Object.keys(mime)]);`);
    const whole = createRequire(import.meta.url)("mime-types") as object;
    const names = Object.keys(whole).filter((name) => !name.startsWith("_"));
    const [type, header, exported] = JSON.parse(String(out)) as [string, string, string[]];
    expect([type, header]).to.deep.equal(["application/json", "text/html; charset=utf-8"]);
    expect(exported).to.include.members(names);
  });

  it("make their tables when they are asked", async () => {
    const { out } = await built(`
      const { create } = Object;
      let made = 0;
      Object.create = (...args) => { made += 1; return create(...args); };
      const mime = require("mime-types");
      const before = made;
      mime.lookup("json");
      out = JSON.stringify([before, made > before]);
      Object.create = create;`);
    expect(JSON.parse(String(out))).to.deep.equal([0, true]);
  });

  it("say in English, and in no other language, what is wrong", async () => {
    const { out, text } = await built(`
      import { z } from "zod";
      out = z.string().safeParse(1).error.issues[0].message;`);
    expect(out).to.equal("Invalid input: expected string, received number");
    expect(text).to.not.include("Ung\\xFCltig");
  });
});
