import packageJson from "../../package.json" with { type: "json" };

/** The version of this program, as `--version` shows it. */
export const PROGRAM_VERSION: string = packageJson.version;
