/**
 * `fetch`, once more when the connection was reset: on a busy machine a kept connection may have been closed by the server just
 * before it is used again, and that says nothing.
 */
export async function fetchAgain(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
    if (code !== "ECONNRESET") throw error;
    return fetch(url, init);
  }
}
