import { runInNewContext } from "node:vm";
import { createRequire } from "node:module";
import { expect } from "chai";
import { build, type Plugin } from "esbuild";
import { PROJECT } from "../../support/page.ts";

const module: unknown = await import(
  String(new URL("../../../bin/lean-packages.js", import.meta.url))
);
const { leanPackages } = module as { readonly leanPackages: Plugin };

/** What packages expect to find. */
const globals = () => ({ require: createRequire(import.meta.url), process, Buffer, setImmediate });

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
    const context = { ...globals(), out: null };
    runInNewContext(text, context);
    return { out: context.out, text };
  }

  it("know every type of file, once they are asked", async () => {
    const { out } = await built(`
      const mime = require("mime-types");
      out = JSON.stringify([mime.lookup("json"), mime.contentType("html"), "charset" in mime]);`);
    expect(JSON.parse(String(out))).to.deep.equal([
      "application/json",
      "text/html; charset=utf-8",
      true,
    ]);
  });

  it("parse a body by Express once it is asked to", async () => {
    const { out } = await built(`
      const { raw } = require("express");
      out = [typeof raw, raw({ limit: 1 }).length];`);
    expect(JSON.stringify(out)).to.equal('["function",3]');
  });

  it("read no parser of bodies, and no tracing, before it is called", async () => {
    const { text } = await built(`
      const express = require("express");
      const { Pushgateway, Registry } = require("prom-client");
      out = [typeof express.json, typeof new Registry().metrics, typeof Pushgateway];`);
    const loaded: string[] = [];
    const marked = text.replaceAll(
      /"whole:[^"]*node_modules\/([^"]+)"\([^)]*\) \{/g,
      (start, name) => `${start} loaded.push("${name}");`,
    );
    const context = { ...globals(), out: null, loaded };
    runInNewContext(marked, context);
    expect(JSON.stringify(context.out)).to.equal('["function","function","function"]');
    expect(marked.match(/loaded\.push/g)).to.have.lengthOf.at.least(8);
    expect(loaded).to.deep.equal([]);
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

  it("construct what is loaded later", async () => {
    const { out } = await built(`
      const { Pushgateway } = require("prom-client");
      out = new Pushgateway("http://127.0.0.1:9").gatewayUrl;`);
    expect(out).to.equal("http://127.0.0.1:9");
  });

  it("judge a version by a range once there is one", async () => {
    const { out } = await built(`
      import Range from "semver/classes/range.js";
      import SemVer from "semver/classes/semver.js";
      const range = new Range("^1.2.0");
      out = [range.test("1.3.0"), range.test(new SemVer("2.0.0")), range instanceof Range];`);
    expect(JSON.stringify(out)).to.equal("[true,false,true]");
  });

  it("say in English, and in no other language, what is wrong", async () => {
    const { out, text } = await built(`
      import { z } from "zod";
      out = z.string().safeParse(1).error.issues[0].message;`);
    expect(out).to.equal("Invalid input: expected string, received number");
    expect(text).to.not.include("Ung\\xFCltig");
  });
});
