/**
 * Tests that wait for a deadline of the program, begun together in a `before`: they take as long as the longest of them. Each needs
 * what it changes to itself. A retry begins its own again.
 */
export function begunTogether(tests: Readonly<Record<string, () => Promise<void>>>): void {
  const begun = new Map<string, Promise<void>>();

  before(() => {
    for (const [name, run] of Object.entries(tests)) {
      const running = run();
      // Its test reports it.
      running.catch(() => undefined);
      begun.set(name, running);
    }
  });

  for (const [name, run] of Object.entries(tests))
    it(name, async () => {
      const running = begun.get(name) ?? run();
      begun.delete(name);
      await running;
    });
}
