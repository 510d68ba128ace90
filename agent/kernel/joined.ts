/**
 * Messages as one text. Some end in a full stop and some do not: before another one each loses its own, so that no two marks
 * stand side by side.
 */
export function joined(messages: readonly string[], separator = "; "): string {
  return messages
    .filter((message) => message !== "")
    .map((message, at, all) => (at === all.length - 1 ? message : withoutStop(message)))
    .join(separator);
}

/** A message without the full stop at its end; dots that stand for more stay. */
export function withoutStop(message: string): string {
  return message.trimEnd().replace(/(?<!\.)[.;]$/, "");
}

/** A message as a sentence, before another one: with a full stop, unless it ends with a mark of its own, as a question does. */
export function asSentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
