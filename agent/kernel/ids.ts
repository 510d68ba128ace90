import { randomUUID } from "node:crypto";

/** Makes a fresh identifier (correlation, request, confirmation). Injected so that tests can name them. */
export type IdSource = () => string;

/** A random number in [0, 1). Injected so that jitter can be tested. */
export type Random = () => number;

export const randomId: IdSource = () => randomUUID();
