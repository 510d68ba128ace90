import type { Ask, WorkerResult } from "./git-worker-messages.ts";
import type { KnownFile, SyncRequest, SyncResult } from "../spec-source.ts";

/** Answers a message of the worker during a sync: passes its data on, or supplies what it asks for. */
export async function deliver(ask: Ask, request: SyncRequest): Promise<readonly KnownFile[]> {
  switch (ask.kind) {
    case "specs":
      throw new Error("the git worker delivered specs that the sync did not ask for");
    case "known":
      return request.known;
    case "commits":
      await request.onCommits(ask.range);
      return [];
    case "seed":
      await request.onSeed(ask.seed);
      return [];
    case "files":
      await request.onFiles(ask.files);
      return [];
  }
}

/** How a sync ended, as everybody else reads it. */
export function toReady(result: Extract<WorkerResult, { kind: "ready" }>): SyncResult {
  const paths = result.paths === "" ? [] : result.paths.split("\n");
  return {
    kind: "ready",
    head: result.head,
    trail: result.trail,
    warnings: result.warnings,
    ignored: result.ignored,
    ...(result.verified === undefined ? {} : { verified: result.verified }),
    paths: paths.map((path, index) => ({
      path,
      oid: result.oids.slice(index * 40, index * 40 + 40),
    })),
  };
}
