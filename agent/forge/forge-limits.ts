/**
 * How much of what a forge holds is read. Whoever may open pull requests, or comment, decides how much there is: these bounds
 * hold the memory and the time that one question takes.
 */
export const FORGE_LIMITS = {
  /** One answer, bytes. */
  answerBytes: 16 * 1024 * 1024,
  /** Of an answer that says no, bytes: nothing in it is worth more. */
  errorBytes: 16 * 1024,
  /** Pages of one list. */
  pages: 40,
  /** Pages of the files that a pull request changes. */
  filePages: 60,
  /** Characters of a status' description: GitHub takes no more. */
  description: 140,
} as const;
