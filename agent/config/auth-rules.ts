import { valueAt } from "./check.ts";
import { parseGitAddress } from "./git-address.ts";
import type { GitAddress } from "./git-address.ts";
import { toKey } from "./problem.ts";
import type { KeyPath, Problem } from "./problem.ts";

/** What each kind needs: a key, or its file. `Username` has no file. */
const CREDENTIALS = {
  none: [],
  token: ["Token"],
  bearer: ["Token"],
  basic: ["Username", "Password"],
  ssh: ["KeyFile"],
} as const;

type Kind = keyof typeof CREDENTIALS;

/** What else a kind may have. */
const OPTIONAL: Readonly<Record<Kind, readonly string[]>> = {
  none: [],
  token: ["Username"],
  bearer: [],
  basic: [],
  ssh: ["PassphraseFile", "KnownHostsFile"],
};

const NAMES = [
  "Username",
  "Token",
  "TokenFile",
  "Password",
  "PasswordFile",
  "KeyFile",
  "PassphraseFile",
  "KnownHostsFile",
] as const;

/** Whether a source's `Auth` has what its kind needs, and nothing else. */
export function checkAuth(tree: unknown, position: number): readonly Problem[] {
  const path = ["Git", "Sources", position, "Auth"];
  const kind = valueAt(tree, [...path, "Kind"]) ?? "none";
  if (!isKind(kind)) return [];
  const has = (name: string) => valueAt(tree, [...path, name]) !== undefined;
  const url = valueAt(tree, ["Git", "Sources", position, "Url"]);
  const address = typeof url === "string" ? parseGitAddress(url) : "is absent";
  const place = { path, has };
  return [
    ...wrongAddress(url, [...path.slice(0, -1), "Url"]),
    ...(typeof address === "string" ? [] : wrongKind(kind, address, path)),
    ...wrongFetcher(kind, address, { path, fetcher: valueAt(tree, fetcherOf(position)) }),
    ...missing(kind, place),
    ...(kind === "ssh" && typeof address !== "string" ? checkSsh(tree, address, path) : []),
    ...unused(kind, place),
  ];
}

function isKind(kind: unknown): kind is Kind {
  return typeof kind === "string" && Object.hasOwn(CREDENTIALS, kind);
}

/** Says what is wrong with an address; the schema says only what it must be. */
function wrongAddress(url: unknown, path: KeyPath): readonly Problem[] {
  if (typeof url !== "string" || url === "") return [];
  const address = parseGitAddress(url);
  return typeof address === "string" ? [problem(path, address)] : [];
}

function wrongKind(kind: Kind, address: GitAddress, path: KeyPath): readonly Problem[] {
  if (address.kind === "ssh" && kind !== "ssh") {
    const message = `is "${kind}", but an ssh address needs Kind "ssh" with KeyFile and KnownHostsFile`;
    return [problem([...path, "Kind"], message)];
  }
  if (address.kind === "http" && kind === "ssh") {
    const message = 'is "ssh", but Url is an http or https address; write ssh://user@host/path';
    return [problem([...path, "Kind"], message)];
  }
  return [];
}

function fetcherOf(position: number): KeyPath {
  return ["Git", "Sources", position, "Fetcher"];
}

function wrongFetcher(
  kind: Kind,
  address: GitAddress | string,
  { path, fetcher }: { readonly path: KeyPath; readonly fetcher: unknown },
): readonly Problem[] {
  if (fetcher !== "system") return [];
  const key = [...path.slice(0, -1), "Fetcher"];
  if (typeof address !== "string" && address.kind === "ssh") {
    return [problem(key, "has no effect over ssh, which the system's ssh carries; take it out")];
  }
  return kind === "bearer"
    ? [problem(key, 'sends no bearer token without showing it; use "builtin", or Kind "token"')]
    : [];
}

function checkSsh(tree: unknown, address: GitAddress, path: KeyPath): readonly Problem[] {
  if (address.kind !== "ssh") return [];
  const found: Problem[] = [];
  if (valueAt(tree, [...path, "KnownHostsFile"]) === undefined) {
    const { host, port } = address;
    const scan = `ssh-keyscan ${port === null ? "" : `-p ${port} `}${host} > known_hosts`;
    found.push(
      problem(
        [...path, "KnownHostsFile"],
        `is required: the server's host key must be known. Run ${scan}, compare ssh-keygen -lf known_hosts with the fingerprints ` +
          "that the server's owner names, then name the file here",
      ),
    );
  }
  for (const name of ["KeyFile", "KnownHostsFile"]) {
    const value = valueAt(tree, [...path, name]);
    if (typeof value === "string" && /["'\\$]/.test(value)) {
      found.push(
        problem([...path, name], "must not hold quotes, $ or \\, which ssh reads otherwise"),
      );
    }
  }
  return found;
}

interface Place {
  readonly path: KeyPath;
  readonly has: (name: string) => boolean;
}

function missing(kind: Kind, { path, has }: Place): readonly Problem[] {
  const found: Problem[] = [];
  for (const name of CREDENTIALS[kind]) {
    const file = name === "Username" || name === "KeyFile" ? undefined : `${name}File`;
    const either = file === undefined ? name : `${name} or ${file}`;
    if (!has(name) && !(file !== undefined && has(file))) {
      found.push(problem([...path, name], `is required: Kind "${kind}" needs ${either}`));
    }
    if (file !== undefined && has(name) && has(file)) {
      found.push(problem([...path, file], `is set as well as ${name}; keep one of them`));
    }
  }
  return found;
}

function unused(kind: Kind, { path, has }: Place): readonly Problem[] {
  const used = new Set<string>(CREDENTIALS[kind].flatMap((name) => [name, `${name}File`]));
  for (const name of OPTIONAL[kind]) used.add(name);
  return NAMES.filter((name) => has(name) && !used.has(name)).map((name) => {
    const fitting = FITTING.find(([pattern]) => pattern.test(name))?.[1] ?? "basic";
    return problem(
      [...path, name],
      `is not used by Kind "${kind}"; write Kind "${fitting}" or take it out`,
    );
  });
}

const FITTING: readonly (readonly [RegExp, Kind])[] = [
  [/^Token/, "token"],
  [/^(?:Key|Passphrase|KnownHosts)/, "ssh"],
];

function problem(path: KeyPath, message: string): Problem {
  return { key: toKey(path), message };
}
