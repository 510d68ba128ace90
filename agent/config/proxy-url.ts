/** Where a proxy is, and what it is signed in to with. */
export interface ProxyUrl {
  readonly host: string;
  readonly port: number;
  readonly login: { readonly username: string; readonly password: string } | null;
}

/** `http://[user:password@]host[:port]`, also without the scheme, as the environment may have it; null for anything else. */
export function parseProxyUrl(text: string): ProxyUrl | null {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.protocol !== "http:" || url.pathname !== "/" || url.search !== "")
    return null;
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (username === null || password === null) return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 80 : Number(url.port),
    login: username === "" ? null : { username, password },
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}
