/** The value that `percent` of the values do not exceed. Throws on an empty list: there is nothing to say about it. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("a percentile needs at least one value");
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 50);
}
