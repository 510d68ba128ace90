import { OperatorError } from "../kernel/errors.ts";
import type { Config, VerifyConfig } from "./config.ts";
import type { Problem } from "./problem.ts";
import { readAccess } from "./reach.ts";
import type { Reach } from "./reach.ts";
import { checkSshFiles, findProgram } from "./ssh-files.ts";
import type { SshFiles } from "./ssh-files.ts";
import { readVerifyFiles } from "./verify-files.ts";

/** What is wrong at the start with the files and programs that a configuration needs for its connections. `path`: of the environment. */
export async function checkFiles(
  { git, roomServer }: Config,
  path: string,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const found = [await checkReachFiles("RoomServer", roomServer.reach, signal)];
  for (const [position, source] of git.sources.entries()) {
    const { reach, auth, fetcher } = source;
    const section = `Git.Sources[${position}]`;
    found.push(await checkReachFiles(section, reach, signal));
    if (fetcher === "system") found.push(await checkGit(section, path));
    if (auth.kind === "ssh") found.push(await checkSsh(section, auth, { signal, path }));
    if (source.kind === "git" && source.verify !== null)
      found.push(await checkVerifying(section, source.verify, { signal, path }));
  }
  return found.flat();
}

/** A password file is not looked at: it may be mounted later, and each use says what is wrong with it. */
async function checkReachFiles(
  section: string,
  { tls }: Reach,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  return problemOf(section, () => readAccess({ tls, proxy: null }, signal), signal);
}

async function checkSsh(
  section: string,
  files: SshFiles,
  { signal, path }: { readonly signal: AbortSignal; readonly path: string },
): Promise<readonly Problem[]> {
  const found = await problemOf(section, () => checkSshFiles(files, signal), signal);
  if ((await findProgram("ssh", path)) !== null) return found;
  const message =
    "needs the program ssh, which no folder in PATH has; install OpenSSH's client (package openssh-client)";
  return [...found, { key: `${section}.Url`, message }];
}

async function checkGit(section: string, path: string): Promise<readonly Problem[]> {
  if ((await findProgram("git", path)) !== null) return [];
  const message =
    'is "system", but no folder in PATH has the program git; install git, or use "builtin"';
  return [{ key: `${section}.Fetcher`, message }];
}

/** Whatever checks signatures later on is there, and has keys. */
async function checkVerifying(
  section: string,
  verify: VerifyConfig,
  { signal, path }: { readonly signal: AbortSignal; readonly path: string },
): Promise<readonly Problem[]> {
  const found = [...(await problemOf(section, () => readVerifyFiles(verify, signal), signal))];
  const missing = async (
    name: "KeyFiles" | "AllowedSignersFile",
    program: string,
    from: string,
  ) => {
    if ((await findProgram(program, path)) !== null) return;
    const message = `needs the program ${program}, which no folder in PATH has; install it (package ${from})`;
    found.push({ key: `${section}.Verify.${name}`, message });
  };
  if (verify.keyFiles.length > 0) await missing("KeyFiles", "gpg", "gnupg");
  if (verify.allowedSignersFile !== null)
    await missing("AllowedSignersFile", "ssh-keygen", "openssh-client");
  return found;
}

async function problemOf(
  section: string,
  check: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  try {
    await check();
    return [];
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof OperatorError)) throw error;
    const { key } = error.data;
    if (typeof key !== "string") throw error;
    return [{ key: `${section}.${key}`, message: error.message.replace(`${key}: `, "") }];
  }
}
