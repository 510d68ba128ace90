/** Monotonic time in ms, the same in every process of this machine: moments of different processes can be compared. */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
