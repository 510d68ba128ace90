import { failed } from "./forge-failure.ts";
import type { Bounded, ForgeAnswer, ForgeLabel } from "./forge.ts";

/** Those of all labels of a repository that have one of these names. Of a list that is cut it is not known whether a name is there twice. */
export function labelsNamed(
  names: readonly string[],
  answer: ForgeAnswer<Bounded<ForgeLabel>>,
  repository: string,
): ForgeAnswer<readonly ForgeLabel[]> {
  if (answer.kind === "failed") return answer;
  const { list, isWhole } = answer.value;
  if (isWhole) return { kind: "ok", value: list.filter(({ name }) => names.includes(name)) };
  const message = `the labels of ${repository} are more than ${list.length}, and more are not read, so whether a name is there twice is not known. Delete labels that are not used.`;
  return failed("ForgeAnswerInvalid", message);
}
