/** A whole commit id: forges take a branch name or a short id in its place, which may mean another commit tomorrow. */
export function assertObjectId(sha: string): void {
  if (!isObjectId(sha)) {
    throw new Error(
      `"${sha}" is not a whole commit id in lower case, which the forge is to be asked with`,
    );
  }
}

export function isObjectId(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
