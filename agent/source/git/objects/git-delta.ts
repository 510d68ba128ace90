import { gitFailure } from "../../git-failure.ts";

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
  const sides = { delta, base };
  // Before any memory is taken for it: a few bytes can declare terabytes.
  let made = 0;
  for (let at = declaredResult.next; at < delta.length;) {
    const step = readStep(sides, at);
    made += step.end - step.start;
    at = step.next;
  }
  if (made !== declaredResult.size) throw corruptDelta();
  const result = Buffer.allocUnsafe(made);
  let written = 0;
  for (let at = declaredResult.next; at < delta.length;) {
    const step = readStep(sides, at);
    written += step.from.copy(result, written, step.start, step.end);
    at = step.next;
  }
  return result;
}

/** A piece of the result: bytes of the base, or bytes that the delta carries itself. */
interface Step {
  readonly from: Buffer;
  readonly start: number;
  readonly end: number;
  /** Where the next step begins. */
  readonly next: number;
}

/** One step; a list of all would take a hundred times the delta's size. */
function readStep({ delta, base }: { delta: Buffer; base: Buffer }, first: number): Step {
  let at = first;
  const instruction = delta[at] ?? 0;
  at += 1;
  if (instruction === 0) throw corruptDelta();
  if ((instruction & 0x80) === 0) {
    const end = at + instruction;
    if (end > delta.length) throw corruptDelta();
    return { from: delta, start: at, end, next: end };
  }
  let start = 0;
  let size = 0;
  for (let bit = 0; bit < 4; bit += 1) {
    if ((instruction & (1 << bit)) !== 0) start += (delta[at++] ?? 0) * 2 ** (8 * bit);
  }
  for (let bit = 0; bit < 3; bit += 1) {
    if ((instruction & (0x10 << bit)) !== 0) size += (delta[at++] ?? 0) * 2 ** (8 * bit);
  }
  const end = start + (size === 0 ? 0x10000 : size);
  if (at > delta.length || end > base.length) throw corruptDelta();
  return { from: base, start, end, next: at };
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
