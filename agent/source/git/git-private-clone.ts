import { promises as fs } from "node:fs";
import { join } from "node:path";

const OPEN_TO_OTHERS = 0o077;

/** Takes the rights of other users from everything in a clone that was made with more than the agent gives. */
export async function makeClonePrivate(path: string): Promise<void> {
  await takeRights(path, 0o700);
  for (const entry of await fs.readdir(path, { withFileTypes: true })) {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) await makeClonePrivate(inside);
    else if (entry.isFile()) await takeRights(inside, 0o600);
  }
}

async function takeRights(path: string, mode: number): Promise<void> {
  const found = await fs.lstat(path);
  if ((found.mode & OPEN_TO_OTHERS) !== 0) await fs.chmod(path, mode);
}
