import dns from "node:dns";
import { existsSync } from "node:fs";

/** Preloaded into an agent: this name is this machine while the file `NAME_SERVICE` is there, and unknown otherwise. */
const NAME = "git.specs.test";

type Answer = (error: Error | null, ...found: readonly unknown[]) => void;

const ask = dns.lookup as (name: string, options: unknown, answer: Answer) => void;

dns.lookup = ((name: string, options: unknown, answer: Answer) => {
  if (name !== NAME) return ask(name, options, answer);
  if (existsSync(process.env["NAME_SERVICE"] ?? "")) return ask("127.0.0.1", options, answer);
  const error = new Error(`getaddrinfo ENOTFOUND ${name}`);
  setImmediate(answer, Object.assign(error, { code: "ENOTFOUND", hostname: name }));
}) as typeof dns.lookup;
