import { dirname } from "node:path";
import type { SourceOptions } from "../open-source.ts";
import { canonicalUrl } from "./wire/open-transport.ts";

/**
 * Equal for sources that may share one clone: one repository and ref, reached and signed in to in one way, and the same limits
 * for what is downloaded and kept. `Path`, `IntervalSeconds` and the limits for what is read out of it are each source's own.
 * Null: it shares with none.
 */
export function shareKey(options: SourceOptions): string | null {
  const { accessKey, url, fetcher = "builtin", ref, folder, limits, roomIdPattern } = options;
  if (accessKey === undefined) return null;
  const { packBytes, objectBytes, specBytes, commits } = limits;
  const { pollTimeoutMs, timeoutMs } = options;
  return JSON.stringify({
    url: canonicalUrl(url),
    fetcher,
    ref,
    accessKey,
    limits: [packBytes, objectBytes, specBytes, commits],
    timeouts: [pollTimeoutMs, timeoutMs],
    roomIdPattern,
    store: dirname(folder),
  });
}
