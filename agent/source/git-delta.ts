import { gitFailure } from "./git-failure.ts";

/** The sizes a delta declares: of the object it builds on and of the one it makes. */
export function deltaSizes(delta: Buffer): { readonly base: number; readonly result: number } {
  const base = readSize(delta, 0);
  return { base: base.size, result: readSize(delta, base.next).size };
}

/** The object a delta makes of its base. Throws `CorruptPack` when the delta does not fit the base. */
export function applyDelta(delta: Buffer, base: Buffer): Buffer {
  const declaredBase = readSize(delta, 0);
  const declaredResult = readSize(delta, declaredBase.next);
  if (declaredBase.size !== base.length) throw corruptDelta();
  const steps = readSteps(delta, declaredResult.next, base);
  // Before any memory is taken for it: a few bytes can declare terabytes.
  if (steps.some(({ from, end }) => end > from.length)) throw corruptDelta();
  const made = steps.reduce((sum, { start, end }) => sum + end - start, 0);
  if (made !== declaredResult.size) throw corruptDelta();
  const result = Buffer.allocUnsafe(made);
  let written = 0;
  for (const { from, start, end } of steps) written += from.copy(result, written, start, end);
  return result;
}

/** A piece of the result: bytes of the base, or bytes that the delta carries itself. */
interface Step {
  readonly from: Buffer;
  readonly start: number;
  readonly end: number;
}

function readSteps(delta: Buffer, first: number, base: Buffer): readonly Step[] {
  const steps: Step[] = [];
  let at = first;
  while (at < delta.length) {
    const instruction = delta[at] ?? 0;
    at += 1;
    if (instruction === 0) throw corruptDelta();
    if ((instruction & 0x80) === 0) {
      steps.push({ from: delta, start: at, end: at + instruction });
      at += instruction;
      continue;
    }
    let start = 0;
    let size = 0;
    for (let bit = 0; bit < 4; bit += 1) {
      if ((instruction & (1 << bit)) !== 0) start += (delta[at++] ?? 0) * 2 ** (8 * bit);
    }
    for (let bit = 0; bit < 3; bit += 1) {
      if ((instruction & (0x10 << bit)) !== 0) size += (delta[at++] ?? 0) * 2 ** (8 * bit);
    }
    steps.push({ from: base, start, end: start + (size === 0 ? 0x10000 : size) });
  }
  if (at !== delta.length) throw corruptDelta();
  return steps;
}

function readSize(delta: Buffer, start: number): { readonly size: number; readonly next: number } {
  let size = 0;
  let factor = 1;
  for (let at = start; at < delta.length && at < start + 7; at += 1) {
    const byte = delta[at] ?? 0;
    size += (byte & 0x7f) * factor;
    if ((byte & 0x80) === 0) return { size, next: at + 1 };
    factor *= 128;
  }
  throw corruptDelta();
}

function corruptDelta(): Error {
  return gitFailure("CorruptPack", "A delta in the pack does not fit its base.");
}
