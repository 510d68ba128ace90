/** One line of the agent made wrong on purpose, and the tests that are to notice it. */
export interface Saboteur {
  /** What it does to the agent's promises. */
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly text: string;
  readonly replacement: string;
  /** Run in this order, until one of them fails. */
  readonly tests: readonly string[];
}
