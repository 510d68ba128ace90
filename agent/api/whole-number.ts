import { z } from "zod";

/** A number in the query of a URL; `usual` where it is not given. */
export function wholeNumber({
  least,
  most,
  usual,
}: {
  readonly least: number;
  readonly most: number;
  readonly usual: number;
}) {
  const message = `is not a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, message)
    .transform(Number)
    .pipe(z.int().min(least, message).max(most, message))
    .default(usual);
}
