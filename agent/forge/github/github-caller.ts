import type { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { Asked } from "../forge-failure.ts";
import type { ForgeAnswer, ForgeOptions } from "../forge.ts";
import { createLibraryCaller } from "../library-caller.ts";
import type { LibraryAnswer, LibraryCaller, Question, Subject } from "../library-caller.ts";
import { createLibraryExchange } from "../library-exchange.ts";
import { createGithubLogin } from "./github-login.ts";
import type { SignedApp } from "./github-login.ts";
import { NEEDS } from "./github-needs.ts";
import { openOctokit } from "./open-octokit.ts";

/** `common` belongs into every request about the repository. */
export interface GithubApi {
  readonly rest: Octokit["rest"];
  readonly common: Common;
}

/** Whose repository, with which token, until when. */
export type Common = {
  readonly owner: string;
  readonly repo: string;
  readonly headers: { readonly authorization: string };
  readonly request: { readonly signal: AbortSignal };
};

/** Where a list continues. */
export type Page = {
  readonly per_page: number;
  readonly page: number;
  /** Of a list without numbers of pages; absent on the first. */
  readonly after?: string;
};

export interface GithubCaller extends LibraryCaller<GithubApi, Page> {
  /** The app that is signed in; null: the login is a token. */
  app(subject: Subject, signal: AbortSignal): Promise<ForgeAnswer<SignedApp | null>>;
  close(): void;
}

export function createGithubCaller(options: ForgeOptions): GithubCaller {
  const { repository, apiUrl } = options;
  const slash = repository.lastIndexOf("/");
  const place = { owner: repository.slice(0, slash), repo: repository.slice(slash + 1) };
  const exchange = createLibraryExchange(options);
  const octokit = openOctokit(apiUrl, exchange);
  const login = createGithubLogin(options, octokit);
  const asking = ({ what, needs }: Subject): Asked => ({
    forge: "GitHub",
    host: new URL(apiUrl).host,
    what: `${what} of ${repository}`,
    needs,
  });
  const caller = createLibraryCaller<GithubApi, Page>(options, {
    asking,
    open: async (asked, signal) => {
      const read = await login.read(asked, signal);
      if (read.kind === "failed") return read;
      const { token } = read.value;
      const { rest } = await octokit();
      const headers = { authorization: `Bearer ${token}` };
      const api = { rest, common: { ...place, headers, request: { signal } } };
      return { kind: "ok", value: { api, token } };
    },
    onRefused: () => login.forget(),
    look: REPOSITORY,
    firstPage: { per_page: 100, page: 1 },
    pageAfter,
  });
  return {
    ...caller,
    app: async (subject, signal) => {
      const read = await login.read(asking(subject), signal);
      return read.kind === "failed" ? read : { kind: "ok", value: read.value.app };
    },
    close: () => exchange.close(),
  };
}

const REPOSITORY: Question<GithubApi, unknown> = {
  what: "the name",
  needs: NEEDS.repository,
  wire: z.unknown(),
  send: ({ rest, common }) => rest.repos.get(common),
};

/** The link only says whether there is more: its address may be one that is not ours to ask. */
function pageAfter({ per_page, page }: Page, { headers }: LibraryAnswer): Page | null {
  const link = /<([^>]*)>;\s*rel="next"/.exec(String(headers["link"] ?? ""));
  if (link === null) return null;
  const after = URL.parse(link[1] ?? "", "https://forge.invalid")?.searchParams.get("after");
  const next = { per_page, page: page + 1 };
  return typeof after === "string" ? { ...next, after } : next;
}
