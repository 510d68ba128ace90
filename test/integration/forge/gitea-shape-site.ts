import { GiteaPerson } from "../../support/forge/gitea-person.ts";
import type { GiteaStandIn } from "../../support/forge/gitea-stand-in.ts";

export interface ToldAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export type Told = AsyncGenerator<readonly [name: string, answer: ToldAnswer]>;

export const SPECS = "/repos/ada/specs";
export const NO_SHA = "1".repeat(40);

/** A site with the persons of the recorded one, who send requests. */
export class ShapeSite {
  readonly gitea: GiteaStandIn;
  readonly people = new Map<string, GiteaPerson>();

  constructor(gitea: GiteaStandIn) {
    this.gitea = gitea;
    this.people.set("ops", this.password("ops", "opspass1234"));
  }

  password(login: string, password: string): GiteaPerson {
    return GiteaPerson.withPassword(this.gitea.apiUrl, login, password);
  }

  as(who: string): GiteaPerson {
    const person = this.people.get(who);
    if (person === undefined) throw new Error(`nobody is called ${who}`);
    return person;
  }

  async send(who: string, method: string, path: string, body?: unknown): Promise<ToldAnswer> {
    return this.as(who).send(method, path, body);
  }

  async token(login: string, scopes: readonly string[], name: string): Promise<GiteaPerson> {
    const token = await this.password(login, `${login}pass1234`).makeToken(name, scopes);
    return GiteaPerson.withToken(this.gitea.apiUrl, login, token);
  }

  /** New branches begin at `main`. */
  async write(branch: string, files: Readonly<Record<string, string>>): Promise<string> {
    const { state } = this.gitea;
    const repo = state.repo("ada", "specs");
    const isNew = repo?.git.head(branch) === null;
    const changes = Object.entries(files).map(([path, text]) => ({
      operation: "upload",
      path,
      content: Buffer.from(text).toString("base64"),
    }));
    const isFirst = repo?.git.head("main") === null;
    await this.as("ada").done("POST", `${SPECS}/contents`, {
      branch: isNew && !isFirst ? "main" : branch,
      ...(isNew && !isFirst ? { new_branch: branch } : {}),
      message: `change ${branch}`,
      files: changes,
    });
    return repo?.git.head(branch) ?? "";
  }

  /** Without signing in. */
  async sendWithout(method: string, path: string): Promise<ToldAnswer> {
    const answer = await fetch(`${this.gitea.apiUrl}${path}`, { method });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }
}
