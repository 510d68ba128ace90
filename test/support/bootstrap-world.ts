import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { giteaBootstrap } from "../../agent/cli/gitea-bootstrap.ts";
import { OperatorError } from "../../agent/kernel/errors.ts";
import { RecordedIo } from "./command-io.ts";
import { GiteaSetup } from "./gitea-setup.ts";
import type { Repository } from "./gitea-setup-state.ts";
import { PROJECT } from "./page.ts";
import { rejection } from "./rejection.ts";

export const PASSWORD = "a-password-of-ops";
export const WEBHOOK = "http://agent:8080/webhooks/specs";

/** A Gitea that has nothing but its admin, and a folder for what the bootstrap hands over. */
export class BootstrapWorld {
  gitea: GiteaSetup;
  readonly folder: string;
  /** Everything that was printed or thrown. */
  said = "";

  private constructor(gitea: GiteaSetup, folder: string) {
    this.gitea = gitea;
    this.folder = folder;
  }

  static async start(): Promise<BootstrapWorld> {
    const folder = mkdtempSync(join(tmpdir(), "bootstrap-"));
    writeFileSync(join(folder, "password"), `${PASSWORD}\n`);
    return new BootstrapWorld(await GiteaSetup.start(PASSWORD), folder);
  }

  async stop(): Promise<void> {
    await this.gitea.stop();
    rmSync(this.folder, { recursive: true });
  }

  /** A Gitea and a handover without anything, in place of these. */
  async renew(): Promise<void> {
    await this.gitea.stop();
    this.gitea = await GiteaSetup.start(PASSWORD);
    this.loseHandover();
  }

  loseHandover(): void {
    rmSync(join(this.folder, "handover"), { recursive: true });
  }

  /** Resolves to the lines that it printed. */
  async run(...more: string[]): Promise<string[]> {
    const io = new RecordedIo(this.folder);
    try {
      const code = await giteaBootstrap([...this.args, ...more], io);
      expect(code, io.err).to.equal(0);
      return io.lines;
    } catch (error) {
      if (error instanceof Error) this.said += error.message;
      throw error;
    } finally {
      this.said += io.out + io.err;
    }
  }

  async refusal(...more: string[]): Promise<OperatorError> {
    const error = await rejection(this.run(...more));
    if (!(error instanceof OperatorError)) throw error;
    return error;
  }

  /** A run that sees no answer from the given request on. */
  async killedAt(count: number, isDone: boolean): Promise<void> {
    const killed = new AbortController();
    this.gitea.mishap = (at) => {
      if (at.count !== count || at.isDone !== isDone) return null;
      killed.abort(new Error("killed"));
      return "drop";
    };
    const { stdout, stderr, cwd } = new RecordedIo(this.folder);
    const io = { stdout, stderr, cwd, signal: killed.signal };
    const error = await rejection(giteaBootstrap(this.args, io));
    expect(error.message).to.equal("killed");
    this.gitea.mishap = () => null;
  }

  get args(): string[] {
    const { url } = this.gitea;
    const files = ["--password-file", "password", "--handover", "handover"];
    return ["--url", url, ...files, "--webhook", WEBHOOK];
  }

  handed(name: string): string {
    return readFileSync(join(this.folder, "handover", name), "utf8").trim();
  }

  get specs(): Repository {
    const found = this.gitea.state.repositories.get("rooms/specs");
    if (found === undefined) throw new Error("there is no repository rooms/specs");
    return found;
  }

  /** Everything that a Gitea which was set up has, once. */
  expectSetUp(): void {
    const bot = this.gitea.state.users.get("room-operator");
    const tokens = bot?.tokens ?? [];
    expect(tokens.map(({ sha1 }) => sha1)).to.deep.equal([this.handed("bot-token")]);
    expect(tokens[0]?.scopes).to.deep.equal(["read:user", "write:issue", "write:repository"]);
    const { commits, collaborators, labels, hooks, protection } = this.specs;
    expect(commits).to.have.length(1);
    const room = "rooms/help-desk.room.yaml";
    const example = readFileSync(join(PROJECT, "specs-example", room), "utf8");
    expect(commits[0]?.get(room)).to.equal(example);
    expect([...collaborators]).to.deep.equal([["room-operator", "write"]]);
    expect(labels.map(({ name }) => name)).to.deep.equal(["confirm", "dry-run"]);
    expect(hooks).to.have.length(1);
    expect(hooks[0]).to.include({
      active: true,
      url: WEBHOOK,
      secret: this.handed("webhook-secret"),
    });
    expect(hooks[0]?.events).to.include.members(["push", "create", "delete", "pull_request_only"]);
    expect(protection).to.deep.include({
      rule_name: "main",
      push_whitelist_usernames: ["ops"],
      merge_whitelist_usernames: ["ops"],
      enable_merge_whitelist: true,
      status_check_contexts: ["room-operator/plan"],
      block_admin_merge_override: true,
    });
    const ids = Object.fromEntries(labels.map(({ name, id }) => [name, id]));
    expect(JSON.parse(this.handed("gitea-ids.json"))).to.deep.include({
      labels: ids,
      isComplete: true,
    });
  }

  expectNothingSecretWasSaid(): void {
    const secrets = [PASSWORD, this.handed("bot-token"), this.handed("webhook-secret")];
    for (const secret of secrets) expect(this.said).to.not.include(secret);
  }
}
