/* One first sync of a repository in a process of its own: prints its result and the most memory that it took. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../agent/kernel/clock.ts";
import { createGitSource } from "../../agent/source/git/git-clones.ts";
import { DEFAULT_LIMITS } from "./git-source-bench.ts";

const [, , url = ""] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "room-operator-clone-"));
const source = createGitSource({
  name: "specs",
  url,
  ref: { kind: "branch", name: "main" },
  path: ".",
  folder,
  limits: DEFAULT_LIMITS,
  pollTimeoutMs: 20_000,
  timeoutMs: 60_000,
  roomIdPattern: "^[A-Za-z0-9][A-Za-z0-9._-]{2,127}$",
  credentials: async () => ({ kind: "none" }),
  clock: systemClock,
});
const { signal } = new AbortController();
const polled = await source.poll(signal);
const nothing = async () => undefined;
const result =
  polled.kind === "failed"
    ? polled
    : await source.sync(
        {
          head: polled.head,
          previous: null,
          known: [],
          onCommits: nothing,
          onSeed: nothing,
          onFiles: nothing,
        },
        signal,
      );
const rssMb = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ result, rssMb }));
await source.close();
rmSync(folder, { recursive: true });
