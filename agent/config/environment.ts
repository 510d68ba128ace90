/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's variables as they are now. The only place that reads them. */
export function readEnvironment(): Environment {
  return Object.freeze({ ...process.env });
}
