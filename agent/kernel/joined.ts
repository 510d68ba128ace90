/**
 * Messages as one text. Some end in a full stop and some do not: before another one each loses its own, so that no two marks
 * stand side by side. After one of several sentences the next is a sentence of its own.
 */
export function joined(messages: readonly string[], separator = "; "): string {
  let text = "";
  let isSentence = false;
  for (const message of messages.filter((one) => one !== "")) {
    if (text === "") text = message;
    else if (isSentence) text = `${asSentence(withoutStop(text))} ${capitalized(message)}`;
    else text = `${withoutStop(text)}${separator}${message}`;
    isSentence = separator === "; " && /[.?!] \S/.test(message);
  }
  return text;
}

/** Where it begins with a word, not with a name that may be spelled so. */
function capitalized(message: string): string {
  return /^[a-z]+ /.test(message) ? upperFirst(message) : message;
}

/** A text that begins in the middle of a sentence, as the beginning of one. */
export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A message without the full stop at its end; dots that stand for more stay. */
export function withoutStop(message: string): string {
  return message.trimEnd().replace(/(?<!\.)[.;]$/, "");
}

/** A message as a sentence, before another one: with a full stop, unless it ends with a mark of its own, as a question does. */
export function asSentence(message: string): string {
  return /[.?!]$/.test(message) ? message : `${message}.`;
}
