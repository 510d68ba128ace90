import { WORDED } from "../../kernel/issue-words.ts";
import { z } from "zod";
import { legible } from "../../kernel/shortened.ts";
import { failureOfStatus, invalidAnswer } from "../forge-failure.ts";
import type { Asked } from "../forge-failure.ts";
import type { WireAnswer } from "../forge-wire.ts";
import type { ForgeAnswer } from "../forge.ts";

export interface Read<T> {
  readonly value: T;
  /** `X-Total-Count`; null: not said. */
  readonly total: number | null;
}

/** An answer of Gitea as what it should be, or why not. Pure. */
export function readGitea<T>(
  schema: z.ZodType<T>,
  { status, headers, body, redact }: WireAnswer,
  { asked, nowMs }: { readonly asked: Asked; readonly nowMs: number },
): ForgeAnswer<Read<T>> {
  const json = parseJson(body);
  const type = headers["content-type"] ?? "no content type";
  if (status < 200 || status > 299) {
    const said = json === undefined ? notJson(body, type) : redact(saidBy(json));
    return failureOfStatus(asked, { status, headers, said, nowMs });
  }
  if (json === undefined)
    return invalidAnswer(asked, `it answered ${status} with ${notJson(body, type)}`);
  const parsed = schema.safeParse(json, WORDED);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.map(String).join(".") ?? "";
    const at = where === "" ? "the answer" : legible(where);
    return invalidAnswer(asked, `its answer is not what is known: ${at}: ${issue?.message ?? ""}`);
  }
  const total = headers["x-total-count"];
  const isCount = typeof total === "string" && /^\d{1,9}$/.test(total);
  return { kind: "ok", value: { value: parsed.data, total: isCount ? Number(total) : null } };
}

/** Undefined: it is not JSON in UTF-8. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function notJson(body: Uint8Array, type: string): string {
  return body.length === 0 ? "an empty body" : `${legible(type)} that is not JSON`;
}

const errorSchema = z.object({ message: z.string() });

function saidBy(json: unknown): string {
  const error = errorSchema.safeParse(json);
  return error.success && error.data.message !== "" ? `"${legible(error.data.message)}"` : "";
}
