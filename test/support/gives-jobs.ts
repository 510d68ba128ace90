/** Whether mocha's arguments say how many jobs there are, in any of its ways: `--jobs 2`, `--jobs=2`, `-j 2`, `-j2`, `-j=2`. */
export function givesJobs(args: readonly string[]): boolean {
  return args.some((arg) => /^(?:--jobs(?:=|$)|-j(?:=|\d|$))/.test(arg));
}
