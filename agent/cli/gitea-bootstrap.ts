import { fileProblem } from "../kernel/file-problem.ts";
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readBounded } from "../config/read-bounded.ts";
import { parseDuration } from "../config/values.ts";
import { bootstrap } from "../forge/gitea-bootstrap/bootstrap.ts";
import type { BootstrapWish } from "../forge/gitea-bootstrap/bootstrap-context.ts";
import { Handover } from "../forge/gitea-bootstrap/handover.ts";
import { systemClock } from "../kernel/clock.ts";
import { OperatorError } from "../kernel/errors.ts";
import { packageFile } from "../kernel/package-files.ts";
import { quoted } from "../kernel/quoted.ts";
import { Secret } from "../kernel/secret.ts";
import type { CommandIo } from "./command.ts";

const DONE = 0;
const MISUSED = 2;

const MAX_PASSWORD_BYTES = 1024;
const SECRET_BYTES = 32;
const EXAMPLE = fileURLToPath(packageFile("specs-example"));

/** A name that is itself in an address, and that Gitea takes. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,38}$/;

const OPTIONS = {
  url: { type: "string", default: "http://localhost:3000" },
  admin: { type: "string", default: "ops" },
  "password-file": { type: "string", default: "" },
  handover: { type: "string", default: "" },
  webhook: { type: "string", default: "" },
  bot: { type: "string", default: "room-operator" },
  organization: { type: "string", default: "rooms" },
  repository: { type: "string", default: "specs" },
  content: { type: "string", default: EXAMPLE },
  "keep-content": { type: "boolean", default: false },
  wait: { type: "string", default: "120s" },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

/**
 * `gitea-bootstrap --password-file FILE --handover FOLDER --webhook URL …`: sets a Gitea up for the agent. Safe to repeat. Exit code
 * 0 when it is set up, 1 when it cannot be, 2 when it was called wrongly.
 */
export async function giteaBootstrap(
  args: readonly string[],
  io: Pick<CommandIo, "stdout" | "stderr" | "cwd" | "signal">,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const mistake = mistakeIn(values);
  if (mistake !== null) {
    io.stderr.write(`${mistake}. See room-operator gitea-bootstrap --help\n`);
    return MISUSED;
  }
  const password = await readPassword(resolve(io.cwd, values["password-file"]), io.signal);
  await bootstrap(toWish(values, password, io.cwd), {
    clock: systemClock,
    handover: new Handover(resolve(io.cwd, values.handover)),
    newSecret: () => new Secret(randomBytes(SECRET_BYTES).toString("hex")),
    say: (line) => io.stdout.write(`${line}\n`),
    signal: io.signal,
  });
  return DONE;
}

function mistakeIn(values: Values): string | null {
  for (const name of ["password-file", "handover", "webhook"] as const) {
    if (values[name] === "") return `--${name} is missing`;
  }
  for (const name of ["url", "webhook"] as const) {
    if (!isHttp(values[name])) {
      return `--${name} ${quoted(values[name])} is not an http or https address without user, password, ? and #`;
    }
  }
  for (const name of ["admin", "bot", "organization", "repository"] as const) {
    if (!NAME.test(values[name])) {
      return `--${name} ${quoted(values[name])} is not a name: 1 to 39 letters, digits, ".", "_" and "-", beginning with a letter or digit`;
    }
  }
  if (values.bot === values.admin) return "--bot and --admin are the same account";
  if (parseDuration(values.wait) === undefined) {
    return `--wait ${quoted(values.wait)} is not a duration such as 120s`;
  }
  return null;
}

function isHttp(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) return false;
  return url.username === "" && url.password === "" && url.search === "" && url.hash === "";
}

function toWish(values: Values, password: Secret, cwd: string): BootstrapWish {
  return {
    url: new URL(values.url),
    admin: { login: values.admin, password },
    organization: values.organization,
    repository: values.repository,
    branch: "main",
    bot: values.bot,
    webhookUrl: values.webhook,
    contentFolder: resolve(cwd, values.content),
    keepContent: values["keep-content"],
    waitMs: parseDuration(values.wait) ?? 0,
  };
}

async function readPassword(path: string, signal: AbortSignal): Promise<Secret> {
  const unusable = (why: string) =>
    new OperatorError(
      "SetupFilesUnusable",
      `the password of the site admin cannot be read from ${quoted(path)}: ${why}. Write it there in one line, readable by user ${process.getuid?.() ?? "of this program"}`,
    );
  let text: string;
  try {
    text = (await readBounded(path, MAX_PASSWORD_BYTES, signal)).toString("utf8");
  } catch (error) {
    signal.throwIfAborted();
    throw unusable(fileProblem(error));
  }
  const password = text.replace(/\r?\n$/, "");
  if (text.length > MAX_PASSWORD_BYTES) throw unusable(`it is over ${MAX_PASSWORD_BYTES} bytes`);
  if (password === "" || /[\r\n]/.test(password)) throw unusable("it is not one line");
  return new Secret(password);
}
