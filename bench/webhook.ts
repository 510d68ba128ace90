import { createHmac } from "node:crypto";
import { BenchWorld, UNLIMITED } from "./support/bench-world.ts";
import type { Bench, BenchOptions } from "./support/bench.ts";
import { machineMs } from "./support/machine-ms.ts";
import { measured, show } from "./support/row.ts";
import type { Measured, RowKind } from "./support/row.ts";
import { fullSpec, roomPath } from "./support/specs.ts";
import { median, percentile } from "./support/statistics.ts";

const SECRET = "bench-secret-of-at-least-some-length";

/** A polling agent finds a push after half of this in the mean. */
const DEFAULT_INTERVAL_MS = 10_000;

const WARM_UP = 6;

/** From the delivery of a push until its fetch starts and until its room is verified; nothing is polled meanwhile. */
export const webhook: Bench = { name: "webhook", rows: () => [FETCHED, ASKED, VERIFIED], run };

const FETCHED: RowKind = {
  what: "webhook: delivery to fetch started, p50",
  unit: "ms",
  atMost: 50,
};
const ASKED: RowKind = { what: "webhook: delivery to the list of refs asked for, p50", unit: "ms" };
const VERIFIED: RowKind = {
  what: "webhook: delivery to verified, p50",
  unit: "ms",
  ratio: { of: "the mean of polling at the default interval" },
};

async function run(options: BenchOptions): Promise<readonly Measured[]> {
  const pushes = options.quick ? 15 : 40;
  const world = await BenchWorld.create();
  try {
    world.repository.commit({ [roomPath(0)]: fullSpec(0) });
    const env = { ...UNLIMITED, Git__Sources__0__IntervalSeconds: "300" };
    const { url } = await world.startAgent(
      { ...env, Git__Sources__0__Webhook__Secret: SECRET },
      options,
    );
    await world.until({ verified: 1 });
    const moments: PushMoments[] = [];
    // The first pushes warm up and are not counted.
    for (let number = -WARM_UP; number < pushes; number += 1) {
      const moment = await push(world, url, number + WARM_UP + 2);
      if (number >= 0) moments.push(moment);
    }
    return figures(moments);
  } finally {
    await world.remove();
  }
}

/** In ms, counted from when the delivery was sent. */
interface PushMoments {
  readonly asked: number;
  readonly fetched: number;
  readonly verified: number;
}

async function push(world: BenchWorld, agentUrl: string, version: number): Promise<PushMoments> {
  await world.reset();
  const before = world.repository.head();
  const extra = version % 2 === 0 ? ["E-guest"] : [];
  const after = world.repository.commit({ [roomPath(0)]: fullSpec(0, version, extra) });
  const sentMs = machineMs();
  await deliver(agentUrl, { ref: "refs/heads/main", before, after });
  const report = await world.until({ verified: 1, head: after });
  const requests = await world.takeGitRequests();
  const startOf = (kind: "poll" | "pack") =>
    (requests.find((request) => request.kind === kind)?.startedAtMs ?? Number.NaN) - sentMs;
  const verified = (report.lastVerifiedAtMs ?? Number.NaN) - sentMs;
  return { asked: startOf("poll"), fetched: startOf("pack"), verified };
}

async function deliver(agentUrl: string, payload: unknown): Promise<void> {
  const body = JSON.stringify(payload);
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const answer = await fetch(`${agentUrl}/webhooks/specs`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${signature}` },
    body,
  });
  const said = await answer.text();
  if (answer.status !== 202) throw new Error(`the delivery was answered ${answer.status}: ${said}`);
}

function figures(moments: readonly PushMoments[]): readonly Measured[] {
  const of = (part: keyof PushMoments) => moments.map((moment) => moment[part]);
  const note = (values: readonly number[]) => ({
    note: `p90 ${show(percentile(values, 90), "ms")}, ${values.length} pushes`,
  });
  const verified = median(of("verified"));
  return [
    measured(FETCHED, median(of("fetched")), note(of("fetched"))),
    measured(ASKED, median(of("asked")), note(of("asked"))),
    measured(VERIFIED, verified, {
      ...note(of("verified")),
      base: DEFAULT_INTERVAL_MS / 2 + verified,
    }),
  ];
}
