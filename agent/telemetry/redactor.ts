/** Removes secrets from text: the known ones in each form they are sent in, and what looks like a credential or is named as one. */
export interface Redactor {
  /** From now on this value never passes. Values under 6 characters would hit ordinary words and are left to the patterns. */
  remember(secret: string): void;
  redact(text: string): string;
}

const HIDDEN = "[redacted]";
const MIN_LENGTH = 6;

/** Patterns stop at `"` so that a redacted line of JSON is still JSON; `\\.` steps over escaped characters. */
const USER_PART = /([A-Za-z][A-Za-z0-9+.-]{0,15}:\/\/)(?:[^\s"/\\@]|\\.)+@/g;
const AUTHORIZATION = /\b(bearer|basic)([ +]+)[A-Za-z0-9._~+/=-]{6,}/gi;
const PARAMETER =
  /([?&](?:access_token|private_token|token|secret|password|key|sig|signature)=)[^&\s"\\#]+/gi;
/** Members of JSON that hold nothing but a secret, with their value; of a list or an object it ends where that begins. */
const MEMBER =
  /("(?:authorization|(?:set-)?cookie|password|secret|token)":)(?:"(?:[^"\\]|\\.)*"|[^\s"{}[\],]+|(?=[[{]))/gi;
const SIGN = /\\[^]|["[\]{}]/g;

export function createRedactor(): Redactor {
  let known: readonly string[] = [];
  return {
    remember: (secret) => {
      if (secret.length < MIN_LENGTH) return;
      const forms = new Set([...known, ...formsOf(secret)]);
      known = [...forms].sort((a, b) => b.length - a.length);
    },
    redact: (text) =>
      withoutMembers(
        known
          .reduce((shown, form) => shown.replaceAll(form, HIDDEN), text)
          .replace(USER_PART, `$1${HIDDEN}@`)
          .replace(AUTHORIZATION, `$1$2${HIDDEN}`)
          .replace(PARAMETER, `$1${HIDDEN}`),
      ),
  };
}

function withoutMembers(text: string): string {
  let shown = "";
  let end = 0;
  MEMBER.lastIndex = 0;
  for (let found = MEMBER.exec(text); found !== null; found = MEMBER.exec(text)) {
    const [whole, name = ""] = found;
    const start = found.index + name.length;
    shown += `${text.slice(end, start)}"${HIDDEN}"`;
    end = whole === name ? endOfNested(text, start) : MEMBER.lastIndex;
    MEMBER.lastIndex = end;
  }
  return end === 0 ? text : shown + text.slice(end);
}

/** Where the list or object ends that begins at `start`: with the text where it is cut off. */
function endOfNested(text: string, start: number): number {
  let depth = 0;
  let isQuoted = false;
  SIGN.lastIndex = start;
  for (let found = SIGN.exec(text); found !== null; found = SIGN.exec(text)) {
    const [sign] = found;
    if (sign === '"') isQuoted = !isQuoted;
    if (isQuoted || sign === '"' || sign.startsWith("\\")) continue;
    depth += sign === "[" || sign === "{" ? 1 : -1;
    if (depth === 0) return SIGN.lastIndex;
  }
  return text.length;
}

/** As it is, inside JSON, inside an address, and in Base64. Longer forms go first, so that none leaves a piece of another. */
function formsOf(secret: string): readonly string[] {
  const base64 = Buffer.from(secret, "utf8").toString("base64");
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    base64.replace(/=+$/, ""),
  ];
}
