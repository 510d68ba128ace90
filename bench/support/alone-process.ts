import { readFile } from "node:fs/promises";
import * as fs from "node:fs";
import { Worker } from "node:worker_threads";
import { clone } from "isomorphic-git";
import http from "isomorphic-git/http/node";
import { z } from "zod";
import { GitObjectStore } from "../../agent/source/git/objects/git-object-store.ts";
import { listSpecs } from "../../agent/source/git/git-spec-listing.ts";
import { GitTrees } from "../../agent/source/git/objects/git-trees.ts";
import { machineMs } from "./machine-ms.ts";
import { serveParent } from "./serve-parent.ts";

/** The parts of a first sync, each done alone and with nothing around it. Each answers its time in ms. */
const cloneGiven = z.object({ url: z.string(), gitdir: z.string() });
const readGiven = z.object({ gitdir: z.string() });

let texts: readonly string[] = [];

async function cloneAlone(given: unknown): Promise<number> {
  const { url, gitdir } = cloneGiven.parse(given);
  const startedMs = machineMs();
  await clone({
    fs,
    http,
    dir: gitdir,
    gitdir,
    url,
    ref: "main",
    singleBranch: true,
    depth: 1,
    noCheckout: true,
    noTags: true,
  });
  return machineMs() - startedMs;
}

/** Every spec of the head, out of the pack. */
async function readAlone(given: unknown): Promise<number> {
  const { gitdir } = readGiven.parse(given);
  const head = (await readFile(`${gitdir}/refs/remotes/origin/main`, "utf8")).trim();
  const startedMs = machineMs();
  const objects = new GitObjectStore(gitdir);
  objects.refresh();
  const trees = new GitTrees(objects);
  const limits = { entries: 1_000_000, depth: 16 };
  const { found: specs } = listSpecs(trees, trees.commit(head).tree, { folder: ".", limits });
  const read = specs.map(({ oid }) => objects.read(oid, "blob"));
  const tookMs = machineMs() - startedMs;
  texts = read.map((bytes) => bytes.toString("utf8"));
  objects.close();
  return tookMs;
}

/** The same texts through `yaml` with positions, half of them in each of two threads that run already. */
async function parseAlone(): Promise<number> {
  const middle = texts.length >> 1;
  const threads = [texts.slice(0, middle), texts.slice(middle)].map((half) => ({
    half,
    worker: new Worker(new URL("./yaml-worker.ts", import.meta.url)),
  }));
  await Promise.all(threads.map(({ worker }) => said(worker)));
  const startedMs = machineMs();
  await Promise.all(
    threads.map(({ half, worker }) => {
      worker.postMessage(half);
      return said(worker);
    }),
  );
  const tookMs = machineMs() - startedMs;
  await Promise.all(threads.map(({ worker }) => worker.terminate()));
  return tookMs;
}

function said(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
  });
}

serveParent({ clone: cloneAlone, read: readAlone, parse: parseAlone }, async () => undefined);
