import { quoted } from "../kernel/quoted.ts";
import { ProblemError } from "./problem.ts";

export interface ApplyFlags {
  readonly dryRun: boolean;
  readonly confirm: boolean;
  readonly override: boolean;
}

/**
 * The switches of `/apply`. Each is on with `true` in any case and off when it is absent; any other value is refused, so
 * that a mistyped `X-Dry-Run` can never become a real run.
 */
export function readApplyFlags(header: (name: string) => string | undefined): ApplyFlags {
  const isOn = (name: string): boolean => {
    const value = header(name);
    if (value === undefined) return false;
    if (value.toLowerCase() === "true") return true;
    throw new ProblemError(
      "InvalidHeader",
      `${name} is ${quoted(value)}: send ${name}: true, or leave the header out`,
      { errors: [{ name, message: `is ${quoted(value)}, not "true"` }] },
    );
  };
  return {
    dryRun: isOn("X-Dry-Run"),
    confirm: isOn("X-Confirm"),
    override: isOn("X-Override"),
  };
}
