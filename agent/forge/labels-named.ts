import { failed } from "./forge-failure.ts";
import type { Bounded, ForgeAnswer, ForgeLabel } from "./forge.ts";

/** Whether a label has one of these names. One that ends in `/` stands for all names that begin with it. */
export function isNamed({ name }: ForgeLabel, names: readonly string[]): boolean {
  return names.some((one) => name === one || (one.endsWith("/") && name.startsWith(one)));
}

/** Those of all labels of a repository that have one of these names (`isNamed`). Of a list that is cut it is not known whether a name is there twice. */
export function labelsNamed(
  names: readonly string[],
  answer: ForgeAnswer<Bounded<ForgeLabel>>,
  repository: string,
): ForgeAnswer<readonly ForgeLabel[]> {
  if (answer.kind === "failed") return answer;
  const { list, isWhole } = answer.value;
  if (isWhole) return { kind: "ok", value: list.filter((label) => isNamed(label, names)) };
  const message = `the labels of ${repository} are more than ${list.length}, and more are not read, so whether a name is there twice is not known. Delete labels that are not used.`;
  return failed("ForgeAnswerInvalid", message);
}
