import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "../../support/page.ts";

/** A call of the logger: its constant sentence and the levels it may have. */
export interface LogCall {
  readonly file: string;
  /** Undefined where the last argument is not a string literal. */
  readonly message: string | undefined;
  readonly levels: readonly string[];
}

const CALL = /\b(?:log|logger)(?:\.(info|warn|error|fatal)|\[level\])\(/g;

/** Strings with a dot that are no audit actions. */
const OTHER_DOTTED: ReadonlySet<string> = new Set([
  "agent.lock",
  "agent.log",
  "appsettings.json",
  "clone.json",
  "encoding.unsupported",
  "holder.json",
  "policy.scopes",
  "specs.git",
  "store.db",
]);

function agentCode(): readonly { readonly file: string; readonly code: string }[] {
  return globSync("agent/**/*.ts", { cwd: PROJECT }).map((file) => ({
    file,
    code: readFileSync(path.join(PROJECT, file), "utf8").replaceAll(/^\s*(\/\/|\/?\*).*$/gm, ""),
  }));
}

/** Every call of the logger in the agent's code. */
export function logCalls(): readonly LogCall[] {
  return agentCode().flatMap(({ file, code }) =>
    [...code.matchAll(CALL)].map((call) => {
      const [, message] =
        /"([^"]+)",?\s*$/.exec(argumentsAt(code, call.index + call[0].length)) ?? [];
      return { file, message, levels: call[1] === undefined ? ["info", "warn"] : [call[1]] };
    }),
  );
}

/** The text up to the bracket that closes the one before `from`; brackets in strings do not count. */
function argumentsAt(code: string, from: number): string {
  let depth = 1;
  let quote: string | null = null;
  for (let at = from; at < code.length; at += 1) {
    const character = code[at] ?? "";
    if (quote !== null) {
      if (character === "\\") at += 1;
      else if (character === quote) quote = null;
    } else if ("\"'`".includes(character)) quote = character;
    else if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    if (depth === 0) return code.slice(from, at);
  }
  throw new Error("a call that does not end");
}

/** Every action that an audit record of the agent may have, `.intended` left out. */
export function auditActions(): ReadonlySet<string> {
  const found = agentCode().flatMap(({ code }) => [
    ...[...code.matchAll(/"([a-z]+\.[a-zA-Z]+)"/g)].map(([, word = ""]) => word),
    ...[
      ...code.matchAll(/(?:\baction: |[aA]udit\((?:request, )?|trail\.command\()"([a-z]+)"/g),
    ].map(([, word = ""]) => word),
  ]);
  return new Set(found.filter((word) => !OTHER_DOTTED.has(word)));
}
