import { fileURLToPath } from "node:url";
import { packageFile } from "../kernel/package-files.ts";

/** The command that says why a room is not at head, as a shell takes it in any folder. */
function explainCommand(agentUrl: string, roomId: string): string {
  const bin = fileURLToPath(packageFile("bin/room-operator.js"));
  const word = /^[\w./-]+$/.test(bin) ? bin : `'${bin.replaceAll("'", "'\\''")}'`;
  return `node ${word} explain --url ${agentUrl} ${roomId}`;
}

/** What a person can type to see the agent at work. Every line can be copied as it is. */
export function thingsToTry({
  gitUrl,
  agentUrl,
}: {
  readonly gitUrl: string;
  readonly agentUrl: string;
}): string {
  return `
Every room is converged. In another terminal:

  git clone ${gitUrl} my-rooms && cd my-rooms

1. Change a room, and watch it follow
  sed -i 's/Research Agent/Chief Researcher/; s/version: 4$/version: 5/' rooms/ai-lab.room.yaml
  git commit -am "Promote the researcher" && git push

2. Only plan a change (the plan is in pendingDiff)
  sed -i 's/Lab Orchestrator/Orchestrator/; s/version: 5$/version: 6/' rooms/ai-lab.room.yaml
  git commit -am "Rename the orchestrator" -m "Dry-Run: true" && git push
  curl -s ${agentUrl}/status/rooms/ai-lab-01

3. Carry it out after all
  git commit --allow-empty -m "Rename it for good" -m "Confirm: ai-lab-01" && git push

4. Remove more than half of a room: refused, and nothing happens
  sed -i '/E-season-/d; s/version: 1$/version: 2/' rooms/help-desk.room.yaml
  git commit -am "Send the season team home" && git push

5. Confirm it where the change is: the eight leave, five and then three
  git commit --allow-empty -m "Yes, the season is over" -m "Confirm: help-desk-01" && git push
  (in one commit it would have been: git commit -am "Send the season team home" -m "Confirm: true")

6. See what is, what was, and why a room is not at head
  curl -s ${agentUrl}/status
  curl -s "${agentUrl}/audit?count=20"
  curl -s ${agentUrl}/metrics
  ${explainCommand(agentUrl, "help-desk-01")}

Ctrl-C ends the demo and removes all of it.

`;
}

/** The same for a person's own folder. */
export function thingsToTryInFolder({
  folder,
  agentUrl,
  roomId,
}: {
  readonly folder: string;
  readonly agentUrl: string;
  /** One of its rooms. */
  readonly roomId: string;
}): string {
  return `
Every room is converged. Edit a spec (*.room.yaml, *.room.yml or *.room.json) under

  ${folder}

and save it: its room follows. Removals above a limit wait here until you confirm them with the request that is shown.

See what is, what was, and why a room is not at head
  curl -s ${agentUrl}/status
  curl -s "${agentUrl}/audit?count=20"
  ${explainCommand(agentUrl, roomId)}

Ctrl-C ends the demo; the folder stays as it is.

`;
}
