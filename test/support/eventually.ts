/**
 * Polls `probe` until it returns something other than undefined or false, and returns that. Fails after `timeoutMs` with
 * the last error the probe threw, or with `what`.
 */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 25_000,
): Promise<T> {
  const untilMs = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > untilMs) {
      throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause: last });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
