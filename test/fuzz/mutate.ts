import type { Random } from "../../agent/kernel/ids.ts";
import { textBytes, type FuzzTarget } from "./fuzz-target.ts";

export interface MutateOptions extends Pick<FuzzTarget, "words" | "maxBytes"> {
  /** Inputs to take pieces from; not empty. */
  readonly corpus: readonly Uint8Array[];
  readonly random: Random;
}

type Mutation = (bytes: Uint8Array, options: MutateOptions) => Uint8Array;

const ODD_BYTES = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x7f, 0x80, 0xc3, 0xe2, 0xed, 0xf0, 0xff];
const ODD_NUMBERS = ["0", "-1", "1e309", "NaN", "9007199254740993", "0x10", "00000000000000000001"];

/** An input made of one of the corpus by a few small damages, never longer than `maxBytes`. */
export function mutate(options: MutateOptions): Uint8Array {
  let bytes = pick(options.corpus, options.random);
  const steps = 1 + Math.floor(options.random() ** 2 * 6);
  for (let step = 0; step < steps; step += 1) {
    bytes = pick(MUTATIONS, options.random)(bytes, options).subarray(0, options.maxBytes);
  }
  return bytes;
}

const MUTATIONS: readonly Mutation[] = [
  // A bit flips.
  (bytes, { random }) => {
    const copy = Uint8Array.from(bytes);
    const at = below(copy.length, random);
    if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(8, random));
    return copy;
  },
  // An odd byte, a word or a number stands in between.
  (bytes, options) => insert(bytes, Uint8Array.of(pick(ODD_BYTES, options.random)), options),
  (bytes, options) => insert(bytes, textBytes(word(options)), options),
  (bytes, options) => insert(bytes, textBytes(word(options)), options),
  (bytes, options) => insert(bytes, textBytes(pick(ODD_NUMBERS, options.random)), options),
  // A piece is gone, twice there, or many times.
  (bytes, { random }) => without(bytes, span(bytes, random)),
  (bytes, options) => insert(bytes, piece(bytes, options.random), options),
  (bytes, options) => {
    const repeated = piece(bytes, options.random).subarray(0, 64);
    const times = 2 ** (1 + below(14, options.random));
    const room = Math.max(options.maxBytes - bytes.length, 0);
    const count = Math.min(times, Math.floor(room / Math.max(repeated.length, 1)));
    return insert(bytes, concat(...Array.from({ length: count }, () => repeated)), options);
  },
  // A piece of another input takes the place of one of this.
  (bytes, options) => {
    const other = piece(pick(options.corpus, options.random), options.random);
    return insert(without(bytes, span(bytes, options.random)), other, options);
  },
  // It is cut off.
  (bytes, { random }) => bytes.subarray(0, below(bytes.length + 1, random)),
];

function word({ words, random }: MutateOptions): string {
  return words.length === 0 ? "" : pick(words, random);
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A part of the bytes; mostly a short one. */
function span(bytes: Uint8Array, random: Random): Span {
  const start = below(bytes.length + 1, random);
  const length = Math.ceil(random() ** 3 * (bytes.length - start));
  return { start, end: start + length };
}

function piece(bytes: Uint8Array, random: Random): Uint8Array {
  const { start, end } = span(bytes, random);
  return bytes.subarray(start, end);
}

function without(bytes: Uint8Array, { start, end }: Span): Uint8Array {
  return concat(bytes.subarray(0, start), bytes.subarray(end));
}

function insert(bytes: Uint8Array, added: Uint8Array, { random }: MutateOptions): Uint8Array {
  const at = below(bytes.length + 1, random);
  return concat(bytes.subarray(0, at), added, bytes.subarray(at));
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[below(items.length, random)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
