import { parentPort } from "node:worker_threads";
import { LineCounter, parseDocument } from "yaml";

/** Parses the texts it is sent, one after the other, and answers when it has. */
parentPort?.on("message", (texts: readonly string[]) => {
  let members = 0;
  for (const text of texts) {
    const document = parseDocument(text, { lineCounter: new LineCounter() });
    members += Object.keys(document.toJS() as object).length;
  }
  parentPort?.postMessage(members);
});
