import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findProgram, recordOf } from "../../support/built-tree.ts";

const SOURCE = "agent/main.ts";
const OTHER = "devserver/b.ts";
const PACKAGE = "node_modules/zod/package.json";
const BUILT = "dist/f00d/main.js";
const BUILT_RUN = "dist/f00d/main-of-run.js";
const CHUNK = "dist/f00d/chunk-A.js";
const MANIFEST = "dist/built.json";
/** Seconds. */
const LONG_AGO = 1_000_000;
const FILES = [SOURCE, OTHER, PACKAGE, BUILT, BUILT_RUN, CHUNK];

describe("the choice of the program", () => {
  let root: string;
  const at = (path: string) => join(root, path);
  const write = (path: string, text: string) => writeFileSync(at(path), text);

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "room-operator-choice-"));
    for (const file of FILES) {
      mkdirSync(join(at(file), ".."), { recursive: true });
      write(file, `text of ${file}`);
      utimesSync(at(file), LONG_AGO, LONG_AGO);
    }
    const records = FILES.map(async (file) => [file, await recordOf(at(file))] as const);
    const files = Object.fromEntries(await Promise.all(records));
    write(MANIFEST, JSON.stringify({ folder: "f00d", files }));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Writes other text of the same length, and puts the time of the file back. */
  function forge(path: string): void {
    const { size } = statSync(at(path));
    write(path, `TEXT of ${path}`);
    utimesSync(at(path), LONG_AGO, LONG_AGO);
    expect(statSync(at(path)).size).to.equal(size);
  }

  const kept: readonly (readonly [string, () => void])[] = [
    ["nothing happened", () => undefined],
    ["a file was touched", () => utimesSync(at(SOURCE), 1, 1)],
    ["the clock was ahead", () => utimesSync(at(SOURCE), 9e9, 9e9)],
    ["a file was written again as it was", () => write(SOURCE, `text of ${SOURCE}`)],
    [
      "a file was changed and changed back",
      () => {
        write(OTHER, "no");
        write(OTHER, `text of ${OTHER}`);
      },
    ],
    ["a file was added that nothing imports", () => write("agent/new.ts", "new")],
    ["rights of a file changed", () => chmodSync(at(SOURCE), 0o600)],
    [
      "a file is a link to the same text",
      () => {
        renameSync(at(OTHER), at("elsewhere"));
        symlinkSync(at("elsewhere"), at(OTHER));
      },
    ],
    [
      "the whole folder is a copy",
      () => {
        cpSync(root, `${root}-copy`, { recursive: true });
        rmSync(root, { recursive: true });
        renameSync(`${root}-copy`, root);
      },
    ],
  ];
  for (const [what, happen] of kept) {
    it(`is what was built when ${what}`, async () => {
      happen();
      expect(await findProgram(root)).to.deep.equal({ main: at(BUILT), isBuilt: true });
    });
  }

  it("is one of its own for the command run", async () => {
    const main = at(BUILT_RUN);
    expect(await findProgram(root, "run")).to.deep.equal({ main, isBuilt: true });
    write(SOURCE, "edited");
    expect(await findProgram(root, "run")).to.include({ main: at(SOURCE), isBuilt: false });
  });

  it("is what was built where there are no sources, whatever else is there", async () => {
    for (const path of ["agent", "devserver", "node_modules"])
      rmSync(at(path), { recursive: true });
    cpSync(root, `${root}-copy`, { recursive: true });
    const copy = `${root}-copy`;
    expect(await findProgram(copy)).to.deep.equal({ main: join(copy, BUILT), isBuilt: true });
    rmSync(copy, { recursive: true });
  });

  const changed: readonly (readonly [string, string, () => void])[] = [
    ["a source was edited", SOURCE, () => write(SOURCE, "edited")],
    ["a source has other text, and its old length and time", OTHER, () => forge(OTHER)],
    [
      "an older file was put back",
      SOURCE,
      () => {
        write(SOURCE, "older");
        utimesSync(at(SOURCE), 1, 1);
      },
    ],
    [
      "a source is a link to other text",
      OTHER,
      () => {
        renameSync(at(OTHER), at("elsewhere"));
        symlinkSync(at("elsewhere"), at(OTHER));
        write("elsewhere", "edited");
      },
    ],
    ["a source was deleted", OTHER, () => rmSync(at(OTHER))],
    ["a source was renamed", OTHER, () => renameSync(at(OTHER), at("devserver/c.ts"))],
    ["a folder of sources is gone", OTHER, () => rmSync(at("devserver"), { recursive: true })],
    [
      "a source is a folder",
      SOURCE,
      () => {
        rmSync(at(SOURCE));
        mkdirSync(at(SOURCE));
      },
    ],
    ["a package has another version", PACKAGE, () => write(PACKAGE, "4.0.0")],
    ["a package is gone", PACKAGE, () => rmSync(at("node_modules"), { recursive: true })],
    ["a file that was built is cut off", CHUNK, () => write(CHUNK, "te")],
    ["a file that was built has other text", CHUNK, () => forge(CHUNK)],
    ["a file that was built is gone", CHUNK, () => rmSync(at(CHUNK))],
    ["the program of the command run is gone", BUILT_RUN, () => rmSync(at(BUILT_RUN))],
    ["what was built is gone", BUILT, () => rmSync(at("dist/f00d"), { recursive: true })],
  ];
  for (const [what, path, happen] of changed) {
    it(`is the sources when ${what}, and names it`, async () => {
      happen();
      const why = `${path} is not what it was when they were built`;
      expect(await findProgram(root)).to.deep.equal({ main: at(SOURCE), isBuilt: false, why });
    });
  }

  const unusable: readonly (readonly [string, () => void])[] = [
    ["cut off", () => write(MANIFEST, '{"folder":"f00d","fil')],
    ["empty", () => write(MANIFEST, "")],
    ["of another kind", () => write(MANIFEST, "null")],
    ["without files", () => write(MANIFEST, '{"folder":"f00d"}')],
    ["without the program", () => write(MANIFEST, '{"folder":"f00d","files":{}}')],
    [
      "with records of another kind",
      () => {
        const records = `"${SOURCE}":7,"${BUILT}":[1,2,3,"x"],"${BUILT_RUN}":[1,2,3,"x"]`;
        write(MANIFEST, `{"folder":"f00d","files":{${records}}}`);
      },
    ],
    [
      "a folder",
      () => {
        rmSync(at(MANIFEST));
        mkdirSync(at(MANIFEST));
      },
    ],
    [
      "a link to itself",
      () => {
        rmSync(at(MANIFEST));
        symlinkSync(at(MANIFEST), at(MANIFEST));
      },
    ],
  ];
  for (const [what, happen] of unusable) {
    it(`is the sources when the list of what was built is ${what}, and says so`, async () => {
      happen();
      const { why, ...found } = await findProgram(root);
      expect(found).to.deep.equal({ main: at(SOURCE), isBuilt: false });
      expect(why).to.match(/^what was built of them cannot be read: ./);
    });
  }

  it("is the sources without a word when nothing was built", async () => {
    rmSync(at("dist"), { recursive: true });
    const { why, ...found } = await findProgram(root);
    expect(found).to.deep.equal({ main: at(SOURCE), isBuilt: false });
    expect(why).to.equal(undefined);
  });
});
