import { howToConfirm, onBranch } from "../../guardrail/how-to-confirm.ts";
import { asksForNone, meantAs } from "../../intent/exact-form.ts";
import { confirmCommit } from "../confirm-commit.ts";
import { confirmSubject } from "../ways-out.ts";
import { type ExplainFacts, sourceInfo } from "./blocker.ts";

type Facts = Pick<ExplainFacts, "room" | "source" | "others">;

/** What a person does about a line that does not count, by what it asks for; null: what its reason says. */
export function unblockOfIgnored(line: string, facts: Facts): string | null {
  const like = meantAs(line);
  if (like === null) return null;
  if (like.kind === "override")
    return "Do first what the message says; then push a commit that changes the room, with `Override-Window: <reason>`. Or wait: `room-operator windows` says until when.";
  if (like.kind === "confirm" || asksForNone(like)) return confirmed(facts);
  return planOnly(facts);
}

/** Null where nothing waits for it. */
function confirmed(facts: Facts): string | null {
  const { room } = facts;
  const isWaiting = room.dryRun !== null || room.refusals.some(({ confirmable }) => confirmable);
  if (!isWaiting) return null;
  const commit = confirmCommit(room, sourceInfo(facts));
  return howToConfirm(room.roomId, { commit, subject: confirmSubject(room) });
}

function planOnly(facts: Facts): string {
  const { room } = facts;
  if (room.dryRun !== null)
    return "None, the room is a dry run already. Next time, write the line as the message says.";
  const commit = confirmCommit(room, sourceInfo(facts));
  const named =
    commit === null
      ? "."
      : `, or name it in an empty one: \`git commit --allow-empty -m "Plan only" -m "Dry-Run: ${room.roomId}" && git push\`${onBranch(commit.branch)}.${commit.afterwards === null ? "" : ` ${commit.afterwards}`}`;
  return `For a dry run, write \`Dry-Run: true\` in the last paragraph of the next commit that changes the room${named}`;
}
