import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

/** Values taken from a library when the module is loaded; types cost nothing. */
const LOADS_AT_ONCE = /^(?:import (?!type\b)[^;]*from |import )"(@octokit|@gitbeaker)\//m;

describe("the libraries of GitHub and GitLab", () => {
  it("are loaded by no module, but where a question is asked", () => {
    const files = globSync("agent/**/*.ts");
    expect(files.length).to.be.greaterThan(500);
    const texts = files.map((file) => ({ file, text: readFileSync(file, "utf8") }));
    const late = texts.filter(({ text }) => /await import\("@(octokit|gitbeaker)\//.test(text));
    expect(late.map(({ file }) => file).sort()).to.deep.equal([
      "agent/forge/github/github-login.ts",
      "agent/forge/github/open-octokit.ts",
      "agent/forge/gitlab/gitlab-caller.ts",
    ]);
    expect(texts.filter(({ text }) => LOADS_AT_ONCE.test(text))).to.deep.equal([]);
  });

  it("would be seen if one were loaded at once", () => {
    expect('import { Octokit } from "@octokit/rest";').to.match(LOADS_AT_ONCE);
    expect('import "@gitbeaker/rest";').to.match(LOADS_AT_ONCE);
    expect('import type { Octokit } from "@octokit/rest";').not.to.match(LOADS_AT_ONCE);
  });
});
