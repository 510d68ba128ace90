import { Worker } from "node:worker_threads";
import { OperatorError } from "../kernel/errors.ts";
import { threadProgram } from "../kernel/package-files.ts";
import { checkStore, isSmallStore } from "./sqlite-check.ts";
import type { CheckDepth } from "./sqlite-check.ts";

/** `start`: what `checkStore` does; `look`: what `checkUsedStore` does; `full`: what `checkFully` does. */
export interface CheckTask {
  readonly file: string;
  readonly task: "start" | "look" | "full";
}

/** What the thread says when it has looked. An error loses its class on the way. */
export type CheckAnswer = { readonly kind: "usable"; readonly depth: CheckDepth } | Refusal;

type Refusal = { readonly kind: "refused" } & Pick<OperatorError, "code" | "message" | "data">;

/** A thread that checks a store once. */
export function startCheck(task: CheckTask): Worker {
  return new Worker(threadProgram("store/sqlite-check-worker"), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 32 },
  });
}

/**
 * What `checkStore` says of a store. A large one is checked in a thread of its own: that takes tenths of a second, in which
 * signals and timers of this process must not wait. Without threads it is checked here.
 */
export async function checkApart(file: string): Promise<CheckDepth> {
  if (isSmallStore(file)) return checkStore(file);
  const answer = await answerTo({ file, task: "start" });
  if (answer === null) return checkStore(file);
  if (answer.kind === "usable") return answer.depth;
  throw toError(answer);
}

/** The error that the thread met. */
export function toError({ code, message, data }: Refusal): OperatorError {
  return new OperatorError(code, message, { data });
}

/** Null when the thread did not begin, or ended without one. */
async function answerTo(task: CheckTask): Promise<CheckAnswer | null> {
  const asked = new Promise<CheckAnswer | null>((resolve) => {
    const worker = startCheck(task);
    worker.on("message", resolve);
    worker.on("error", () => resolve(null));
    worker.on("exit", () => resolve(null));
  });
  return asked.catch(() => null);
}
