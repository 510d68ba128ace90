import type * as Gitbeaker from "@gitbeaker/rest";
import { z } from "zod";
import { tokenUnusable } from "../forge-failure.ts";
import type { Asked } from "../forge-failure.ts";
import type { ForgeOptions } from "../forge.ts";
import { createLibraryCaller } from "../library-caller.ts";
import type { LibraryAnswer, LibraryCaller, Question, Subject } from "../library-caller.ts";
import { createLibraryExchange } from "../library-exchange.ts";
import type { WireHeaders } from "../library-exchange.ts";
import { readLogin } from "../library-login.ts";
import { NEEDS } from "./gitlab-needs.ts";
import { gitlabRequester } from "./gitlab-requester.ts";

type Library = typeof Gitbeaker;

/** A resource of the library, asked once. */
export interface GitlabApi {
  /** The path of the project. */
  readonly project: string;
  /** Gives what `send` came to, and the headers of its answer. */
  readonly answer: (
    send: (library: Library, options: ResourceOptions) => Promise<unknown>,
  ) => Promise<LibraryAnswer>;
  /** A page of what the library has no resource for; `path` is encoded, from the project on. */
  readonly page: (path: string, page: Page) => Promise<LibraryAnswer>;
}

/** What every resource of the library is made with. */
export interface ResourceOptions {
  readonly host: string;
  readonly queryTimeout: null;
  readonly requesterFn: (resource: { readonly url: string }) => ReturnType<typeof gitlabRequester>;
}

/** Where a list continues. `showExpanded` is what all lists of the library have in common. */
export type Page = {
  readonly perPage: number;
  readonly page: number;
  readonly showExpanded: false;
};

export interface GitlabCaller extends LibraryCaller<GitlabApi, Page> {
  close(): void;
}

const API_PATH = /\/api\/v4\/*$/;

export function createGitlabCaller(options: ForgeOptions): GitlabCaller {
  const { apiUrl, repository } = options;
  const exchange = createLibraryExchange(options);
  const asking = ({ what, needs }: Subject): Asked => ({
    forge: "GitLab",
    host: new URL(apiUrl).host,
    what: `${what} of ${repository}`,
    needs,
  });
  const caller = createLibraryCaller<GitlabApi, Page>(options, {
    asking,
    open: async (asked, signal) => {
      const login = await readLogin(options, asked, signal);
      if (login.kind === "failed") return login;
      if (login.value.kind !== "token") return tokenUnusable(asked, NO_APP);
      const { token } = login.value;
      // Loaded when it is first needed: an agent without a project on GitLab does not pay for it.
      const library = await import("@gitbeaker/rest");
      const answer: GitlabApi["answer"] = async (send) => {
        let headers: WireHeaders = {};
        const onHeaders = (answered: WireHeaders) => {
          headers = answered;
        };
        const data = await send(library, {
          host: apiUrl.replace(API_PATH, ""),
          queryTimeout: null,
          requesterFn: (resource) =>
            gitlabRequester(resource, { exchange, token, signal, onHeaders }),
        });
        return { data, headers };
      };
      const page: GitlabApi["page"] = (path, { perPage, page }) =>
        answer(async (_, { requesterFn }) => {
          const url = `${apiUrl}/projects/${encodeURIComponent(repository)}`;
          return (await requesterFn({ url }).get(path, { searchParams: { perPage, page } })).body;
        });
      return { kind: "ok", value: { api: { project: repository, answer, page }, token } };
    },
    onRefused: () => undefined,
    look: PROJECT,
    firstPage: { perPage: 100, page: 1, showExpanded: false },
    pageAfter,
  });
  return { ...caller, close: () => exchange.close() };
}

const NO_APP =
  "GitLab has no apps that sign in with a key. Give the agent an access token of the project.";

const PROJECT: Question<GitlabApi, unknown> = {
  what: "the name",
  needs: NEEDS.read,
  wire: z.unknown(),
  send: ({ project, answer }) =>
    answer(({ Projects }, options) => new Projects(options).show(project)),
};

function pageAfter(page: Page, { headers }: LibraryAnswer): Page | null {
  const next = String(headers["x-next-page"] ?? "");
  return /^\d{1,9}$/.test(next) && Number(next) > page.page
    ? { ...page, page: Number(next) }
    : null;
}
