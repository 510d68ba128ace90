import { promises as fs } from "node:fs";
import { addRemote, init } from "isomorphic-git";

/** Makes a bare repository in `folder`, or gives the one there another address. A person who runs git in it finds the server as `origin`. */
export async function makeBareRepository(folder: string, url: string): Promise<void> {
  const at = { fs: { promises: fs }, gitdir: folder };
  await init({ ...at, bare: true, defaultBranch: "main" });
  await addRemote({ ...at, remote: "origin", url, force: true });
}
