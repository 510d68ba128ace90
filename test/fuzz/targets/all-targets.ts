import type { FuzzTarget } from "../fuzz-target.ts";
import { applyBody } from "./apply-body.ts";
import { commit, tree } from "./commit.ts";
import { forgeLibrary } from "./forge-library.ts";
import { advertisement, delta, pack, refs, uploadPack } from "./git-answers.ts";
import { giteaAnswers } from "./gitea-answers.ts";
import { roomignore } from "./roomignore.ts";
import { roomState } from "./room-server.ts";
import { settings } from "./settings.ts";
import { gpgStatus, signedCommit, sshSignature } from "./signature.ts";
import { spec } from "./spec.ts";
import { waits } from "./waits.ts";
import { webhookBody, webhookSignature } from "./webhook-parts.ts";
import { webhook } from "./webhook.ts";
import { wireWords } from "./wire-words.ts";

/** Everything that reads bytes from outside. */
export const TARGETS: readonly FuzzTarget[] = [
  spec,
  commit,
  tree,
  refs,
  advertisement,
  uploadPack,
  pack,
  delta,
  roomState,
  waits,
  settings,
  applyBody,
  webhook,
  webhookBody,
  webhookSignature,
  forgeLibrary,
  signedCommit,
  sshSignature,
  gpgStatus,
  roomignore,
  wireWords,
  giteaAnswers,
];

export function targetNamed(name: string): FuzzTarget {
  const target = TARGETS.find((each) => each.name === name);
  if (target !== undefined) return target;
  const known = TARGETS.map((each) => each.name).join(", ");
  throw new Error(`there is no target ${name}; there are ${known}`);
}
