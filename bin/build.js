/*
 * Makes a few files of the sources and of the packages that they use, in `dist/`: so the program starts sooner. `npm run build`;
 * `npm ci` runs it with `--if-possible`, because a program that was not built runs as well.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { withoutBuiltinImports } from "./builtin-imports.js";
import { DIST, MAIN_OF_RUN, MANIFEST, readManifest, readRecorded } from "./bundle.js";
import { leanPackages } from "./lean-packages.js";
import { startScript } from "./start-script.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Of `agent/`: the program, and the programs of its threads. */
const PROGRAMS = [
  "main",
  "cli/process-watch",
  "source/git/git-worker-program",
  "source/parse-worker",
  "store/sqlite-check-worker",
  "store/sqlite-log-trim-worker",
];
/** What builds, and what is in a build besides. */
const OWN = [
  "bin/agent-settings.js",
  "bin/build.js",
  "bin/builtin-imports.js",
  "bin/bundle.js",
  "bin/lean-packages.js",
  "bin/start-script.js",
];
const START = "start.sh";
/** An agent that runs asks for more of its files later, such as at the first request: it may be older than the newest builds. */
const KEPT_BEFORE = 4;
/** Packages ask for parts of Node in this way. */
const REQUIRE =
  'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);';

/** Hands the sources to esbuild, so that what is recorded of them is what it read. */
function recording(files) {
  return {
    name: "recording",
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.(ts|json)$/ }, async ({ path }) => {
        const name = path.slice(ROOT.length);
        if (!path.startsWith(ROOT) || name.startsWith("node_modules/")) return undefined;
        const { bytes, record } = await readRecorded(path);
        files[name] = record;
        if (name.endsWith(".json")) return { contents: bytes, loader: "json" };
        return { contents: withoutBuiltinImports(bytes.toString()), loader: "ts" };
      }),
  };
}

/** Leaves out of the program what the list of commands imports, but `run`. */
const runAlone = {
  name: "run alone",
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/cli\/commands\.ts$/ }, () => ({
      path: join(ROOT, "agent/cli/run-command.ts"),
    })),
};

/** Builds into `folder`. Gives what it was made of: a record of each file by path. */
async function bundle(folder) {
  const { build } = await import("esbuild");
  const files = {};
  const settings = {
    absWorkingDir: ROOT,
    outdir: folder,
    entryNames: "[name]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    // What is imported when it is needed stays a file of its own.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    banner: { js: REQUIRE },
    legalComments: "none",
    // Node keeps the text of each file in memory.
    minifyWhitespace: true,
    // A crash names lines of the sources by them.
    sourcemap: true,
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { target: "es2024", verbatimModuleSyntax: true } },
    plugins: [recording(files), leanPackages],
    metafile: true,
    logLevel: "warning",
  };
  // Each by itself: what they share would be many small files.
  const ofRun = { in: "agent/main.ts", out: MAIN_OF_RUN.replace(/\.js$/, "") };
  const builds = await Promise.all([
    ...PROGRAMS.map((name) => build({ ...settings, entryPoints: [`agent/${name}.ts`] })),
    build({ ...settings, entryPoints: [ofRun], plugins: [runAlone, ...settings.plugins] }),
  ]);
  const inputs = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const others = inputs.filter((input) => files[input] === undefined).flatMap(ofPackage);
  for (const path of new Set([...OWN, ...others]))
    files[path] = (await readRecorded(join(ROOT, path))).record;
  return files;
}

/** A file of a package, and what says which of its files are used. Throws for a file of none: an edit of it would not be noticed. */
function ofPackage(input) {
  const path = input.slice(Math.max(0, input.indexOf("node_modules/")));
  const [, folder] = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  if (folder === undefined)
    throw new Error(`${input} is outside of this folder: put it in, instead of a link to it`);
  return [path, `${folder}/package.json`];
}

/** Two folders with the same in them have the same name: code that Node compiled serves again. */
function nameOf(folder) {
  const hash = createHash("sha256");
  for (const file of readdirSync(folder).sort())
    hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Whether a process runs, and is not this one. */
function isRunningElse(pid) {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Removes older folders, and what builds left that were killed. */
function tidy(dist, kept) {
  for (const name of readdirSync(dist)) {
    const [, pid] = /^making-(\d+)/.exec(name) ?? [];
    const isKept = pid === undefined ? kept.includes(name) : isRunningElse(Number(pid));
    if (!isKept) rmSync(join(dist, name), { recursive: true, force: true });
  }
}

/** Puts what was made in its place. One that is there and the same stays: agents that run from it miss no file meanwhile. */
function put(making, place) {
  if (existsSync(place) && nameOf(place) === nameOf(making))
    return rmSync(making, { recursive: true });
  if (existsSync(place)) renameSync(place, `${making}-replaced`);
  renameSync(making, place);
}

/**
 * In a folder of its own, which is in its place before the manifest names it: no start finds half of it. Gives its name, and how many
 * files it depends on.
 */
async function make() {
  const dist = join(ROOT, DIST);
  const making = join(dist, `making-${process.pid}`);
  mkdirSync(making, { recursive: true });
  const before = manifestBefore();
  const files = await bundle(making).catch((error) => {
    rmSync(making, { recursive: true });
    throw error;
  });
  const folder = nameOf(making);
  const place = join(dist, folder);
  put(making, place);
  for (const name of readdirSync(place)) {
    const path = `${DIST}/${folder}/${name}`;
    if (name.endsWith(".js")) files[path] = (await readRecorded(join(ROOT, path))).record;
  }
  const previous = [before.folder, before.previous]
    .flat()
    .filter((name) => name !== undefined && name !== folder)
    .slice(0, KEPT_BEFORE);
  await putStartScript(making, files);
  writeFileSync(`${making}.json`, JSON.stringify({ folder, previous, files }));
  renameSync(`${making}.json`, join(dist, MANIFEST));
  tidy(dist, [MANIFEST, START, folder, ...previous]);
  return { folder, count: Object.keys(files).length };
}

/** A start reads it before the manifest: it has to be whole at any time. */
async function putStartScript(making, files) {
  const text = startScript(ROOT);
  if (text === undefined) return;
  const path = `${DIST}/${START}`;
  writeFileSync(`${making}.sh`, text);
  renameSync(`${making}.sh`, join(ROOT, path));
  files[path] = (await readRecorded(join(ROOT, path))).record;
}

function manifestBefore() {
  try {
    return readManifest(ROOT) ?? {};
  } catch {
    return {};
  }
}

const ifPossible = process.argv.includes("--if-possible");
try {
  const { folder, count } = await make();
  if (!ifPossible) process.stdout.write(`built ${DIST}/${folder} of ${count} files\n`);
} catch (error) {
  const why =
    error.code === "ERR_MODULE_NOT_FOUND"
      ? "esbuild is not installed"
      : error.message.split("\n")[0];
  process.stderr.write(`room-operator: not built, so its sources are run: ${why}\n`);
  if (!ifPossible) process.exitCode = 1;
}
