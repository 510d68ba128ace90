import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type as systemName } from "node:os";
import type { Machine } from "./results.ts";

export function thisMachine(): Machine {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown processor",
    threads: processors.length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${systemName()} ${release()}`,
    node: process.versions.node,
    git: execFileSync("git", ["--version"], { encoding: "utf8" })
      .replace(/^git version /, "")
      .trim(),
  };
}

/** Of the last minute. */
export function loadAverage(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100;
}
