/*
 * Preloaded in the agent and each of its threads. An import of one of its own files names that file exactly, so nothing has to be looked
 * for: no stat, no real path, no package.json. That is a sixth of the time that loading several hundred files takes.
 */
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith(".") || !specifier.endsWith(".ts")) return next(specifier, context);
    const { href } = new URL(specifier, context.parentURL);
    return { url: href, format: "module-typescript", shortCircuit: true };
  },
});
