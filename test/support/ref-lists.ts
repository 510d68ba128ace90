import { OperatorError } from "../../agent/kernel/errors.ts";
import { AdvertisementAnswer } from "../../agent/source/git/wire/git-advertisement.ts";
import type { Advertisement } from "../../agent/source/git/wire/git-advertisement.ts";
import { LsRefsAnswer } from "../../agent/source/git/wire/git-ls-refs.ts";
import type { RefList, RefQuestion } from "../../agent/source/git/wire/git-transport.ts";

export const MAIN = "refs/heads/main";
const LIMIT = {
  lines: 1_000,
  exceeded: () => new OperatorError("LimitExceeded", "too many lines"),
};

/** Asks for refs by their full names. */
export function named(names: readonly string[]): RefQuestion {
  return { prefixes: names, keeps: (name) => names.includes(name) };
}

/** Reads a protocol-2 list that is all there. */
export function readLsRefs(body: Buffer, wanted: readonly string[] = [MAIN]): RefList {
  const answer = new LsRefsAnswer(named(wanted), LIMIT);
  answer.push(body);
  return answer.finish();
}

/** Reads an advertisement that is all there. */
export function readAdvertisement(body: Buffer, wanted: readonly string[] = [MAIN]): Advertisement {
  const answer = new AdvertisementAnswer(named(wanted), LIMIT);
  answer.push(body);
  return answer.finish();
}
