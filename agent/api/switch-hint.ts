/** What people take for fields of a request to `/apply`, by their letters. */
const SWITCHES: Readonly<Record<string, string>> = {
  dryrun: "A dry run is the header X-Dry-Run: true, not a field",
  confirm: "A confirmation is the header X-Confirm: true, not a field",
  override: "An override is the header X-Override: true, not a field",
};

/** For the end of a message about unknown fields: which header was meant; empty where none was. */
export function switchHint(names: readonly string[]): string {
  const meant = names.map((name) => name.toLowerCase().replace(/[-_ ]|^x[-_]/g, ""));
  const hints = Object.keys(SWITCHES).filter((key) => meant.includes(key));
  return hints.map((key) => `. ${SWITCHES[key]}`).join("");
}
