/**
 * Ms of processor time that this process has used. A test of how much work something is goes by that: on a busy machine the clock
 * tells what others do.
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Between two looks, ms. */
const LOOK_MS = 5;

/**
 * How long the event loop is held up, by the processor time of its thread: what monitorEventLoopDelay says on a machine that does
 * nothing else.
 */
export class LoopDelay {
  readonly #turnsMs: number[] = [];
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);
  #before = process.threadCpuUsage();

  /** The delay that 99 of 100 turns stay below, ms. Nothing is measured from then on. */
  end(): number {
    clearInterval(this.#timer);
    this.#look();
    const sorted = this.#turnsMs.toSorted((one, other) => one - other);
    return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
  }

  #look(): void {
    const now = process.threadCpuUsage();
    const { user, system } = this.#before;
    this.#turnsMs.push((now.user + now.system - user - system) / 1000);
    this.#before = now;
  }
}
