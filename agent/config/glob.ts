/** Whether a name matches one of the globs: `*` stands for any run of characters, everything else for itself. */
export function matchesAnyGlob(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => matchesGlob(name, glob));
}

/** Two-pointer matching: linear for each star, so that no pattern makes it slow. */
function matchesGlob(name: string, glob: string): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let retry = 0;
  while (at < name.length) {
    if (glob[position] === "*") {
      star = position;
      retry = at;
      position += 1;
    } else if (position < glob.length && glob[position] === name[at]) {
      position += 1;
      at += 1;
    } else if (star >= 0) {
      position = star + 1;
      retry += 1;
      at = retry;
    } else return false;
  }
  return /^\**$/.test(glob.slice(position));
}
