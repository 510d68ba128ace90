import { parseArgs } from "node:util";

export interface BenchArguments {
  /** Benchmarks to run, in the order of the list. */
  readonly names: readonly string[];
  readonly quick: boolean;
  readonly write: boolean;
  /** How often each is measured. */
  readonly times: number;
  /** A folder for processor profiles. */
  readonly profile: string | undefined;
}

/** Throws with what to write instead. */
export function parseBenchArguments(
  argv: readonly string[],
  all: readonly string[],
): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      times: { type: "string", default: "1" },
      profile: { type: "string" },
    },
  });
  const unknown = positionals.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new Error(`unknown benchmark "${unknown.join(" ")}"; there are ${all.join(", ")}`);
  }
  const times = Number(values.times);
  if (!Number.isInteger(times) || times < 1) {
    throw new Error(`--times must be a whole number from 1, but is "${values.times}"`);
  }
  const names = positionals.length === 0 ? all : all.filter((name) => positionals.includes(name));
  return { names, quick: values.quick, write: values.write, times, profile: values.profile };
}
