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

/** Whether an agent could listen, or the one that does is the agent of this very data folder. Rejects with the reason of `signal`. */
export async function ofPort(
  { httpApi, store }: Pick<Config, "httpApi" | "store">,
  { clock }: Pick<Edges, "clock">,
  signal: AbortSignal,
): Promise<Finding> {
  const { host, port } = httpApi;
  const about = { about: "HTTP API", check: `listen on ${host} port ${port}` };
  const server = createHttpServer((_, response) => response.end(), { host, port, clock });
  try {
    await server.start();
    return { ...about, result: "ok", message: "" };
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== "PortInUse")
      return { ...about, result: "missing", message: messageOf(error) };
    const startedAt = await agentAt(host, port, signal);
    const holder = readHolder(resolve(store.path));
    if (startedAt === null || holder === null || holder.since !== startedAt) {
      const other = startedAt === null ? "" : ". It is an agent with another Store.Path";
      return { ...about, result: "missing", message: `PortInUse: ${error.message}${other}` };
    }
    const check = `${about.check}: the agent with pid ${holder.pid} does, with this Store.Path`;
    return { ...about, check, result: "ok", message: "" };
  } finally {
    await server.stop();
  }
}

/** When the agent that listens there started; null: none answers. */
async function agentAt(host: string, port: number, signal: AbortSignal): Promise<string | null> {
  const name = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  try {
    const url = `http://${name.includes(":") ? `[${name}]` : name}:${port}/livez`;
    const answer = await fetch(url, { redirect: "manual", signal: inTime });
    const parsed = liveAnswer.safeParse(await answer.json());
    return parsed.success ? parsed.data.startedAt : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}
