/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process's variables as they are now. The only place that reads them. */
export function readEnvironment(): Environment {
  return Object.freeze({ ...process.env });
}

/** Why the launcher runs the sources although they were built, for people; null: it does not, or they were not. */
export function whySources(env: Environment): string | null {
  return env["ROOM_OPERATOR_SOURCES_BECAUSE"] ?? null;
}
