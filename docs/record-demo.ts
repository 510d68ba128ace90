import { writeFileSync } from "node:fs";
import { DEMO_TITLE, recordDemo } from "./demo-recording.ts";
import { renderTerminal } from "./terminal-svg.ts";

/* `npm run docs:demo`: runs the demo and draws what it prints as `demo.svg`. */

const lines = await recordDemo();
writeFileSync(new URL("demo.svg", import.meta.url), renderTerminal(DEMO_TITLE, lines));
