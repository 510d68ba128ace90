import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { givesJobs } from "./support/gives-jobs.ts";
import { runAgain } from "./support/run-again.ts";

/*
 * The tests of `npm test`. Arguments are mocha's. Where none are given, files in which a test failed are run once more, without what
 * ran next to them.
 */
const MOCHA = [process.execPath, "node_modules/mocha/bin/mocha.js"] as const;

/** On two processors: more than half of the time of a job is waiting. Each job more loads the same code, and makes it quick, once more. */
const MOST_JOBS = 6;
/** What one of them may take, with the processes that it starts. */
const JOB_BYTES = 1.5 * 1024 ** 3;
const jobs = Math.max(2, Math.min(MOST_JOBS, Math.floor(freemem() / JOB_BYTES)));
/** More files than these do not fail by chance. */
const MOST_AGAIN = 5;
const given = process.argv.slice(2);

const CONFIG = fileURLToPath(new URL("../.mocharc.json", import.meta.url));
const { require, reporter, timeout } = z
  .looseObject({ require: z.array(z.string()), reporter: z.string(), timeout: z.number() })
  .parse(JSON.parse(readFileSync(CONFIG, "utf8")));
const alone = [
  // A file that leaves something open would keep the run from ending; jobs of a parallel run are ended anyway.
  "--exit",
  "--extension=ts",
  `--reporter=${reporter}`,
  `--timeout=${timeout}`,
  ...require.map((file) => `--require=${file}`),
];

process.exitCode = await runAgain({
  all: [...MOCHA, ...(givesJobs(given) ? [] : ["--jobs", String(jobs)]), ...given],
  only: (files) => [...MOCHA, "--no-config", ...alone, ...files],
  mostAgain: given.length === 0 ? MOST_AGAIN : 0,
  print: (line) => process.stdout.write(`${line}\n`),
});
