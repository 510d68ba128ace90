import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { z } from "zod";

const answerMessage = z.union([
  z.object({ id: z.number(), value: z.unknown() }),
  z.object({ id: z.number(), error: z.string() }),
]);

/** How the launcher starts the agent. */
const settings = z
  .object({
    AGENT_FLAGS: z.array(z.string()),
    SOURCE_FLAGS: z.array(z.string()),
    AGENT_ENVIRONMENT: z.record(z.string(), z.string()),
  })
  .parse({ ...(await import(String(new URL("../../bin/agent-settings.js", import.meta.url)))) });

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A program of this folder in a process of its own, so that what it costs is counted apart. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, Waiter>();
  readonly #ended: Promise<unknown>;
  #lastId = 0;

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.#ended = once(child, "exit");
    child.on("message", (message) => this.#take(answerMessage.parse(message)));
    child.on("exit", (code, signal) => this.#lose(`it ended with ${code ?? signal}`));
    child.on("error", (error) => this.#lose(error.message));
  }

  /** `program` is the name of a file beside this one. */
  static start(program: string, nodeArguments: readonly string[] = []): Child {
    const child = fork(new URL(program, import.meta.url), {
      execArgv: [...settings.AGENT_FLAGS, ...settings.SOURCE_FLAGS, ...nodeArguments],
      env: { ...settings.AGENT_ENVIRONMENT, ...process.env },
    });
    return new Child(child);
  }

  /** Calls what the program serves under this name. */
  async ask<T>(name: string, given: unknown, schema: z.ZodType<T>): Promise<T> {
    this.#lastId += 1;
    const id = this.#lastId;
    const value = await new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, name, given });
    });
    return schema.parse(value);
  }

  /** Lets the program end by itself; resolves when it is gone. Idempotent. */
  async stop(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    await this.#ended;
  }

  #take(message: z.infer<typeof answerMessage>): void {
    const waiter = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiter?.reject(new Error(message.error));
    else waiter?.resolve(message.value);
  }

  #lose(why: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(`a process is gone: ${why}`));
    this.#waiting.clear();
  }
}
