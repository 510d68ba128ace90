import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { doctor } from "../../../agent/cli/doctor.ts";
import { MIGRATIONS } from "../../../agent/store/sqlite-migrations.ts";
import { openSqliteStore } from "../../../agent/store/sqlite-store.ts";
import { changeRows } from "../../support/damage.ts";
import { RecordedIo } from "../../support/command-io.ts";

describe("doctor, of what is configured", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "doctor-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A RoomServer that refuses each connection at once. */
  const BASE = { RoomServer: { BaseUrl: "http://127.0.0.1:1" }, HttpApi: { Port: 0 } };

  async function run(configuration: object | null, env: Record<string, string> = {}) {
    if (configuration !== null)
      writeFileSync(join(folder, "appsettings.json"), JSON.stringify(configuration));
    const io = new RecordedIo(folder, env);
    const code = await doctor([], io);
    const lineOf = (about: string) => io.lines.find((line) => line.slice(9).startsWith(about));
    return { code, lines: io.lines, lineOf };
  }

  it("names the file that it read, and warns where there is none", async () => {
    const file = join(folder, "appsettings.json");
    expect((await run(BASE)).lineOf("configuration")).to.equal(
      `ok       configuration: ${file} can be used`,
    );
    rmSync(file);
    const { code, lineOf } = await run(null);
    expect(lineOf("configuration")).to.equal(
      `missing  configuration: ${file} does not exist, and no environment variable sets a key: write it, or name a file with --config`,
    );
    expect(code).to.equal(1);
    const byVariable = await run(null, { RoomServer__BaseUrl: "http://127.0.0.1:1" });
    expect(byVariable.lineOf("configuration")).to.equal(
      `ok       configuration: environment variables can be used; ${file} does not exist`,
    );
  });

  it("warns in the words of /status where no source is configured", async () => {
    const { lines, lineOf } = await run(BASE);
    expect(lineOf("sources")).to.equal(
      "warning  sources: NoSourceConfigured: no source is configured: only posted specs are enforced",
    );
    expect(lines.at(-1)).to.match(/^3 ok, 2 warnings, 1 missing, 0 unknown/);
  });

  it("says what to do where no RoomServer answers", async () => {
    expect((await run(BASE)).lineOf("RoomServer")).to.equal(
      "missing  RoomServer: read http://127.0.0.1:1 - RoomServer unreachable (connection refused, 127.0.0.1:1). Start it, or correct RoomServer.BaseUrl",
    );
  });

  it("counts the warning that its sources are run", async () => {
    const env = { ROOM_OPERATOR_SOURCES_BECAUSE: "a file is not what it was" };
    const { lines } = await run(BASE, env);
    expect(lines[0]).to.match(/^warning {2}program: its sources are run/);
    expect(lines.at(-1)).to.match(/^3 ok, 3 warnings, 1 missing, 0 unknown/);
  });

  it("calls a key that is not known wrong, not missing", async () => {
    const { code, lineOf, lines } = await run({ ...BASE, Git: { Surces: [] } });
    expect(lines.at(-1)).to.equal("1 wrong: nothing else was checked");
    expect(lineOf("configuration")).to.match(
      /^wrong {4}configuration: Git\.Surces is not a known key/,
    );
    expect(code).to.equal(1);
  });

  it("says why Store.Path cannot be used, and leaves nothing where it can", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const shared = join(folder, "shared");
    mkdirSync(shared);
    const dangling = join(folder, "dangling");
    symlinkSync(join(folder, "nothing"), dangling);
    const well = join(folder, "a", "data");
    const cases: readonly (readonly [string, RegExp])[] = [
      ["/proc/nope", /^missing {2}store: \/proc\/nope - .*no folder can be made in \/proc/],
      [join(file, "data"), /^missing {2}store: .* - .*ENOTDIR/],
      [file, /^missing {2}store: .* - .*ENOTDIR/],
      [dangling, /^missing {2}store: .* - .*dangling is a symbolic link to nothing/],
      [join(dangling, "data"), /^missing {2}store: .* - .*dangling is a symbolic link to nothing/],
      [well, /^ok {7}store: [^ ]*\/a\/data$/],
      [folder, /^ok {7}store: [^ ]*$/],
    ];
    for (const [path, says] of cases) {
      const { lineOf, code } = await run({ ...BASE, Store: { Path: path } });
      expect(lineOf("store"), path).to.match(says);
      expect(code).to.equal(1);
    }
    expect(readdirSync(folder).sort()).to.deep.equal([
      "appsettings.json",
      "dangling",
      "file",
      "shared",
    ]);
  });

  it("calls a store wrong that a start refuses or sets aside", async () => {
    const data = join(folder, "data");
    const file = join(data, "store.db");
    const found = async () => {
      const { code, lineOf, lines } = await run({ ...BASE, Store: { Path: data } });
      return { code, line: lineOf("store"), last: lines.at(-1) };
    };
    await (await openSqliteStore({ path: data, nowMs: () => 0 })).close();
    expect(await found()).to.include({ line: `ok       store: ${data}` });
    const known = MIGRATIONS.length;
    changeRows(file, `PRAGMA user_version = ${known + 1}`);
    expect(await found()).to.deep.equal({
      code: 1,
      line: `wrong    store: ${data} - StoreTooNew: store ${file} has schema ${known + 1}, and this agent knows up to ${known}: start the newer agent that wrote it, or restore a backup from before`,
      last: "2 ok, 2 warnings, 1 wrong, 1 missing, 0 unknown",
    });
    writeFileSync(file, "random");
    const says = `wrong    store: ${data} - StoreDamaged: store ${file} is damaged (`;
    expect((await found()).line).to.contain(says);
  });
});
