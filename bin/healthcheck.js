#!/usr/bin/env node
/*
 * Asks an address whether it is well, where there is neither shell nor curl: exit code 0 for an answer of 2xx, else 1 and why.
 *
 *   node bin/healthcheck.js [PATH or URL]
 *
 * Without an address it is /livez of the agent on this machine, at the port of HttpApi__Port.
 */
const TIMEOUT_MS = 4000;

const port = process.env["HttpApi__Port"] ?? "8080";
const wanted = process.argv[2] ?? "/livez";

function fail(message) {
  process.stderr.write(`healthcheck: ${message}\n`);
  process.exitCode = 1;
}

try {
  const address = new URL(wanted, `http://127.0.0.1:${port}`);
  const answer = await fetch(address, {
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await answer.body?.cancel();
  if (!answer.ok) fail(`${address} answered ${answer.status}`);
} catch (error) {
  const why = error.cause?.code ?? error.cause?.message ?? error.message;
  fail(`${wanted} cannot be asked: ${why}`);
}
