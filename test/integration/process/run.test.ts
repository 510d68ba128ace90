import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { PROGRAM_VERSION } from "../../../agent/config/program-version.ts";
import type { StatusBody } from "../../../agent/api/contract.ts";
import { eventually } from "../../support/eventually.ts";
import { GitRepository } from "../../support/git-repository.ts";
import { GitServer } from "../../support/git-server.ts";
import { specYaml } from "../../support/spec-yaml.ts";
import { LAUNCHER, ProgramRun } from "../../support/program-tree.ts";

/** The command as a person starts it: launcher, program, store and API are the real ones. */
describe("room-operator run", () => {
  let folder: string;
  let runs: ProgramRun[];
  let git: GitServer | null = null;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "room-operator-run-"));
    runs = [];
  });

  afterEach(async () => {
    for (const run of runs) run.kill();
    await git?.stop();
    git = null;
    rmSync(folder, { recursive: true, force: true });
  });

  function start(env: Readonly<Record<string, string>> = {}, umask = "022"): ProgramRun {
    const variables = { PATH: process.env["PATH"], HttpApi__Port: "0", ROOM_AUTH_TOKEN: "t0ken-7" };
    const script = `umask ${umask}; exec "$0" "$@"`;
    const run = new ProgramRun(
      spawn("sh", ["-c", script, process.execPath, LAUNCHER, "run"], {
        cwd: folder,
        env: { ...variables, ...env },
      }),
    );
    runs.push(run);
    return run;
  }

  const modeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mode;

  const urlOf = (run: ProgramRun) =>
    eventually("the agent is started", () => /"url":"([^"]+)"/.exec(run.stdout)?.[1]);

  it("runs from variables alone, serves its API, leaves nothing for other users to read whatever the umask, and ends with 0 by SIGTERM", async () => {
    const repository = GitRepository.create({ root: join(folder, "repositories") });
    repository.commit({ "rooms/a.room.yaml": specYaml({ roomId: "room-private" }) });
    git = await GitServer.start(repository.root);
    const source = {
      Git__Sources__0__Name: "specs",
      Git__Sources__0__Url: git.url(),
      Git__Sources__0__IntervalSeconds: "0.2",
    };
    const run = start(source, "000");
    const url = await urlOf(run);
    const status = await eventually("the source is ingested", async () => {
      const answer = (await (await fetch(`${url}/status`)).json()) as StatusBody;
      return answer.sources[0]?.observedRevision === null ? undefined : answer;
    });
    expect(status).to.include({ version: PROGRAM_VERSION });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).to.include(`room_operator_build_info{version="${PROGRAM_VERSION}"} 1`);
    expect(metrics).to.match(/^room_operator_reconcile_attempts_total \d+$/m);
    expect(metrics).to.include("process_resident_memory_bytes");
    const data = join(folder, "data");
    const open = readdirSync(data, { recursive: true, withFileTypes: true }).filter(
      // A file that has its name for a moment may be gone.
      (entry) => ((modeOf(join(entry.parentPath, entry.name)) ?? 0) & 0o077) !== 0,
    );
    expect(open.map(({ name }) => name)).to.deep.equal([]);
    expect(statSync(data).mode & 0o777).to.equal(0o700);
    run.child.kill("SIGTERM");
    expect(await run.ended, run.stderr).to.deep.equal({ code: 0, signal: null });
    expect(run.stderr).to.equal("");
  });

  it("ends with 1 and a line on stderr when nobody reads its log any more", async () => {
    const run = start({
      RoomServer__BaseUrl: "http://127.0.0.1:1",
      Operator__Retry__MaxAttempts: "1",
    });
    const url = await urlOf(run);
    run.child.stdout?.destroy();
    const body = specYaml({ roomId: "room-unread", entities: ["E-01"] });
    const headers = { "Content-Type": "application/yaml" };
    await fetch(`${url}/apply`, { method: "POST", headers, body }).catch(() => undefined);
    expect((await run.ended).code, run.stderr).to.equal(1);
    expect(run.stderr).to.match(/its output cannot be written \(EPIPE\); stopping, to be started/);
  });

  it("ends another command with 1 and without a line, as `doctor | head -3` does", async () => {
    const env = { PATH: process.env["PATH"], RoomServer__BaseUrl: "http://127.0.0.1:1" };
    const doctor = spawn(process.execPath, [LAUNCHER, "doctor"], { cwd: folder, env });
    const run = new ProgramRun(doctor);
    runs.push(run);
    doctor.stdout.destroy();
    expect((await run.ended).code, run.stderr).to.equal(1);
    expect(run.stderr).to.equal("");
  });
});
