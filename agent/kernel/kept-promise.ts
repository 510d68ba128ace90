/**
 * A promise that `make` gives when it is first asked for, and that is kept. One that was rejected is not: who asks then has it made
 * again.
 */
export function keptPromise<T>(make: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | null = null;
  return async () => {
    const asked = (kept ??= make());
    try {
      return await asked;
    } catch (error) {
      if (kept === asked) kept = null;
      throw error;
    }
  };
}
