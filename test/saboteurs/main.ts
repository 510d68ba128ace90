import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Saboteur } from "./saboteur.ts";
import { SABOTEURS } from "./saboteurs.ts";

const TREE = join(import.meta.dirname, "..", "..");
const PARTS = ["agent", "bin", "devserver", "test", "seeds", "specs-example", "package.json"];

/** How a test file took a saboteur. */
interface Run {
  /** The first test that failed; null: none did. */
  readonly failed: string | null;
  readonly output: string;
}

/** Runs one test file of a tree. A file that does not even load is no test that failed. */
async function runTests(tree: string, file: string): Promise<Run> {
  const mocha = join("node_modules", "mocha", "bin", "mocha.js");
  const args = [
    "--no-config",
    "--bail",
    "--exit",
    "--timeout",
    "60000",
    "--reporter",
    "json",
    file,
  ];
  const child = spawn(process.execPath, [mocha, ...args], {
    cwd: tree,
    env: { ...process.env, MODEL_RUNS: process.env["MODEL_RUNS"] ?? "100", MODEL_SEED: "1" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  const [first] = failures(output);
  if (first !== undefined) return { failed: first, output };
  if (code === 0) return { failed: null, output };
  throw new Error(`${file} did not run to its end:\n${output.slice(0, 3000)}`);
}

function failures(output: string): readonly string[] {
  const start = output.indexOf('{\n  "stats"');
  if (start < 0) return [];
  const end = output.lastIndexOf("\n}");
  const report = JSON.parse(output.slice(start, end + 2)) as {
    readonly failures: readonly { readonly fullTitle: string }[];
  };
  return report.failures.map(({ fullTitle }) => fullTitle);
}

/** Lets one saboteur loose in a tree, and mends what it did. Gives the test that caught it; null: none. */
async function letLoose(tree: string, saboteur: Saboteur): Promise<string | null> {
  const file = join(tree, saboteur.file);
  const before = await readFile(file, "utf8");
  const pieces = before.split(saboteur.text);
  if (pieces.length !== 2) {
    throw new Error(`${saboteur.file} has ${pieces.length - 1} times the text ${saboteur.text}`);
  }
  await writeFile(file, pieces.join(saboteur.replacement));
  try {
    for (const test of saboteur.tests) {
      const { failed } = await runTests(tree, test);
      if (failed !== null) return `${test}: ${failed}`;
    }
    return null;
  } finally {
    await writeFile(file, before);
  }
}

async function copyTree(): Promise<string> {
  const tree = await mkdtemp(join(tmpdir(), "room-operator-saboteurs-"));
  for (const part of PARTS) await cp(join(TREE, part), join(tree, part), { recursive: true });
  await symlink(join(TREE, "node_modules"), join(tree, "node_modules"));
  return tree;
}

/** `--tests FILE…` pits every saboteur against these files instead; `--only TEXT` picks those whose name holds it. */
const { values } = parseArgs({
  options: { tests: { type: "string", multiple: true }, only: { type: "string" } },
});
const chosen = SABOTEURS.filter(({ name }) => name.includes(values.only ?? "")).map(
  (saboteur): Saboteur => ({ ...saboteur, tests: values.tests ?? saboteur.tests }),
);
const tree = await copyTree();
try {
  for (const test of new Set(chosen.flatMap(({ tests }) => tests))) {
    const { failed } = await runTests(tree, test);
    if (failed !== null) throw new Error(`fails without any saboteur: ${test}: ${failed}`);
  }
  let survivors = 0;
  for (const saboteur of chosen) {
    const startedMs = performance.now();
    const caught = await letLoose(tree, saboteur);
    if (caught === null) survivors += 1;
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`| ${saboteur.name} | ${caught ?? "SURVIVES"} | ${seconds} s |`);
  }
  console.log(`\n${chosen.length - survivors} of ${chosen.length} saboteurs were caught`);
  process.exitCode = survivors === 0 ? 0 : 1;
} finally {
  await rm(tree, { recursive: true });
}
