import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Engine } from "./engine.ts";
import { run, works } from "./run.ts";

/*
 * The images that the Dockerfile begins with cannot be pulled where there is no image registry. These stand in for them: Debian by
 * debootstrap, which is what debian:bookworm-slim is, and the same with Node 24 and npm, which is what node:24-bookworm-slim is; and
 * git and curl, which the stand-in for Gitea needs.
 */

export const RUNTIME_IMAGE = "room-operator-test-runtime:local";
export const NODE_IMAGE = "room-operator-test-node:local";

const SUITE = "bookworm";
const DEBOOTSTRAP_WITHIN_MS = 400_000;
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** What slim images leave out too. */
const LEFT_OUT = [
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
  "var/cache/apt",
  "var/lib/apt/lists",
];

/** Makes both images known to the engine. They are kept for the next run, in a folder that only this user may write to. */
export async function importBaseImages(engine: Engine): Promise<void> {
  const cache = await cachedTars();
  const variables = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    NODE_EXTRA_CA_CERTS: CERTIFICATES,
  };
  const changes = Object.entries(variables).flatMap(([name, value]) => [
    "--change",
    `ENV ${name}=${value}`,
  ]);
  await engine.docker(["import", join(cache, "runtime.tar"), RUNTIME_IMAGE]);
  await engine.docker(["import", ...changes, join(cache, "node.tar"), NODE_IMAGE]);
}

async function cachedTars(): Promise<string> {
  const node = packageFolder(`node-linux-${process.arch}`);
  const recipe = readFileSync(import.meta.filename);
  const version = readFileSync(join(node, "package.json"));
  const key = createHash("sha256").update(recipe).update(version).digest("hex").slice(0, 16);
  const parent = "/var/cache/room-operator-containers";
  const cache = join(parent, key);
  if (existsSync(cache)) return cache;
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { mode: 0o700 });
  const fresh = mkdtempSync(join(parent, "making-"));
  const root = join(fresh, "root");
  try {
    await debootstrap(root);
    await run("tar", ["-C", root, "-cf", join(fresh, "runtime.tar"), "."]);
    await addTools(root, node);
    await run("tar", ["-C", root, "-cf", join(fresh, "node.tar"), "."]);
    rmSync(root, { recursive: true });
    renameSync(fresh, cache);
    return cache;
  } finally {
    for (const mounted of ["proc", "sys"]) works("umount", "-q", join(root, mounted));
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function debootstrap(root: string): Promise<void> {
  const args = ["--variant=minbase", "--include=ca-certificates", SUITE, root];
  await run("debootstrap", args, { timeoutMs: DEBOOTSTRAP_WITHIN_MS });
  for (const mounted of ["proc", "sys"]) works("umount", "-q", join(root, mounted));
  leaveOut(root);
}

async function addTools(root: string, node: string): Promise<void> {
  cpSync("/etc/resolv.conf", join(root, "etc/resolv.conf"), { dereference: true });
  const inRoot = (...args: string[]) => run("chroot", [root, ...args], { timeoutMs: 300_000 });
  await inRoot("apt-get", "update", "-q");
  await inRoot("apt-get", "install", "-y", "-q", "--no-install-recommends", "git", "curl");
  leaveOut(root);
  // The package registry may be behind an authority of this machine.
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(root, CERTIFICATES));
  cpSync(join(node, "bin/node"), join(root, "usr/local/bin/node"));
  const npm = npmFolder();
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
}

function leaveOut(root: string): void {
  for (const path of LEFT_OUT) {
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(join(root, path), { recursive: true });
  }
}

function packageFolder(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

/** That of the npm which runs the tests, or of the system. */
function npmFolder(): string {
  const cli = process.env["npm_execpath"];
  const candidates = [
    ...(cli === undefined ? [] : [dirname(dirname(cli))]),
    "/usr/lib/node_modules/npm",
    "/usr/local/lib/node_modules/npm",
  ];
  const found = candidates.find((folder) => existsSync(join(folder, "bin/npm-cli.js")));
  if (found === undefined) throw new Error(`npm is in none of ${candidates.join(", ")}`);
  return found;
}
