const HIDDEN = "[redacted]";

/**
 * An address as it may be shown: without user part, query and fragment. Takes any text and rather hides too much: all
 * before the last `@` goes.
 */
export function redactUrl(text: string): string {
  if (SSH_USER.test(text)) return text;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(text)?.[0] ?? "";
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf("@");
  const shown = rest.slice(at + 1).replace(/[?#].*$/s, "");
  return at === -1 ? scheme + shown : `${scheme}${HIDDEN}@${shown}`;
}

/** The user of an ssh address is a name such as `git`: a secret has digits or capitals in it. */
const SSH_USER = /^(?:ssh:\/\/[a-z][a-z-]{0,31}@[^@?#]*|[a-z][a-z-]{0,31}@[^@:/?#]+:[^@?#]*)$/;
