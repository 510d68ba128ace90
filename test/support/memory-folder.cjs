"use strict";
const { execFileSync } = require("node:child_process");
const { mkdirSync, readFileSync, readdirSync, rmSync, statfsSync } = require("node:fs");
const { freemem } = require("node:os");
const { join } = require("node:path");

/*
 * Stores and clones of the tests are synced to the disk thousands of times; in memory that costs nothing. Temporary folders of
 * a run are made in one folder in /dev/shm, where there is enough room, and go with it. Inherited by the processes that mocha
 * starts. TMPDIR=/tmp keeps them on the disk.
 */
const SHARED = "/dev/shm";
const NAME = "room-operator-tests-";
const FREE_BYTES = 3 * 1024 ** 3;

function hasRoom() {
  try {
    const { bavail, bsize } = statfsSync(SHARED);
    return Math.min(bavail * bsize, freemem()) >= FREE_BYTES;
  } catch {
    return false;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** What a run left that was killed. A disk that it had mounted there is unmounted first. */
function removeLeftovers() {
  for (const name of readdirSync(SHARED)) {
    const pid = name.startsWith(NAME) ? Number(name.slice(NAME.length)) : Number.NaN;
    if (Number.isNaN(pid) || isRunning(pid)) continue;
    const folder = join(SHARED, name);
    try {
      for (const mounted of mountedBelow(folder)) execFileSync("umount", [mounted]);
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      process.stderr.write(`${folder} of an earlier run cannot be removed: ${error.message}\n`);
    }
  }
}

function mountedBelow(folder) {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return mounts.map((line) => line.split(" ")[1] ?? "").filter((at) => at.startsWith(`${folder}/`));
}

if (process.env.TMPDIR === undefined && process.platform === "linux" && hasRoom()) {
  removeLeftovers();
  const folder = join(SHARED, `${NAME}${process.pid}`);
  mkdirSync(folder, { mode: 0o700 });
  process.env.TMPDIR = folder;
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
}
