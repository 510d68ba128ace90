import type { Environment } from "./environment.ts";

/** A text after its `${VAR}`s were filled in. */
export type Expansion =
  | { readonly kind: "plain"; readonly text: string }
  | { readonly kind: "expanded"; readonly text: string }
  | { readonly kind: "unset"; readonly variable: string }
  | { readonly kind: "malformed"; readonly piece: string };

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Fills in each `${VAR}` once (what a variable holds is not looked at again). `$${` stands for the two letters `${`.
 * Names are as the environment spells them.
 */
export function expand(text: string, env: Environment): Expansion {
  let filled = "";
  let rest = text;
  let changed = false;
  for (;;) {
    const start = rest.indexOf("${");
    if (start === -1) break;
    changed = true;
    if (rest[start - 1] === "$") {
      filled += `${rest.slice(0, start - 1)}\${`;
      rest = rest.slice(start + 2);
      continue;
    }
    const end = rest.indexOf("}", start);
    const name = rest.slice(start + 2, end === -1 ? undefined : end);
    if (end === -1 || !NAME.test(name)) {
      return { kind: "malformed", piece: rest.slice(start, end === -1 ? undefined : end + 1) };
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value === undefined) return { kind: "unset", variable: name };
    filled += rest.slice(0, start) + value;
    rest = rest.slice(end + 1);
  }
  return changed ? { kind: "expanded", text: filled + rest } : { kind: "plain", text };
}
