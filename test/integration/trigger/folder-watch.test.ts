import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";

const run = promisify(execFile);
const WATCH = pathToFileURL(join(import.meta.dirname, "../../../agent/trigger/chokidar-watch.ts"));

const SCRIPT = `
const { watchWithChokidar } = await import(process.env.WATCH);
const said = [];
const note = (what) => () => said.push(what);
const failed = (error) => said.push(error.code);
await new Promise((resolve) => {
  const ready = () => { said.push("ready"); resolve(); };
  globalThis.watch = watchWithChokidar(process.env.FOLDER, { changed: note("changed"), ready, failed });
});
await globalThis.watch.stop();
console.log(JSON.stringify([...new Set(said)]));
`;

describe("the watch of a folder", function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "folder-watch-"));
    for (let at = 0; at < 8; at += 1) mkdirSync(join(folder, String(at)));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  /** Limits of a user namespace concern nobody else. */
  const limited = (watches: number, ...command: readonly string[]) =>
    run(
      "unshare",
      [
        "-Ur",
        "sh",
        "-c",
        `echo ${watches} > /proc/sys/user/max_inotify_watches; exec "$@"`,
        "sh",
        ...command,
      ],
      { env: { ...process.env, WATCH: WATCH.href, FOLDER: folder } },
    );

  for (const [watches, said] of [
    [1000, ["ready"]],
    [3, ["ENOSPC", "ready"]],
  ] as const) {
    it(`is ready, and says before what it cannot watch, with ${watches} watches of the system`, async function () {
      const isPossible = await limited(watches, "true").then(
        () => true,
        () => false,
      );
      if (!isPossible) return this.skip();
      const { stdout } = await limited(
        watches,
        process.execPath,
        "--input-type=module",
        "-e",
        SCRIPT,
      );
      expect(JSON.parse(stdout)).to.deep.equal(said);
    });
  }
});
