import { readFileSync, writeFileSync } from "node:fs";
import { GENERATED_PARTS, refresh } from "./generated-parts.ts";

/* `npm run docs`: writes the generated parts of the pages in this folder. */

for (const part of GENERATED_PARTS) {
  const file = new URL(part.page, import.meta.url);
  writeFileSync(file, refresh(readFileSync(file, "utf8"), part));
}
