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
  const result = Buffer.allocUnsafe(declaredResult.size);
  let written = 0;
  let at = declaredResult.next;
  while (at < delta.length) {
    const instruction = delta[at] ?? 0;
    at += 1;
    if (instruction === 0) throw corruptDelta();
    if ((instruction & 0x80) === 0) {
      if (at + instruction > delta.length) throw corruptDelta();
      if (written + instruction > result.length) throw corruptDelta();
      delta.copy(result, written, at, at + instruction);
      at += instruction;
      written += instruction;
      continue;
    }
    let offset = 0;
    let size = 0;
    for (let bit = 0; bit < 4; bit += 1) {
      if ((instruction & (1 << bit)) !== 0) offset += (delta[at++] ?? 0) * 2 ** (8 * bit);
    }
    for (let bit = 0; bit < 3; bit += 1) {
      if ((instruction & (0x10 << bit)) !== 0) size += (delta[at++] ?? 0) * 2 ** (8 * bit);
    }
    if (size === 0) size = 0x10000;
    if (offset + size > base.length || written + size > result.length) throw corruptDelta();
    base.copy(result, written, offset, offset + size);
    written += size;
  }
  if (written !== result.length || at !== delta.length) throw corruptDelta();
  return result;
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
