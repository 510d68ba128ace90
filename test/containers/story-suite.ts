import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import type { ComposeWorld } from "./compose-world.ts";
import { GiteaPerson } from "./gitea-person.ts";

const SERVICES = ["gitea-init", "gitea", "bootstrap", "roomserver", "agent"];
const ROOM = "help-desk-01";
const SPEC = "rooms/help-desk.room.yaml";

const container = z.object({
  Config: z.object({ User: z.string() }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()).nullable(),
    SecurityOpt: z.array(z.string()).nullable(),
    Init: z.boolean().nullable(),
    Privileged: z.boolean(),
    PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() })).nullable()),
  }),
});

const room = z.object({
  roomId: z.string(),
  verifiedRevision: z.string().nullable(),
  lastOutcome: z.string().nullable(),
});

/** The compose file, and a customer's way through it. */
export function storySuite(theWorld: () => ComposeWorld): void {
  describe("docker compose", () => {
    let person: GiteaPerson;
    let secrets: readonly string[];

    before(async () => {
      const sinceMs = performance.now();
      await theWorld().compose(["up", "-d"], { timeoutMs: 300_000 });
      await isReady(theWorld());
      console.log(`      up: ${Math.round((performance.now() - sinceMs) / 1000)} s until /readyz`);
      const password = await read(theWorld(), "gitea", "/var/lib/gitea/admin/ops-password");
      person = new GiteaPerson(theWorld().gitea, password, theWorld().folder);
      secrets = [
        password,
        await read(theWorld(), "agent", "/handover/bot-token"),
        await read(theWorld(), "agent", "/handover/webhook-secret"),
      ];
      for (const secret of secrets) expect(secret.length).to.be.above(30);
    });

    it("gives no service more than it needs, and no port to other machines", async () => {
      for (const service of SERVICES) {
        const id = await theWorld().container(service);
        const { Config, HostConfig } = container.parse(await theWorld().engine.inspect(id));
        expect(Config.User, service).to.be.oneOf(["65532:65532", "1000:1000"]);
        expect(HostConfig.ReadonlyRootfs, service).to.equal(true);
        expect(HostConfig.CapDrop, service).to.deep.equal(["ALL"]);
        expect(HostConfig.SecurityOpt?.join(), service).to.include("no-new-privileges");
        expect(HostConfig.Init, service).to.equal(true);
        expect(HostConfig.Privileged, service).to.equal(false);
        for (const ports of Object.values(HostConfig.PortBindings))
          for (const { HostIp } of ports ?? []) expect(HostIp, service).to.equal("127.0.0.1");
      }
    });

    it("has every room of the first content verified", async () => {
      const { rooms } = await status(theWorld());
      expect(rooms.map(({ roomId }) => roomId).sort()).to.deep.equal(["ai-lab-01", ROOM]);
      await person.cloneSpecs();
      const head = await person.git("rev-parse", "HEAD");
      for (const { roomId } of rooms) await verifiedAt(theWorld(), roomId, head);
    });

    it("lacks nothing that doctor looks for", async () => {
      const id = await theWorld().container("agent");
      const config = ["--config", "/etc/room-operator/appsettings.json"];
      const doctor = ["/usr/local/bin/node", "bin/room-operator.js", "doctor", ...config];
      const { stdout } = await theWorld().engine.docker(["exec", id, ...doctor]);
      expect(stdout).to.match(/^\d+ ok, \d+ warnings?, 0 missing, 0 unknown$/m);
    });

    it("brings a push to a verified room at once, by the webhook", async () => {
      const file = join(person.clone, SPEC);
      const before = readFileSync(file, "utf8");
      writeFileSync(file, before.replace("version: 1", "version: 2"));
      await person.git("commit", "-q", "-am", "Count the version up");
      const deliveries = await accepted(theWorld());
      await person.git("push", "-q", "origin", "main");
      await eventually(
        "the webhook of the push is accepted",
        async () => (await accepted(theWorld())) > deliveries,
      );
      await verifiedAt(theWorld(), ROOM, await person.git("rev-parse", "HEAD"));
    });

    it("takes a change from a branch to a verified room: plan, label, merge, webhook, status", async () => {
      await person.git("switch", "-q", "-c", "season-over");
      const file = join(person.clone, SPEC);
      const before = readFileSync(file, "utf8");
      const lines = before.split("\n").filter((line) => !line.includes("E-season-"));
      writeFileSync(file, lines.join("\n").replace("version: 2", "version: 3"));
      await person.git("commit", "-q", "-am", "Send the season team home");
      await person.git("push", "-q", "origin", "season-over");
      const head = await person.git("rev-parse", "HEAD");
      const openedMs = performance.now();
      const pull = await person.openPull("season-over", "Send the season team home");

      const [plan] = await eventually(
        "the plan is in the pull request",
        async () => {
          const comments = await person.comments(pull);
          return comments.length > 0 && comments;
        },
        60_000,
      );
      console.log(
        `      plan: ${Math.round(performance.now() - openedMs)} ms after the pull request`,
      );
      expect(plan?.user.login).to.equal("room-operator");
      expect(plan?.body).to.include(ROOM).and.include("confirm");
      await eventually("the plan's status", async () => {
        const found = await person.status(head, "room-operator/plan");
        return found?.status === "success";
      });

      await person.addLabel(pull, "confirm");
      const deliveries = await accepted(theWorld());
      const merged = await person.merge(pull);
      const mergedMs = performance.now();
      await eventually(
        "the webhook of the merge is accepted",
        async () => (await accepted(theWorld())) > deliveries,
      );
      await verifiedAt(theWorld(), ROOM, merged);
      console.log(`      verified: ${Math.round(performance.now() - mergedMs)} ms after the merge`);
      const final = await eventually("the sync's status", async () => {
        const found = await person.status(merged, "room-operator/sync");
        return found !== undefined && found.status !== "pending" && found;
      });
      expect(final.status).to.equal("success");
      expect(final.target_url).to.include(theWorld().agent);
    });

    it("finds everything when it is started again, and keeps its rooms", async () => {
      await theWorld().compose(["up", "-d"], { timeoutMs: 120_000 });
      await isReady(theWorld());
      const lines = (await theWorld().logs("bootstrap", "gitea-init")).split("\n");
      const second = lines.slice(lines.findLastIndex((line) => line.includes("gitea: ")) + 1);
      const found = second.filter((line) => line.includes("bootstrap"));
      for (const line of found) expect(line).to.include("found");
      expect(lines.join("\n")).to.include("found the site admin ops");
    });

    it("prints no secret", async () => {
      const logs = await theWorld().logs();
      expect(logs).to.include("agent started");
      for (const secret of secrets) expect(logs).to.not.include(secret);
    });

    it("leaves nothing behind", async () => {
      expect(await theWorld().leftovers()).to.not.deep.equal([]);
      await theWorld().compose(["down", "-v"], { timeoutMs: 60_000 });
      expect(await theWorld().leftovers()).to.deep.equal([]);
    });
  });
}

