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
  return z
    .string()
    .regex(/^\d{1,9}$/, `is not a whole number from ${least} to ${most}`)
    .transform(Number)
    .pipe(z.int().min(least).max(most))
    .default(usual);
}
