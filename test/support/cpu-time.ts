/**
 * Ms of processor time that this process has used. A test of how much work something is goes by that: on a busy machine the clock
 * tells what others do.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
