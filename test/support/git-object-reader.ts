import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";

/** An object of a repository: its kind and its bytes. */
export interface GitObject {
  readonly type: string;
  readonly bytes: Buffer;
}

/** A process that reads object after object of one repository; starting one for each takes longer than the reading. */
export class GitObjectReader {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #output: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#child = spawn("git", ["--git-dir", folder, "cat-file", "--batch"], { env });
    this.#child.on("error", () => undefined);
    this.#child.stdin.on("error", () => undefined);
    this.#child.stderr.resume();
    this.#output = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** What a name such as `<commit>:<path>` stands for, or null when there is no such object. Throws once git has ended. */
  async read(name: string): Promise<GitObject | null> {
    if (name.includes("\n")) throw new Error(`no name of an object: ${JSON.stringify(name)}`);
    this.#child.stdin.write(`${name}\n`);
    let end = this.#held.indexOf("\n");
    while (end === -1) {
      await this.#more();
      end = this.#held.indexOf("\n");
    }
    const line = this.#take(end + 1).toString();
    const [, type, size] = /^[0-9a-f]{40,64} (\w+) (\d+)\n$/.exec(line) ?? [];
    if (type === undefined) return null;
    // A line feed follows.
    const wanted = Number(size) + 1;
    while (this.#held.length < wanted) await this.#more();
    return { type, bytes: this.#take(wanted).subarray(0, -1) };
  }

  end(): void {
    this.#child.kill();
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#output.next();
    if (done === true) throw new Error("git cat-file has ended");
    this.#held = Buffer.concat([this.#held, value]);
  }

  #take(bytes: number): Buffer {
    const taken = this.#held.subarray(0, bytes);
    this.#held = this.#held.subarray(bytes);
    return taken;
  }
}
