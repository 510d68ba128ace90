import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PROJECT } from "./page.ts";

const FOLDER = join(PROJECT, "test/fixtures/gitea-1.26.3");

const recording = z.object({
  response: z.object({ status: z.int(), body: z.unknown() }),
});

/** What a real Gitea 1.26.3 answered to a call that sets one up. */
export function recordedSetup(name: string): z.infer<typeof recording>["response"] {
  const [own, shared] = ["setup", "answers"].map((each) => join(FOLDER, each, `${name}.json`));
  const file = own !== undefined && existsSync(own) ? own : (shared ?? "");
  return recording.parse(JSON.parse(readFileSync(file, "utf8"))).response;
}
