/** Not 0: this thread has to end. Null in a thread that is not ended this way. */
let ending: Int32Array | null = null;

/** From now on this thread ends itself at `endIfAsked` once `flag`, which it shares with the main thread, is not 0. */
export function endOnRequest(flag: Int32Array): void {
  ending = flag;
}

/**
 * Ends this thread, with exit code 0, if the main thread asked for it. Called before each inflation: Node aborts the whole
 * process when a thread is terminated while zlib sets up, and work in one go may inflate for longer than the grace lasts.
 */
export function endIfAsked(): void {
  if (ending !== null && Atomics.load(ending, 0) !== 0) process.exit(0);
}
