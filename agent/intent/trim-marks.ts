/**
 * A text without the characters at its ends that `mark`, a pattern for one character, matches. In linear time: a pattern for many of them
 * at the end tries each as the first one.
 */
export function trimMarks(text: string, mark: RegExp): string {
  let start = 0;
  while (start < text.length && mark.test(text.charAt(start))) start += 1;
  return trimEndMarks(text.slice(start), mark);
}

/** The same at the end alone. */
export function trimEndMarks(text: string, mark: RegExp): string {
  let end = text.length;
  while (end > 0 && mark.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
