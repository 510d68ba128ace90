import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { quoted } from "../../kernel/quoted.ts";
import { listed } from "../../kernel/shortened.ts";
import { repositoryPath } from "./bootstrap-context.ts";
import type { BootstrapContext, BootstrapStep } from "./bootstrap-context.ts";
import { readContent } from "./content-files.ts";
import type { ContentFile } from "./content-files.ts";

/** The organisation, its repository, what that begins with, and who may write to it. */

const ANYTHING = z.unknown();

export const organizationStep: BootstrapStep = {
  about: "organization",
  run: async ({ api, wish: { organization } }) => {
    const path = `/orgs/${encodeURIComponent(organization)}`;
    const todo = `show the organization ${quoted(organization)}`;
    const found = await api.find(path, { body: ANYTHING, todo });
    if (found !== null) return `found ${quoted(organization)}`;
    const body = { username: organization, visibility: "private" };
    const made = await api.send({ method: "POST", path: "/orgs", body });
    if (made.status === 201) return `made ${quoted(organization)}`;
    throw new OperatorError(
      "GiteaConflict",
      `the organization ${quoted(organization)} cannot be made (Gitea answered ${made.status}): a person has that name, or it is not allowed. Name another with --organization`,
    );
  },
};

const repository = z.object({ id: z.number(), empty: z.boolean(), archived: z.boolean() });

type Repository = z.infer<typeof repository>;

export const repositoryStep: BootstrapStep = {
  about: "repository",
  run: async (context) => {
    const { api, wish } = context;
    const name = `${wish.organization}/${wish.repository}`;
    const found = await findRepository(context);
    if (found?.archived === true) {
      throw new OperatorError(
        "GiteaConflict",
        `the repository ${quoted(name)} is archived: unarchive it in its settings, or name another with --repository`,
      );
    }
    if (found !== null) return `found ${quoted(name)}`;
    await api.expect(
      {
        method: "POST",
        path: `/orgs/${encodeURIComponent(wish.organization)}/repos`,
        body: {
          name: wish.repository,
          default_branch: wish.branch,
          auto_init: false,
          private: true,
        },
      },
      { statuses: [201], body: ANYTHING, todo: `make the repository ${quoted(name)}` },
    );
    return `made ${quoted(name)}`;
  },
};

function findRepository({ api, wish }: BootstrapContext): Promise<Repository | null> {
  const todo = `show the repository ${quoted(wish.repository)}`;
  return api.find(repositoryPath(wish), { body: repository, todo });
}

export const contentStep: BootstrapStep = {
  about: "content",
  run: async (context) => {
    const { wish, handover } = context;
    const found = await findRepository(context);
    if (found === null) {
      throw new OperatorError(
        "GiteaConflict",
        `the repository ${quoted(wish.repository)} is gone: run this again`,
      );
    }
    const isOurs = handover.made.repositoryId === found.id;
    const line = found.empty ? await fill(context) : await keep(context, isOurs);
    handover.note({ repositoryId: found.id });
    return line;
  },
};

/** All files in one commit: a run that is killed has made all or none. */
async function fill({ api, wish }: BootstrapContext): Promise<string> {
  const files = readContent(wish.contentFolder);
  await api.expect(
    {
      method: "POST",
      path: `${repositoryPath(wish)}/contents`,
      body: {
        branch: wish.branch,
        message: "Add the first rooms",
        files: files.map(({ path, bytes }) => ({
          operation: "create",
          path,
          content: bytes.toString("base64"),
        })),
      },
    },
    { statuses: [201], body: ANYTHING, todo: `commit ${files.length} files` },
  );
  return `committed ${files.length} files of ${wish.contentFolder} to ${wish.branch}`;
}

const tree = z.object({
  tree: z.array(z.object({ path: z.string(), type: z.string(), sha: z.string() })),
  truncated: z.boolean(),
});

/** A repository that was set up before keeps whatever people pushed since. */
async function keep(context: BootstrapContext, isOurs: boolean): Promise<string> {
  const { api, wish } = context;
  const branch = encodeURIComponent(wish.branch);
  const head = await api.find(`${repositoryPath(wish)}/branches/${branch}`, {
    body: ANYTHING,
    todo: `show the branch ${quoted(wish.branch)}`,
  });
  if (head === null) throw otherContent(context, `has no branch ${quoted(wish.branch)}`);
  if (isOurs) return "found, as people left it";
  if (wish.keepContent) return "found, taken as it is (--keep-content)";
  const path = `${repositoryPath(wish)}/git/trees/${branch}?recursive=true&per_page=1000`;
  const { body } = await api.send({ method: "GET", path });
  const parsed = tree.safeParse(body);
  const there = parsed.success ? parsed.data.tree.filter(({ type }) => type !== "tree") : [];
  if (parsed.success && !parsed.data.truncated && isSame(there, readContent(wish.contentFolder))) {
    return "found, as an earlier run left it";
  }
  const names = listed(there.map((entry) => entry.path));
  throw otherContent(context, `holds ${names === "" ? "something else" : names}`);
}

function isSame(
  there: readonly { readonly path: string; readonly sha: string }[],
  files: readonly ContentFile[],
): boolean {
  const ids = new Map(there.map(({ path, sha }) => [path, sha]));
  return ids.size === files.length && files.every(({ path, blobId }) => ids.get(path) === blobId);
}

function otherContent({ wish }: BootstrapContext, why: string): OperatorError {
  return new OperatorError(
    "GiteaConflict",
    `the repository ${quoted(`${wish.organization}/${wish.repository}`)} is there already and ${why}. Nothing in it was changed. Name another with --repository, or take it as it is with --keep-content`,
  );
}

export const collaboratorStep: BootstrapStep = {
  about: "bot's rights",
  run: async ({ api, wish }) => {
    const path = `${repositoryPath(wish)}/collaborators/${encodeURIComponent(wish.bot)}`;
    const permission = z.object({ permission: z.string() });
    const shown = await api.send({ method: "GET", path: `${path}/permission` });
    const now = permission.safeParse(shown.body);
    if (now.success && now.data.permission === "write") return "found: write";
    await api.expect(
      { method: "PUT", path, body: { permission: "write" } },
      { statuses: [204], body: ANYTHING, todo: `let ${wish.bot} write to the repository` },
    );
    return "given: write, which statuses need";
  },
};
