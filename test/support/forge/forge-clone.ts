import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Files } from "../../contract/forge/forge-world.ts";
import { GitRepository } from "../git-repository.ts";
import type { NearGit } from "./gitea-near.ts";

const run = promisify(execFile);

/** What a person has of a forge's repository on the own machine. */
export class ForgeClone {
  readonly #local = GitRepository.create();
  readonly #near: NearGit | null;
  /** True: `main` was moved on the forge. */
  isMainOld = false;

  /** `near`: of a forge in this process. Without it all is done by the real git. */
  constructor(near: NearGit | null = null) {
    this.#near = near;
  }

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
    const ref = "refs/heads/main";
    if (this.#near === null) await this.#git("fetch", "--quiet", url, `+${ref}:${ref}`);
    else this.#near.fetch(url, this.#local, ref);
  }

  /** Pushes a branch to the forge. */
  async give(url: string, branch: string): Promise<void> {
    const ref = `refs/heads/${branch}`;
    if (this.#near === null) await this.push(url, branch);
    else this.#near.push(url, { from: this.#local, sha: this.head(branch), ref });
  }

  /** The same by the real git, wherever the forge is. */
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
    if (this.#near !== null) return this.#near.refAt(url, ref);
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
