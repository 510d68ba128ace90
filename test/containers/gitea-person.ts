import { join } from "node:path";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { run } from "./run.ts";

const GIT_NAMES = {
  GIT_AUTHOR_NAME: "Ops",
  GIT_AUTHOR_EMAIL: "ops@example.test",
  GIT_COMMITTER_NAME: "Ops",
  GIT_COMMITTER_EMAIL: "ops@example.test",
  GIT_TERMINAL_PROMPT: "0",
};

const label = z.object({ id: z.number(), name: z.string() });
const comment = z.object({ body: z.string(), user: z.object({ login: z.string() }) });
const combined = z.object({
  statuses: z
    .array(z.object({ context: z.string(), status: z.string(), target_url: z.string() }))
    .nullable(),
});

export type Status = NonNullable<z.infer<typeof combined>["statuses"]>[number];

/** A person who works with git and with Gitea's pages, which do what these calls do. */
export class GiteaPerson {
  readonly #url: string;
  readonly #password: string;
  readonly clone: string;

  constructor(url: string, password: string, folder: string) {
    this.#url = url;
    this.#password = password;
    this.clone = join(folder, "clone");
  }

  async cloneSpecs(): Promise<void> {
    const url = this.#url.replace("://", `://ops:${this.#password}@`);
    await run("git", ["clone", "-q", `${url}/rooms/specs.git`, this.clone]);
  }

  async git(...args: readonly string[]): Promise<string> {
    const { stdout } = await run("git", ["-C", this.clone, ...args], { env: GIT_NAMES });
    return stdout.trim();
  }

  async openPull(head: string, title: string): Promise<number> {
    const body = { title, head, base: "main" };
    const made = await this.#call("POST", "/pulls", body);
    return z.object({ number: z.number() }).parse(made.body).number;
  }

  async comments(pull: number): Promise<readonly z.infer<typeof comment>[]> {
    const { body } = await this.#call("GET", `/issues/${pull}/comments`);
    return z.array(comment).parse(body);
  }

  async addLabel(pull: number, name: string): Promise<void> {
    const { body } = await this.#call("GET", "/labels?limit=50");
    const found = z
      .array(label)
      .parse(body)
      .find((each) => each.name === name);
    await this.#call("POST", `/issues/${pull}/labels`, { labels: [found?.id] });
  }

  /** Resolves to the commit that `main` got. */
  async merge(pull: number): Promise<string> {
    // 405 while the forge still checks whether the branches fit together.
    await eventually(`pull request ${pull} is merged`, async () => {
      const { status } = await this.#call("POST", `/pulls/${pull}/merge`, { do: "merge" });
      return status === 200;
    });
    const { body } = await this.#call("GET", `/pulls/${pull}`);
    return z.object({ merge_commit_sha: z.string() }).parse(body).merge_commit_sha;
  }

  /** The newest status of a commit in a context. */
  async status(sha: string, context: string): Promise<Status | undefined> {
    const { body } = await this.#call("GET", `/commits/${sha}/status`);
    return combined.parse(body).statuses?.find((each) => each.context === context);
  }

  async #call(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const basic = Buffer.from(`ops:${this.#password}`).toString("base64");
    const answer = await fetch(`${this.#url}/api/v1/repos/rooms/specs${path}`, {
      method,
      headers: { Authorization: `Basic ${basic}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: text.startsWith("[") || text.startsWith("{") ? JSON.parse(text) : text,
    };
  }
}
