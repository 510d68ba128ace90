import { resolve } from "node:path";
import { liveAnswer } from "../api/health-contract.ts";
import { createHttpServer } from "../api/http-server.ts";
import type { Config } from "../config/config.ts";
import { messageOf, OperatorError } from "../kernel/errors.ts";
import { readHolder } from "../store/store-holder.ts";
import type { Finding } from "./doctor-finding.ts";
import type { Edges } from "./edges.ts";

/** How long the program that holds the port has to say what it is. */
const ANSWER_MS = 2000;

export interface PortFinding {
  readonly finding: Finding;
  /** Where the agent of this very data folder answers; null: none does. */
  readonly agent: string | null;
}

/** Whether an agent could listen, or the one that does is the agent of this very data folder. Rejects with the reason of `signal`. */
export async function ofPort(
  { httpApi, store }: Pick<Config, "httpApi" | "store">,
  { clock }: Pick<Edges, "clock">,
  signal: AbortSignal,
): Promise<PortFinding> {
  const { host, port } = httpApi;
  const about = { about: "HTTP API", check: `listen on ${host} port ${port}` };
  const alone = (result: Finding["result"], message: string): PortFinding => ({
    finding: { ...about, result, message },
    agent: null,
  });
  const server = createHttpServer((_, response) => response.end(), { host, port, clock });
  try {
    await server.start();
    return alone("ok", "");
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== "PortInUse")
      return alone("missing", messageOf(error));
    const url = urlOf(host, port);
    const startedAt = await agentAt(url, signal);
    const holder = readHolder(resolve(store.path));
    if (startedAt === null || holder === null || holder.since !== startedAt) {
      const other =
        startedAt === null ? "" : `. It is an agent with another Store.Path${elsewhere(store)}`;
      return alone("missing", `PortInUse: ${error.message}${other}`);
    }
    const check = `${about.check}: the agent with pid ${holder.pid} does, with this Store.Path`;
    return { finding: { ...about, check, result: "ok", message: "" }, agent: url };
  } finally {
    await server.stop();
  }
}

/** A relative path is another one where the agent was started in another folder. */
function elsewhere({ path, isRelative }: Config["store"]): string {
  if (isRelative !== true) return "";
  return `, or this one started in another folder: Store.Path is relative, and ${path} here. Run doctor in the agent's folder, or let Store.Path begin with /`;
}

function urlOf(host: string, port: number): string {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

/** When the agent that listens there started; null: none answers. */
async function agentAt(url: string, signal: AbortSignal): Promise<string | null> {
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const answer = await fetch(`${url}/livez`, { redirect: "manual", signal: inTime });
    const parsed = liveAnswer.safeParse(await answer.json());
    return parsed.success ? parsed.data.startedAt : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
