/**
 * `node:http`. An import of it would run all of its getters, one of which loads undici for `fetch` and `WebSocket`: 50 ms and 12 MB
 * in each thread, for nothing that is used here.
 */
export const nodeHttp = process.getBuiltinModule("node:http");

/** `node:https`, loaded with the first server that is asked by TLS: a start does not wait for it. */
export const nodeHttps = () => process.getBuiltinModule("node:https");
