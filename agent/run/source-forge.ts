import type { ForgeConfig, ForgeLoginConfig, SourceConfig } from "../config/config.ts";
import { readCredential } from "../config/credential.ts";
import { readBounded } from "../config/read-bounded.ts";
import { readAccess } from "../config/reach.ts";
import type { Forge, ForgeLogin } from "../forge/forge.ts";
import type { Edges } from "./edges.ts";

/** The client of the forge that a source's repository is on; null: none is asked. */
export async function sourceForge(
  source: SourceConfig,
  { implementations, clock }: Pick<Edges, "implementations" | "clock">,
): Promise<Forge | null> {
  const config = source.kind === "git" ? source.forge : null;
  return config === null ? null : implementations.openForge({ ...forgeOptions(config), clock });
}

export function forgeOptions({
  kind,
  apiUrl,
  repository,
  login,
  reach,
  timeoutMs,
}: ForgeConfig): Omit<Parameters<Edges["implementations"]["openForge"]>[0], "clock"> {
  return {
    kind,
    apiUrl,
    repository,
    login: () => readLogin(login),
    access: () => readAccess(reach),
    timeoutMs,
  };
}

async function readLogin(login: ForgeLoginConfig): Promise<ForgeLogin> {
  if (login.kind === "token")
    return { kind: "token", token: (await readCredential(login.token)).reveal() };
  const { kind, appId, installationId, privateKeyFile } = login;
  return { kind, appId, installationId, privateKey: await readKey(privateKeyFile) };
}

const MAX_KEY_BYTES = 65_536;

async function readKey(path: string): Promise<string> {
  const bytes = await readBounded(path, MAX_KEY_BYTES);
  if (bytes.length > MAX_KEY_BYTES)
    throw new Error(`${path} has more than ${MAX_KEY_BYTES} bytes; that is not a key`);
  return bytes.toString("utf8");
}
