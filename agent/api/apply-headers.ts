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
  for (const name of headerNames) refuseMistyped(name, header);
  return {
    dryRun: isOn("X-Dry-Run", header),
    confirm: readConfirm(header),
    override: isOn("X-Override", header),
  };
}

/** Refuses the switches of `/apply` on a request that has none: whoever sent one expects that it counts. */
export function refuseSwitches(headerNames: readonly string[], request: string): void {
  for (const name of headerNames) {
    const meant = name === "x-override" ? "X-Override" : switchMeant(name);
    if (meant === null) continue;
    const has = meant === "X-Dry-Run" ? "has no dry run" : `knows no ${meant}`;
    throw new ProblemError(
      "InvalidHeader",
      `${request} ${has}, and nothing was done: leave the header ${quoted(name)} out`,
      { errors: [{ name, message: `not a header of this request, which ${has}` }] },
    );
  }
}

const DRY_RUN_INSIDE = /dry[-_ ]?run/i;
const DRY = /^(?:x[-_])?dry$/;

/** The switch that a header's name is or seems to be meant as. */
function switchMeant(name: string): "X-Confirm" | "X-Dry-Run" | null {
  const alike = lookAlike(`${name}: true`);
  if (alike !== null && alike.kind !== "override") return SWITCHES[alike.kind];
  return DRY_RUN_INSIDE.test(name) || DRY.test(name) ? "X-Dry-Run" : null;
}

function refuseMistyped(name: string, header: ReadHeader): void {
  if (name === "prefer" && DRY_RUN_INSIDE.test(header(name) ?? ""))
    throw new ProblemError(
      "InvalidHeader",
      'the header "prefer" asks for a dry run and does not count: did you mean X-Dry-Run? Send X-Dry-Run: true, or leave it out',
      { errors: [{ name, message: "does not count; did you mean X-Dry-Run?" }] },
    );
  if (lookAlike(`${name}: true`)?.kind === "override")
    throw new ProblemError(
      "InvalidHeader",
      `no request overrides a sync window: push a commit with the trailer Override-Window, and leave the header ${quoted(name)} out`,
      { errors: [{ name, message: "not a header of this request" }] },
    );
  const meant = switchMeant(name);
  if (meant === null || name === meant.toLowerCase()) return;
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
