import { z } from "zod";
import { OperatorError } from "../../kernel/errors.ts";
import { quoted } from "../../kernel/quoted.ts";
import { Secret } from "../../kernel/secret.ts";
import type { BootstrapContext, BootstrapStep } from "./bootstrap-context.ts";

/** The agent's account and its token. */

const person = z.object({ id: z.number(), login: z.string(), is_admin: z.boolean() });

type Person = z.infer<typeof person>;

export const botStep: BootstrapStep = {
  about: "bot",
  run: async (context) => {
    const { api, wish, newSecret } = context;
    const found = await findPerson(context);
    if (found !== null) {
      if (found.is_admin) throw notABot(wish.bot);
      return `found ${quoted(wish.bot)} (id ${found.id})`;
    }
    const { status } = await api.send({
      method: "POST",
      path: "/admin/users",
      body: {
        username: wish.bot,
        email: `${wish.bot}@noreply.localhost`,
        // It is not kept: the admin makes the token.
        password: newSecret().reveal(),
        must_change_password: false,
        // It sees nothing but what it is a collaborator of.
        restricted: true,
      },
    });
    // 422: a run at the same time made it, or the address of the mail is taken.
    const bot = await findPerson(context);
    if (bot !== null) return `made ${quoted(wish.bot)} (id ${bot.id})`;
    throw new OperatorError(
      "GiteaConflict",
      `the account ${quoted(wish.bot)} cannot be made (Gitea answered ${status}): its name or mail is taken or not allowed. Name another with --bot`,
    );
  },
};

function findPerson({ api, wish }: BootstrapContext): Promise<Person | null> {
  const path = `/users/${encodeURIComponent(wish.bot)}`;
  return api.find(path, { body: person, todo: `show the account ${quoted(wish.bot)}` });
}

function notABot(bot: string): OperatorError {
  return new OperatorError(
    "GiteaConflict",
    `the account ${quoted(bot)} is a site admin, and the agent must not be one: name another with --bot`,
  );
}

const TOKEN_NAME = "room-operator";
/** Statuses need write on code; they are the reason for write:repository. */
const SCOPES = ["read:user", "write:issue", "write:repository"];

const token = z.object({
  id: z.number(),
  name: z.string(),
  token_last_eight: z.string(),
  scopes: z.array(z.string()).nullable(),
});

export const tokenStep: BootstrapStep = {
  about: "token",
  run: async (context) => {
    const { api, wish, handover } = context;
    const path = `/users/${encodeURIComponent(wish.bot)}/tokens`;
    const kept = handover.secret("bot-token");
    const known = (await api.list(path, token)).find(({ name }) => name === TOKEN_NAME);
    if (kept !== null && known !== undefined && (await isToken(context, { kept, known }))) {
      return `found in ${handover.folder}/bot-token`;
    }
    if (known !== undefined) {
      const byId = { method: "DELETE", path: `${path}/${known.id}` } as const;
      const wanted = { statuses: [204, 404], body: z.unknown(), todo: "delete the bot's token" };
      await api.expect(byId, wanted);
    }
    const { sha1 } = await api.expect(
      { method: "POST", path, body: { name: TOKEN_NAME, scopes: SCOPES } },
      { statuses: [201], body: z.object({ sha1: z.string().min(20) }), todo: "make a token" },
    );
    handover.keep("bot-token", new Secret(sha1));
    return `made with ${SCOPES.join(", ")}, written to ${handover.folder}/bot-token`;
  },
};

/** Whether the token that was handed over before is this one, with these scopes, and works. */
async function isToken(
  { api }: BootstrapContext,
  { kept, known }: { readonly kept: Secret; readonly known: z.infer<typeof token> },
): Promise<boolean> {
  const scopes = (known.scopes ?? []).toSorted().join();
  if (!kept.reveal().endsWith(known.token_last_eight) || scopes !== SCOPES.join()) return false;
  const { status } = await api.send({ method: "GET", path: "/user", token: kept });
  return status === 200;
}
