import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Files } from "../../contract/forge/forge-world.ts";
import { GitRepository } from "../git-repository.ts";

const run = promisify(execFile);

/** What a person has of a forge's repository on the own machine, pushed by the real git. */
export class ForgeClone {
  readonly #local = GitRepository.create();
  /** True: `main` was moved on the forge. */
  isMainOld = false;

  commit(files: Files, branch: string, parents: readonly string[]): string {
    return this.#local.commit(files, { branch, parents });
  }

  head(branch: string): string {
    const head = this.#local.head(branch);
    if (head === null) throw new Error(`there is no branch ${branch}`);
    return head;
  }

  point(branch: string, sha: string): void {
    this.#local.forceBranch(sha, branch);
  }

  /** `main` as it is on the forge. */
  async takeMain(url: string): Promise<void> {
    if (!this.isMainOld) return;
    this.isMainOld = false;
    await this.#git("fetch", "--quiet", url, "+refs/heads/main:refs/heads/main");
  }

  async push(url: string, branch: string, to = `refs/heads/${branch}`): Promise<void> {
    await this.#git("push", "--quiet", url, `+refs/heads/${branch}:${to}`);
  }

  async drop(url: string, ref: string): Promise<void> {
    await this.#git("push", "--quiet", url, `:${ref}`);
  }

  /** Pushes an annotated tag of `main`. */
  async tag(url: string, name: string, note: string): Promise<void> {
    this.#local.tag(name, "refs/heads/main", note);
    await this.#git("push", "--quiet", url, `refs/tags/${name}`);
  }

  async refAt(url: string, ref: string): Promise<string | null> {
    return (await this.#git("ls-remote", url, ref)).split("\t")[0] || null;
  }

  remove(): void {
    this.#local.remove();
  }

  async #git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["--git-dir", this.#local.folder, ...args], {
      env: { ...process.env, GIT_TERMINAL_PROMPT: "0", GIT_CONFIG_NOSYSTEM: "1" },
    });
    return stdout;
  }
}
