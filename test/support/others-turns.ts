/** Keeps the thread busy. */
export function work(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

/** How often others in the thread had a turn meanwhile. */
export async function othersTurns(working: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  const take = (): void => {
    turns += 1;
    next = setImmediate(take);
  };
  let next = setImmediate(take);
  await working();
  clearImmediate(next);
  return turns;
}
