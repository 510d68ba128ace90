/** What is said of a room that does not converge: its trouble, and for how many passes. */
export function stalledText(cycles: number, message: string): string {
  return `not converged after ${cycles} passes; ${message}`;
}

/** The trouble alone, which is the same from pass to pass. */
export function withoutCycles(message: string): string {
  return message.replace(/^not converged after \d+ passes; /, "");
}
