import type {
  Forge,
  ForgeAnswer,
  ForgeFailure,
  LabelHistory,
  PullRequest,
} from "../../agent/forge/forge.ts";
import type { MergedFacts } from "../../agent/forge/label-intent.ts";

/** The answers of a forge about merged pull requests and their labels, which a test changes as it goes; and what was asked. */
export class ScriptedForge implements Pick<Forge, "pullRequests" | "labels"> {
  readonly calls: string[] = [];
  open: readonly PullRequest[] = [];
  readonly merged = new Map<string, readonly PullRequest[]>();
  readonly histories = new Map<number, LabelHistory>();
  writers: ReadonlySet<string> = new Set(["1", "2"]);
  /** Runs before each answer; what it gives back is answered instead. Must not answer for ever: it may hang. */
  instead: (call: string) => ForgeFailure | Promise<ForgeFailure> | null = () => null;

  /** Sets a pull request merged, with its history. */
  merge({ pull, history }: Pick<MergedFacts, "pull" | "history">): void {
    this.merged.set(pull.mergeSha ?? "", [pull]);
    this.histories.set(pull.number, history);
  }

  readonly pullRequests: Forge["pullRequests"] = {
    open: (branch, signal) =>
      this.#answer(`open ${branch}`, () => ({ list: this.open, isWhole: true }), signal),
    get: (number, signal) =>
      this.#answer(
        `get ${number}`,
        () => this.open.find((one) => one.number === number) ?? null,
        signal,
      ),
    mergedAs: (sha, branch, signal) =>
      this.#answer(`mergedAs ${sha} ${branch}`, () => this.merged.get(sha) ?? [], signal),
    files: (number, signal) =>
      this.#answer(`files ${number}`, () => ({ list: [], isWhole: true }), signal),
  };

  readonly labels: Forge["labels"] = {
    named: (_, signal) => this.#answer("named", () => [], signal),
    history: (number, signal) =>
      this.#answer(
        `history ${number}`,
        () => this.histories.get(number) ?? { events: [], isWhole: true },
        signal,
      ),
    mayWrite: ({ id }, signal) =>
      this.#answer(`mayWrite ${id}`, () => this.writers.has(id), signal),
  };

  async #answer<T>(call: string, value: () => T, signal: AbortSignal): Promise<ForgeAnswer<T>> {
    this.calls.push(call);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    const failure = await Promise.race([this.instead(call), aborted]);
    return failure ?? { kind: "ok", value: value() };
  }
}

export function forgeFailure(given: Partial<ForgeFailure> = {}): ForgeFailure {
  return {
    kind: "failed",
    reason: "ForgeServerError",
    message: "the forge answered 500",
    ...given,
  };
}