async function isReady({ agent }: ComposeWorld): Promise<void> {
  const ask = async () => (await fetch(`${agent}/readyz`)).ok;
  await eventually("the agent is ready", ask, 60_000);
}

/** A file of a container's, as somebody on this machine reads it who may use the engine. */
async function read(world: ComposeWorld, service: string, path: string): Promise<string> {
  const id = await world.container(service);
  const node = service === "gitea" ? "node" : "/usr/local/bin/node";
  const script = `process.stdout.write(require("fs").readFileSync(${JSON.stringify(path)}))`;
  return (await world.engine.docker(["exec", id, node, "-e", script])).stdout.trim();
}

async function status({ agent }: ComposeWorld) {
  const answer: unknown = await (await fetch(`${agent}/status`)).json();
  return z.object({ rooms: z.array(room) }).parse(answer);
}

async function verifiedAt(world: ComposeWorld, roomId: string, sha: string): Promise<void> {
  await eventually(
    `${roomId} is verified at ${sha}`,
    async () => {
      const { rooms } = await status(world);
      const shown = rooms.find((each) => each.roomId === roomId);
      return shown?.verifiedRevision?.includes(sha) === true;
    },
    60_000,
  );
}

async function accepted({ agent }: ComposeWorld): Promise<number> {
  const metrics = await (await fetch(`${agent}/metrics`)).text();
  const line = /^room_operator_webhook_deliveries_total\{[^}]*result="accepted"[^}]*\} (\d+)$/m;
  return Number(line.exec(metrics)?.[1] ?? 0);
}
