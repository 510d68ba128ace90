import { z } from "zod";

const question = z.object({ id: z.number(), name: z.string(), given: z.unknown() });

type Handler = (given: unknown) => unknown;

/** The other end of `Child`: answers what the parent asks; `end` is called when the parent lets go. */
export function serveParent(
  handlers: Readonly<Record<string, Handler>>,
  end: () => Promise<void>,
): void {
  process.on("message", (message) => {
    const { id, name, given } = question.parse(message);
    const handler = handlers[name];
    Promise.resolve()
      .then(() => {
        if (handler === undefined) throw new Error(`nothing is served under ${name}`);
        return handler(given);
      })
      .then(
        (value) => process.send?.({ id, value: value ?? null }),
        (error: unknown) => process.send?.({ id, error: String(error) }),
      );
  });
  process.once("disconnect", () => void end());
}
