import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { eventually } from "../eventually.ts";
import type { NearGit } from "./gitea-near.ts";
import type { Who } from "../../contract/forge/forge-world.ts";

/** Whoever uses a Gitea, real or not, by its API. */
export class GiteaPerson {
  readonly login: string;
  readonly #apiUrl: string;
  readonly #authorization: string;

  private constructor(apiUrl: string, login: string, authorization: string) {
    this.#apiUrl = apiUrl;
    this.login = login;
    this.#authorization = authorization;
  }

  static withPassword(apiUrl: string, login: string, password: string): GiteaPerson {
    const pair = Buffer.from(`${login}:${password}`).toString("base64");
    return new GiteaPerson(apiUrl, login, `Basic ${pair}`);
  }

  static withToken(apiUrl: string, login: string, token: string): GiteaPerson {
    return new GiteaPerson(apiUrl, login, `token ${token}`);
  }

  /** The status and the parsed body of an answer; null where it has none. */
  async send(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
    const answer = await fetch(`${this.#apiUrl}${path}`, {
      method,
      redirect: "manual",
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") === true;
    const parsed: unknown = text !== "" && isJson ? JSON.parse(text) : text;
    return { status: answer.status, body: parsed, headers: answer.headers };
  }

  /** The same, where anything but success is an error of the test. */
  async ask<T>(method: string, path: string, schema: z.ZodType<T>, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.status < 200 || answer.status > 299) {
      const said = JSON.stringify(answer.body).slice(0, 300);
      throw new Error(`${this.login}: ${method} ${path} was answered ${answer.status}: ${said}`);
    }
    return schema.parse(answer.body);
  }

  async done(method: string, path: string, body?: unknown): Promise<void> {
    await this.ask(method, path, z.unknown(), body);
  }

  /** A token of this person, which takes the password. */
  async makeToken(name: string, scopes: readonly string[]): Promise<string> {
    const schema = z.object({ sha1: z.string() });
    const path = `/users/${this.login}/tokens`;
    const { sha1 } = await this.ask("POST", path, schema, { name, scopes });
    return sha1;
  }
}

const withId = z.object({ id: z.int() });

/** A user of a site with a token. */
export interface Member {
  readonly id: number;
  readonly login: string;
  readonly token: string;
  readonly api: GiteaPerson;
}

export interface GiteaSite {
  /** Without a `/` at its end. */
  readonly url: string;
  readonly admin: { readonly login: string; readonly password: string };
  /** Of a stand-in in this process. */
  readonly near?: NearGit;
}

/** The scopes that the agent needs to write statuses and comments. */
const AGENT_SCOPES = ["write:repository", "write:issue"];

/** New users of a site, who have names of their own there. */
export async function makePeople(site: GiteaSite): Promise<Readonly<Record<Who, Member>>> {
  const apiUrl = `${site.url}/api/v1`;
  const { login, password } = site.admin;
  const admin = GiteaPerson.withPassword(apiUrl, login, password);
  const mark = randomBytes(4).toString("hex");
  const member = async (name: Who, scopes: readonly string[]) =>
    makeMember(admin, apiUrl, { login: `${name}-${mark}`, scopes });
  return {
    ada: await member("ada", ["all"]),
    bob: await member("bob", ["all"]),
    agent: await member("agent", AGENT_SCOPES),
  };
}

/** Makes a user, as an administrator of the site. */
async function makeMember(
  admin: GiteaPerson,
  apiUrl: string,
  { login, scopes }: { readonly login: string; readonly scopes: readonly string[] },
): Promise<Member> {
  const password = `pass-${login}`;
  const email = `${login}@example.test`;
  const wanted = { username: login, email, password, must_change_password: false };
  const { id } = await admin.ask("POST", "/admin/users", withId, wanted);
  const token = await GiteaPerson.withPassword(apiUrl, login, password).makeToken("test", scopes);
  return { id, login, token, api: GiteaPerson.withToken(apiUrl, login, token) };
}

/** The id of a label of a repository, `owner/name`; the first of its name. */
export async function labelId(api: GiteaPerson, repository: string, name: string): Promise<number> {
  const schema = z.array(z.object({ id: z.int(), name: z.string() }));
  for (let page = 1; ; page += 1) {
    const path = `/repos/${repository}/labels?limit=50&page=${page}`;
    const labels = await api.ask("GET", path, schema);
    const found = labels.find((label) => label.name === name);
    if (found !== undefined) return found.id;
    if (labels.length === 0) throw new Error(`there is no label ${name}`);
  }
}

/** The first page of what happened to a pull request. */
export async function timelineOf(
  api: GiteaPerson,
  repository: string,
  number: number,
): Promise<readonly { id: number; type: string }[]> {
  const schema = z.array(z.object({ id: z.int(), type: z.string() })).nullable();
  const path = `/repos/${repository}/issues/${number}/timeline?limit=50`;
  return (await api.ask("GET", path, schema)) ?? [];
}

/** Waits until what follows a first push was done: before that the repository counts as empty. */
export async function notEmpty(api: GiteaPerson, repository: string): Promise<void> {
  const schema = z.object({ empty: z.boolean() });
  await eventually(
    `${repository} is not empty`,
    async () => !(await api.ask("GET", `/repos/${repository}`, schema)).empty,
  );
}

/** In which a real Gitea has worked off a push, ms; nothing that can be asked for says so. */
const PUSH_SETTLES_MS = 1500;

/** Before that, a pull request that is opened again gets the push into its history. The stand-in has no queue. */
export async function pushSettles({ near }: GiteaSite): Promise<void> {
  if (near === undefined) await sleep(PUSH_SETTLES_MS);
}
