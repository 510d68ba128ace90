import { messageOf } from "../kernel/errors.ts";
import { tokenUnusable } from "./forge-failure.ts";
import type { Asked } from "./forge-failure.ts";
import type { ForgeAnswer, ForgeLogin, ForgeOptions } from "./forge.ts";

/** Who asks, as of now. Rejects with the signal's reason. */
export async function readLogin(
  { login }: ForgeOptions,
  asked: Asked,
  signal: AbortSignal,
): Promise<ForgeAnswer<ForgeLogin>> {
  try {
    const value = await login();
    signal.throwIfAborted();
    if (value.kind === "token" && !isHeaderToken(value.token)) return tokenUnusable(asked, UNFIT);
    return { kind: "ok", value };
  } catch (error) {
    signal.throwIfAborted();
    const why = `the token cannot be read: ${messageOf(error)} Give the agent a token that it can read.`;
    return tokenUnusable(asked, why);
  }
}

const UNFIT =
  "the token has blanks or characters that no header can carry. Give the agent an access token of the forge.";

/** Whether a header can carry it. */
export function isHeaderToken(token: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(token);
}
