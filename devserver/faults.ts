import { z } from "zod";

export const OPERATIONS = [
  "state",
  "hash",
  "join",
  "kick",
  "seed",
  "promote",
  "delete",
  "policy",
  "resource",
  "health",
] as const;

export type Operation = (typeof OPERATIONS)[number];

/**
 * Which calls a fault is for, and for how many of them; absent members match everything, for ever. `every` 3: the third of
 * them, the sixth, and so on.
 */
const aim = {
  operation: z.enum(OPERATIONS).optional(),
  room: z.string().optional(),
  /** Entity id, or name of an artifact, policy or resource. */
  target: z.string().optional(),
  every: z.int().positive().optional(),
  count: z.int().positive().optional(),
};

/** When `afterWork` is true the call does its work first and only its answer suffers. */
const afterWork = z.boolean().default(false);

const faultSchema = z.discriminatedUnion("kind", [
  /** Waits before anything else, or (`afterWork`) between the work and its answer. All matching ones add up. */
  z.strictObject({
    kind: z.literal("latency"),
    ...aim,
    ms: z.number().nonnegative(),
    afterWork,
  }),
  /** Answers with this status; a redirect when `location` is given. `retryAfter`: seconds, or the header's text. */
  z.strictObject({
    kind: z.literal("status"),
    ...aim,
    status: z.int().min(200).max(599),
    afterWork,
    retryAfter: z.union([z.number(), z.string()]).optional(),
    location: z.string().optional(),
    body: z.string().optional(),
    contentType: z.string().default("application/json; charset=utf-8"),
  }),
  /** Never finishes its answer: nothing at all (`headers`), or headers and half a body (`body`). */
  z.strictObject({
    kind: z.literal("hang"),
    ...aim,
    at: z.enum(["headers", "body"]).default("headers"),
    afterWork,
  }),
  /** Cuts the connection instead of answering. */
  z.strictObject({ kind: z.literal("drop"), ...aim, afterWork }),
  /** Cuts the connection as soon as so many bytes of the request's body have come in. */
  z.strictObject({ kind: z.literal("cut"), ...aim, afterBytes: z.int().nonnegative() }),
  /** A write answers 200 and does nothing. */
  z.strictObject({ kind: z.literal("lie"), ...aim }),
  /** State without `policy` on entities. */
  z.strictObject({ kind: z.literal("omitPolicy"), ...aim }),
  /** State without `hash` and `contentHash` on artifacts. */
  z.strictObject({ kind: z.literal("omitHash"), ...aim }),
  /** State as it was when this fault was set. */
  z.strictObject({ kind: z.literal("staleState"), ...aim }),
  /** State with empty lists. */
  z.strictObject({ kind: z.literal("emptyState"), ...aim }),
  /** State with the first half of its entities and artifacts, the smaller one. */
  z.strictObject({ kind: z.literal("halfState"), ...aim }),
  /** State with the contents of another room, under the name that was asked for. */
  z.strictObject({ kind: z.literal("contentsOf"), ...aim, other: z.string() }),
  /** State that names another room. */
  z.strictObject({ kind: z.literal("otherRoom"), ...aim, roomId: z.string() }),
  /** Status 200 with a body that is no JSON (an HTML page unless `body` says otherwise). */
  z.strictObject({
    kind: z.literal("invalidJson"),
    ...aim,
    body: z.string().default("<!doctype html><title>Sign in</title>"),
    contentType: z.string().default("text/html"),
  }),
  /** Status 200 with a valid JSON body of this many bytes. */
  z.strictObject({ kind: z.literal("hugeJson"), ...aim, bytes: z.int().positive().default(1e8) }),
]);

export type Fault = z.output<typeof faultSchema>;
export type FaultKind = Fault["kind"];
export type FaultOf<K extends FaultKind> = Extract<Fault, { kind: K }>;

/** The body of `PUT /_dev/faults`: the whole set of switches, in the order they are tried. */
export const faultsSchema = z.strictObject({ faults: z.array(faultSchema) });

/** The call a fault may hit. */
export interface CallSite {
  readonly operation: Operation;
  /** Null where the call concerns none. */
  readonly room: string | null;
  /** Null where the call concerns the whole room, and while its body has not been read. */
  readonly target: string | null;
}

export interface Faults {
  /** Replaces all switches. */
  set(faults: readonly Fault[]): void;
  /** The switches that are still on; a `count` is what is left of it. */
  list(): readonly Fault[];
  /** The first switch of one of `kinds` that hits this call, used up by one. */
  take<K extends FaultKind>(kinds: readonly K[], site: CallSite): FaultOf<K> | undefined;
  /** The sum of all latencies before or after the work that hit this call, in ms, each used up by one. */
  takeLatency(site: CallSite, when: "beforeWork" | "afterWork"): number;
}

export function createFaults(): Faults {
  let faults: readonly Fault[] = [];
  /** Calls that a fault with `every` would have hit so far. */
  let passed = new Map<Fault, number>();

  const isDue = (fault: Fault): boolean => {
    if (fault.every === undefined) return true;
    const calls = (passed.get(fault) ?? 0) + 1;
    passed.set(fault, calls);
    return calls % fault.every === 0;
  };

  const use = (fault: Fault): void => {
    if (fault.count === undefined) return;
    const left = fault.count - 1;
    const rest = { ...fault, count: left };
    faults = faults.flatMap((other) => (other !== fault ? [other] : left > 0 ? [rest] : []));
    passed.set(rest, passed.get(fault) ?? 0);
    passed.delete(fault);
  };

  return {
    set: (next) => {
      faults = [...next];
      passed = new Map();
    },
    list: () => faults,
    take: <K extends FaultKind>(kinds: readonly K[], site: CallSite) => {
      const isWanted = (fault: Fault): fault is FaultOf<K> =>
        kinds.some((kind) => kind === fault.kind) && hits(fault, site) && isDue(fault);
      const fault = faults.find(isWanted);
      if (fault !== undefined) use(fault);
      return fault;
    },
    takeLatency: (site, when) => {
      const hitting = faults.filter(
        (fault): fault is FaultOf<"latency"> =>
          fault.kind === "latency" &&
          fault.afterWork === (when === "afterWork") &&
          hits(fault, site) &&
          isDue(fault),
      );
      for (const fault of hitting) use(fault);
      return hitting.reduce((sum, fault) => sum + fault.ms, 0);
    },
  };
}

function hits(fault: Fault, site: CallSite): boolean {
  return (
    (fault.operation === undefined || fault.operation === site.operation) &&
    (fault.room === undefined || fault.room === site.room) &&
    (fault.target === undefined || fault.target === site.target)
  );
}
