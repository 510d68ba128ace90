/** Without `./` in front, slashes at the end or empty segments. */
export function normalisedFolder(path: string): string {
  const segments = path.split("/").filter((segment) => segment !== "" && segment !== ".");
  return segments.length === 0 ? "." : segments.join("/");
}
