import { createPrivateKey } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import { KeyedLock } from "../../kernel/keyed-lock.ts";
import { tokenUnusable } from "../forge-failure.ts";
import type { Asked } from "../forge-failure.ts";
import type { ForgeAnswer, ForgeFailure, ForgeLogin, ForgeOptions } from "../forge.ts";
import { wireFailureOf } from "../library-exchange.ts";
import { libraryFailure, parsed } from "../library-failure.ts";
import { isHeaderToken, readLogin } from "../library-login.ts";
import { KeptTokens } from "./kept-tokens.ts";
import { installationTokenWire } from "./github-wire.ts";

/** What a request is signed with. */
export interface GithubToken {
  readonly token: string;
  /** Null: it is not an app's. */
  readonly app: SignedApp | null;
}

export interface SignedApp {
  /** A token of the app itself, not of its installation; for a few minutes. */
  readonly jwt: () => Promise<string>;
  /** What its installation may do, such as `statuses`: `write`. */
  readonly permissions: Readonly<Record<string, string>>;
}

export interface GithubLogin {
  /** The token of now: files are read again at each call, and an app's token is renewed before it expires. */
  read(asked: Asked, signal: AbortSignal): Promise<ForgeAnswer<GithubToken>>;
  /** A token was refused: that of an app is not used again. */
  forget(): void;
}

type App = Extract<ForgeLogin, { kind: "app" }>;

/**
 * The library shares one request among all in this process that ask for the same number of an installation, also at another GitHub,
 * and would hand one's token to the other: one at a time.
 */
const ONE_AT_A_TIME = new KeyedLock();

export function createGithubLogin(
  options: ForgeOptions,
  octokit: () => Promise<Octokit>,
): GithubLogin {
  const kept = new KeptTokens(options.clock);
  return {
    read: async (asked, signal) => {
      const login = await readLogin(options, asked, signal);
      if (login.kind === "failed") return login;
      const { value } = login;
      if (value.kind === "token") return { kind: "ok", value: { token: value.token, app: null } };
      return ONE_AT_A_TIME.run([value.installationId], () => {
        signal.throwIfAborted();
        return signIn(value, { asked, kept, octokit, options, signal });
      });
    },
    forget: () => kept.clear(),
  };
}

interface SigningIn {
  readonly asked: Asked;
  readonly kept: KeptTokens;
  readonly octokit: () => Promise<Octokit>;
  readonly options: ForgeOptions;
  readonly signal: AbortSignal;
}

async function signIn(app: App, signing: SigningIn): Promise<ForgeAnswer<GithubToken>> {
  const { asked, kept, octokit, options, signal } = signing;
  const privateKey = toPkcs8(app.privateKey);
  if (privateKey === null) return tokenUnusable(asked, NOT_A_KEY);
  kept.belongTo(app);
  const { createAppAuth } = await import("@octokit/auth-app");
  const { request } = await octokit();
  const auth = createAppAuth({
    appId: app.appId,
    privateKey,
    installationId: app.installationId,
    request: request.defaults({ request: { signal } }),
    cache: kept,
  });
  try {
    const repositoryNames = [options.repository.replace(/^.*\//, "")];
    const given = await auth({ type: "installation", repositoryNames });
    const read = parsed(given, installationTokenWire, asked);
    if (read.kind === "failed") return read;
    const { token, permissions = {} } = read.value;
    if (!isHeaderToken(token)) return tokenUnusable(asked, "GitHub gave the app an unusable one.");
    const jwt = async () => (await auth({ type: "app" })).token;
    return { kind: "ok", value: { token, app: { jwt, permissions } } };
  } catch (error) {
    signal.throwIfAborted();
    return appFailure(error, app, signing);
  }
}

const NOT_A_KEY =
  "the app's private key is not an RSA key in PEM. Make a new one in the app's settings on GitHub and name its file as Forge.App.PrivateKeyFile.";

/** The one form that the library reads, of any that OpenSSL does. */
function toPkcs8(pem: string): string | null {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType !== "rsa") return null;
    return key.export({ type: "pkcs8", format: "pem" }).toString();
  } catch {
    return null;
  }
}

/** GitHub's answers that say no to the app, not to the moment. */
const REFUSALS: ReadonlySet<number> = new Set([401, 403, 404, 422]);

function appFailure(error: unknown, app: App, { asked, options }: SigningIn): ForgeFailure {
  const failure = wireFailureOf(error);
  if (failure === undefined) throw error;
  const installation = `a token for installation ${app.installationId} of app ${app.appId}`;
  const askedFor = { ...asked, what: installation, needs: "the app's id, installation and key" };
  const failed = libraryFailure(failure, askedFor, { token: "", nowMs: options.clock.nowMs() });
  const isRefusal =
    failure.kind === "refused" &&
    REFUSALS.has(failure.status) &&
    failed.reason !== "ForgeRateLimited";
  if (!isRefusal) return failed;
  return tokenUnusable(
    asked,
    `GitHub answered ${failure.status} when asked for ${installation}. Check Forge.App.Id, InstallationId and PrivateKeyFile, that the app is installed for "${options.repository}", and the clock of this machine.`,
  );
}
