/** The error a promise rejects with; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError("rejected with something that is no Error", { cause: error });
  }
  throw new Error("expected a rejection, but the promise resolved");
}
