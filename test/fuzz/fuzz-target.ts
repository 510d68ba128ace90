/**
 * Something that reads bytes from outside. `run` gives a short word for how the input ended, so that inputs which end in a new
 * way are kept to build on; whatever it throws or rejects with is a crash. It turns the typed errors that are allowed into words.
 */
export interface FuzzTarget {
  readonly name: string;
  /** What the bytes are read as. */
  readonly what: string;
  /** Inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** Pieces that mean something to the reader. */
  readonly words: readonly string[];
  /** Longer inputs are not made, in bytes. */
  readonly maxBytes: number;
  run(input: Uint8Array): string | Promise<string>;
}

/** A message without what differs from input to input: quoted parts and numbers. */
export function shapeOf(message: string): string {
  return message
    .replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, "Q")
    .replaceAll(/\d+/g, "N")
    .slice(0, 80);
}

/** Breaks a promise of the code under test: a crash like any other. */
export function mustHold(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken promise: ${what}`);
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
