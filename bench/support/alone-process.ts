import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import { z } from "zod";
import { CloneFolder, SYNCED_REF } from "../../agent/source/git-clone-folder.ts";
import { GitHttp } from "../../agent/source/git-http.ts";
import { GitObjectStore } from "../../agent/source/git-object-store.ts";
import { listSpecs } from "../../agent/source/git-spec-listing.ts";
import { GitPoll } from "../../agent/source/git-poll.ts";
import { transferPack } from "../../agent/source/git-transfer.ts";
import { GitTrees } from "../../agent/source/git-trees.ts";
import { machineMs } from "./machine-ms.ts";
import { serveParent } from "./serve-parent.ts";

/** The parts of a first sync, each done alone and with nothing around it. Each answers its time in ms. */
const MIB = 1024 * 1024;
const NEVER = new AbortController().signal;
const DEADLINES = { headersMs: 60_000, idleMs: 60_000, totalMs: 600_000 };

const cloneGiven = z.object({ url: z.string(), gitdir: z.string() });
const readGiven = z.object({ gitdir: z.string() });

let texts: readonly string[] = [];

async function cloneAlone(given: unknown): Promise<number> {
  const { url, gitdir } = cloneGiven.parse(given);
  const startedMs = machineMs();
  const http = new GitHttp(url);
  const asking = { credentials: { kind: "none" } as const, nowMs: () => Date.now(), signal: NEVER };
  const head = await new GitPoll(http, { url, branch: "main" }).head({
    ...asking,
    deadlines: DEADLINES,
  });
  const folder = new CloneFolder(gitdir, url);
  await folder.open();
  const wish = { want: head, have: null, shallow: new Set<string>(), depth: 1 };
  await transferPack(http, wish, {
    ...asking,
    url,
    deadlines: DEADLINES,
    limits: { packBytes: 1024 * MIB, objectBytes: 64 * MIB },
    packFolder: folder.packFolder,
    onProgress: () => undefined,
  });
  await folder.writeSynced(head);
  http.close();
  return machineMs() - startedMs;
}

/** Every spec of the head, out of the pack. */
async function readAlone(given: unknown): Promise<number> {
  const { gitdir } = readGiven.parse(given);
  const head = (await readFile(`${gitdir}/${SYNCED_REF}`, "utf8")).trim();
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
