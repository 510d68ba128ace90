import type { GitTransport } from "./git-transport.ts";
import { SmartHttpTransport } from "./smart-http-transport.ts";

/** The way to the repository at `url`, which has no credentials and no slash at its end. Sends nothing yet. */
export function openTransport(url: string): GitTransport {
  return new SmartHttpTransport(url);
}
