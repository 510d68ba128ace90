import { expect } from "chai";
import { ROUTES } from "../../../agent/api/contract.ts";
import { commands } from "../../../agent/cli/commands.ts";
import { thingsToTry } from "../../../agent/cli/demo-words.ts";
import { describeKeys } from "../../../agent/config/describe.ts";
import { parseTrailers } from "../../../agent/intent/trailers.ts";
import { CONDITION_TYPES } from "../../../agent/status/condition.ts";
import { REASONS } from "../../../agent/status/reasons.ts";
import packageJson from "../../../package.json" with { type: "json" };
import { accepted, warned } from "../../support/load-settings.ts";
import { codes, Page } from "../../support/page.ts";
import { parseValid } from "../../support/parse.ts";

const readme = Page.read("README.md");

/** The message that `git commit` makes of its `-m` options. */
function messageOf(line: string): string {
  return [...line.matchAll(/-a?m "([^"]*)"/g)].map(([, part]) => part).join("\n\n");
}

describe("README.md", () => {
  it("names only npm scripts that exist", () => {
    const named = [...readme.text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name ?? "");
    expect(named).to.include.members(["demo", "devserver"]);
    expect(packageJson.scripts).to.include.keys(...named, "test", "start");
  });

  it("lists every command as help does", () => {
    const shown = readme
      .section("Commands")
      .rows()
      .map(([call]) => codes(call ?? "")[0]);
    const known = Object.entries(commands).map(([name, { usage }]) =>
      `room-operator ${name} ${usage}`.trimEnd(),
    );
    expect(shown).to.deep.equal(known);
  });

  it("lists every route of the API", () => {
    const shown = readme
      .section("HTTP API")
      .rows()
      .map(([route]) => codes(route ?? "")[0]);
    const known = Object.values(ROUTES).map(
      ({ method, path }) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, "{$1}")}`,
    );
    expect(shown).to.deep.equal(known);
  });

  it("names keys of the configuration with their defaults", () => {
    const fallbacks = new Map(describeKeys().map(({ key, fallback }) => [key, fallback]));
    const rows = readme.section("Configuration").rows();
    expect(rows.length).to.be.above(10);
    for (const [keys, fallback] of rows) {
      for (const key of codes(keys ?? "")) expect(fallbacks.get(key), key).to.equal(fallback);
    }
  });

  it("shows one configuration as a file and as variables, and both load without a warning", async () => {
    const section = readme.section("Run it for real");
    const exports = [...section.block("sh").matchAll(/^export (\w+)=(.+)$/gm)];
    const env = Object.fromEntries(exports.map(([, name, value]) => [name, value]));
    const file = section.block("json");
    const token = { ROOM_AUTH_TOKEN: env["ROOM_AUTH_TOKEN"] };
    expect(await accepted({}, env)).to.deep.equal(await accepted(file, token));
    expect(await warned(file, token)).to.deep.equal([]);
  });

  it("shows a RoomSpec that is valid", () => {
    const spec = parseValid(readme.section("What a repository looks like").block("yaml"));
    expect(spec.spec.roomId).to.equal("lab-01");
  });

  describe("words in a commit message", () => {
    const section = readme.section("Words in a commit message");

    it("are read as the table says", () => {
      const read = section.rows().map(([line]) => {
        const { trailers, ignored } = parseTrailers(`Subject\n\n${codes(line ?? "")[0]}`);
        expect(ignored).to.deep.equal([]);
        return trailers[0];
      });
      expect(read).to.deep.equal([
        { kind: "confirm", scope: "all" },
        { kind: "confirm", scope: ["help-desk-01"] },
        { kind: "dryRun", scope: "all" },
        { kind: "dryRun", scope: ["ai-lab-01"] },
      ]);
    });

    it("are read from the commits that are shown", () => {
      const lines = section.block("bash").trim().split("\n");
      expect(lines.map((line) => parseTrailers(messageOf(line)).trailers)).to.deep.equal([
        [{ kind: "confirm", scope: "all" }],
        [{ kind: "confirm", scope: ["help-desk-01"] }],
        [{ kind: "dryRun", scope: "all" }],
      ]);
    });

    it("may name several rooms", () => {
      const [line] = codes(/separated by commas: (.*)/.exec(section.text)?.[1] ?? "");
      expect(parseTrailers(`Subject\n\n${line}`).trailers).to.deep.equal([
        { kind: "confirm", scope: ["ai-lab-01", "help-desk-01"] },
      ]);
    });

    it("do not count, and are reported, where the page says so", () => {
      const lines = codes(/does not count \(([^)]*)\)/.exec(section.text)?.[1] ?? "");
      expect(lines).to.have.length(3);
      for (const line of lines) {
        const { trailers, ignored } = parseTrailers(`Subject\n\n${line}`);
        expect({ line, trailers, ignored: ignored.length }).to.deep.include({
          trailers: [],
          ignored: 1,
        });
      }
    });

    it("count in a revert by name alone", () => {
      for (const begin of codes(
        /whose subject begins with ([^,]*)/.exec(section.text)?.[1] ?? "",
      )) {
        expect(parseTrailers(`${begin}x"\n\nConfirm: true`).trailers).to.deep.equal([]);
        expect(parseTrailers(`${begin}x"\n\nConfirm: lab-01`).trailers).to.have.length(1);
      }
    });
  });

  it("types the demo's own lines for a removal", () => {
    const words = thingsToTry({ gitUrl: "", agentUrl: "" });
    const lines = readme
      .section("A removal that is refused")
      .blocks("bash")
      .flatMap((block) => block.trim().split("\n"));
    expect(lines).to.have.length(3);
    for (const line of lines) expect(words).to.include(`  ${line}\n`);
  });

  it("explains reasons and conditions that exist", () => {
    const shown = readme
      .section("Troubleshooting")
      .rows()
      .flatMap(([seen]) => codes(seen ?? ""))
      .filter((code) => /^\w+$/.test(code));
    expect(shown.length).to.be.above(25);
    for (const reason of shown)
      expect([...Object.keys(REASONS), ...CONDITION_TYPES]).to.include(reason);
  });
});
