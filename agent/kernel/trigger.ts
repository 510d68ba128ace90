/**
 * What asked for a pass, most urgent first: a person, a new revision, an event of the server, the interval. It never
 * carries data: the pass re-reads both sides.
 */
export const TRIGGERS = ["apply", "git", "event", "interval"] as const;

export type Trigger = (typeof TRIGGERS)[number];

/** What asks for a pass without a person; only such a pass is ever put off. */
export type OwnTrigger = Exclude<Trigger, "apply">;
