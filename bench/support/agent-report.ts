import { z } from "zod";

/** What the agent's process counted since the last `reset`. Moments are machine ms, null while there was none. */
export const agentReport = z.object({
  /** The head that was taken in last. */
  head: z.string().nullable(),
  headAtMs: z.number().nullable(),
  passes: z.number(),
  passesEnded: z.number(),
  firstPassAtMs: z.number().nullable(),
  /** Rooms verified with news, each counted once. */
  verified: z.number(),
  lastVerifiedAtMs: z.number().nullable(),
  /** Requests to the RoomServer. */
  calls: z.number(),
  storeWrites: z.number(),
  polls: z.number(),
  /** Processor time of all threads, and of the main one alone. */
  cpuMs: z.number(),
  mainCpuMs: z.number(),
  rssMb: z.number(),
  /** Of the process at this moment; 0 where the system does not tell. */
  openFiles: z.number(),
  /** Clones that were made anew. */
  rotations: z.number(),
  /** How late the main thread's event loop was, ms. */
  loopP99Ms: z.number(),
  loopMaxMs: z.number(),
});

export type AgentReport = z.infer<typeof agentReport>;
