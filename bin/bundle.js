/*
 * What `npm run build` made of the sources, and whether it still is what they say. `dist/built.json` names the folder that it is in,
 * and has a record of each file that it depends on: the sources, the packages, and the files made. Where one of them is not what it
 * was, the sources are run.
 */
/** An import would read all that these parts of Node export, which loads more of it. Old Nodes that only start another have no other way. */
const part = async (name) => process.getBuiltinModule?.(name) ?? (await import(name));
const { existsSync, readFileSync, statSync } = await part("node:fs");
const { join } = await part("node:path");

export const DIST = "dist";
export const MANIFEST = "built.json";
const MAIN = "main.js";
/** The same with the command `run` alone: what it shares with others would be forty small files. */
export const MAIN_OF_RUN = "main-of-run.js";
/** Tells the agent why its sources are run although they were built. */
export const WHY_SOURCES = "ROOM_OPERATOR_SOURCES_BECAUSE";

async function digestOf(bytes) {
  // Not needed where every file is as it was.
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("base64url");
}

/** A file's bytes, and the record of it: `[size, mtimeMs, ctimeMs, digest]`. */
export async function readRecorded(file) {
  // In this order: a file that changes in between is one that has changed.
  const { size, mtimeMs, ctimeMs } = statSync(file);
  const bytes = readFileSync(file);
  return { bytes, record: [size, mtimeMs, ctimeMs, await digestOf(bytes)] };
}

/** `{ folder, files, previous }`, or undefined where nothing was built. Throws for one that cannot be read. */
export function readManifest(root) {
  const file = `${DIST}/${MANIFEST}`;
  try {
    const manifest = JSON.parse(readFileSync(join(root, file), "utf8"));
    for (const main of [MAIN, MAIN_OF_RUN])
      if (!Array.isArray(manifest.files?.[`${DIST}/${manifest.folder}/${main}`]))
        throw new Error(`${file} names no program`);
    return manifest;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Untouched since: each change of a file has its `ctimeMs`, whatever becomes of its other times. So has a copy. */
function isUntouched(file, [size, mtimeMs, ctimeMs]) {
  try {
    const found = statSync(file);
    return found.ctimeMs === ctimeMs && found.mtimeMs === mtimeMs && found.size === size;
  } catch {
    return false;
  }
}

async function isAsRecorded(file, [, , , digest]) {
  try {
    return (await digestOf(readFileSync(file))) === digest;
  } catch {
    return false;
  }
}

/**
 * The program to run for a command, `{ main, isBuilt, why }`: what was built, if it is what the sources say, or there are none; else the sources. `why`
 * is for people: why the sources are run though they were built.
 */
export async function findProgram(root, command) {
  const source = join(root, "agent/main.ts");
  const sources = (why) => ({ main: source, isBuilt: false, why });
  try {
    const manifest = readManifest(root);
    if (manifest === undefined) return sources();
    for (const [path, record] of existsSync(source) ? Object.entries(manifest.files) : []) {
      const file = `${root}/${path}`;
      if (!isUntouched(file, record) && !(await isAsRecorded(file, record)))
        return sources(`${path} is not what it was when they were built`);
    }
    const main = command === "run" ? MAIN_OF_RUN : MAIN;
    return { main: join(root, DIST, manifest.folder, main), isBuilt: true };
  } catch (error) {
    return sources(`what was built of them cannot be read: ${error.message}`);
  }
}
