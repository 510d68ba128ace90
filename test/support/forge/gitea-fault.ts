import type { ServerResponse } from "node:http";

/** What goes wrong with an answer of a forge. */
export type ForgeFault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** A page for people, as a proxy or a login answers. */
  | { readonly kind: "html"; readonly status?: number }
  /** Never answers. */
  | { readonly kind: "hang" }
  /** Sends the beginning of an answer, then nothing more. */
  | { readonly kind: "stall" }
  | { readonly kind: "reset" }
  /** JSON that is cut off, as if it were all. */
  | { readonly kind: "cut" }
  /** The right content type around this. */
  | { readonly kind: "json"; readonly body: string };

export interface ForgeRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
}

export function misbehave(fault: ForgeFault, response: ServerResponse): void {
  const type = { "content-type": "application/json;charset=utf-8" };
  switch (fault.kind) {
    case "status":
      response.writeHead(fault.status, { ...type, ...fault.headers }).end(fault.body ?? "");
      return;
    case "html":
      response.writeHead(fault.status ?? 200, { "content-type": "text/html; charset=utf-8" });
      response.end("<!DOCTYPE html>\n<html><title>Sign in</title></html>\n");
      return;
    case "hang":
      return;
    case "stall":
      response.writeHead(200, type).write('{"id":');
      return;
    case "reset":
      response.destroy();
      return;
    case "cut":
      response.writeHead(200, type).end('{"id": 1, "number": 1, "title": "Cha');
      return;
    case "json":
      response.writeHead(200, type).end(fault.body);
  }
}
