import { quoted } from "../kernel/quoted.ts";
import { lookAlike } from "../intent/look-alike.ts";
import type { AskedConfirm } from "../room/request-confirm.ts";
import { isPlanDigest } from "../plan/plan-digest.ts";
import { ProblemError } from "./problem.ts";

export interface ApplyFlags {
  readonly dryRun: boolean;
  readonly confirm: AskedConfirm;
  readonly override: boolean;
}

type ReadHeader = (name: string) => string | undefined;

const SWITCHES = { confirm: "X-Confirm", dryRun: "X-Dry-Run" } as const;

/**
 * The switches of `/apply`. Each is on with `true` in any case and off when it is absent; `X-Confirm` also takes the digest of
 * a plan. Any other value is refused, and so is a name that is nearly one of a switch, so that a mistyped `X-Dry-Run` can
 * never become a real run.
 */
export function readApplyFlags({
  header,
  headerNames,
}: {
  readonly header: ReadHeader;
  readonly headerNames: readonly string[];
}): ApplyFlags {
  for (const name of headerNames) refuseMistyped(name);
  return {
    dryRun: isOn("X-Dry-Run", header),
    confirm: readConfirm(header),
    override: isOn("X-Override", header),
  };
}

function refuseMistyped(name: string): void {
  const alike = lookAlike(`${name}: true`);
  if (alike === null) return;
  const meant = SWITCHES[alike.kind];
  if (name === meant.toLowerCase()) return;
  throw new ProblemError(
    "InvalidHeader",
    `unknown header ${quoted(name)}: did you mean ${meant}? Send ${meant}: true, or leave the header out`,
    { errors: [{ name, message: `unknown header; did you mean ${meant}?` }] },
  );
}

function isOn(name: string, header: ReadHeader): boolean {
  const value = header(name);
  if (value === undefined) return false;
  if (value.toLowerCase() === "true") return true;
  throw invalid(name, value, {
    wanted: "true",
    hint: `send ${name}: true, or leave the header out`,
  });
}

function readConfirm(header: ReadHeader): AskedConfirm {
  const value = header("X-Confirm");
  if (value === undefined) return false;
  const word = value.toLowerCase();
  if (word === "true") return true;
  if (isPlanDigest(word)) return word;
  throw invalid("X-Confirm", value, {
    wanted: "true or the digest of a plan",
    hint:
      "send X-Confirm: true, or X-Confirm: sha256: and the 64 hex digits of a plan " +
      "(planDigest in a dry run, a refusal or GET /status), or leave the header out",
  });
}

function invalid(
  name: string,
  value: string,
  { wanted, hint }: { readonly wanted: string; readonly hint: string },
): ProblemError {
  const found = quoted(value.slice(0, 200));
  return new ProblemError("InvalidHeader", `${name} is ${found}: ${hint}`, {
    errors: [{ name, message: `is ${found}, not ${wanted}` }],
  });
}
