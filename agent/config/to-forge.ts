import { resolve } from "node:path";
import { Secret } from "../kernel/secret.ts";
import type { ForgeConfig, ForgeLoginConfig } from "./config.ts";
import { apiAddress, forgeAddress, forgeRepository } from "./forge-address.ts";
import type { SourceSettings } from "./schema.ts";
import { toReach, type Surroundings } from "./to-reach.ts";

/** The forge of a source, of settings that passed every check; null: none is asked. */
export function toForge(
  settings: SourceSettings & { readonly url: string },
  surroundings: Surroundings,
): ForgeConfig | null {
  const { Forge, Labels, Plan } = settings;
  const kind = Forge.Kind;
  if (kind === undefined) return null;
  const web = Forge.Url ?? forgeAddress(settings.url);
  return {
    kind,
    webUrl: web.replace(/\/+$/, ""),
    apiUrl: apiAddress(kind, web),
    repository: Forge.Repository ?? forgeRepository(settings.url, kind) ?? "",
    login: toLogin(Forge, surroundings.cwd),
    reach: toReach({ url: web, Tls: settings.Tls, Proxy: settings.Proxy }, surroundings),
    timeoutMs: Forge.TimeoutSeconds * 1000,
    commitStatus: Forge.CommitStatus,
    labels: {
      confirm: Labels.Confirm,
      dryRun: Labels.DryRun,
      confirmId: Labels.ConfirmId ?? null,
      allowedPersons: Labels.AllowedPersons ?? null,
      requireOtherPerson: Labels.RequireOtherPerson,
    },
    plan: {
      enabled: Plan.Enabled,
      forks: Plan.Forks,
      failOnRefusal: Plan.FailOnRefusal,
      requireReviewedPlan: Plan.RequireReviewedPlan,
      intervalMs: Plan.IntervalSeconds * 1000,
      mostPullRequests: Plan.MostPullRequests,
    },
  };
}

function toLogin(
  { Token, TokenFile, App }: SourceSettings["Forge"],
  cwd: string,
): ForgeLoginConfig {
  const { Id, InstallationId, PrivateKeyFile } = App;
  if (Id !== undefined && InstallationId !== undefined && PrivateKeyFile !== undefined) {
    const privateKeyFile = resolve(cwd, PrivateKeyFile);
    return { kind: "app", appId: Id, installationId: InstallationId, privateKeyFile };
  }
  const token =
    Token === undefined
      ? ({ kind: "file", path: resolve(cwd, TokenFile ?? ""), holds: "token" } as const)
      : ({ kind: "value", secret: new Secret(Token) } as const);
  return { kind: "token", token };
}
