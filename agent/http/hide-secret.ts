/** Shorter secrets, and shorter beginnings of one, are not hidden: they match ordinary text. */
const MIN_LENGTH = 4;

/** How a text may repeat a secret: as it is, escaped as in JSON, and percent-encoded. */
export function formsOf(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
}

/** A text that a server had a say in, without any of these forms of a secret, also where one is cut off before a `…`. */
export function hideSecret(text: string, forms: readonly string[], shown: string): string {
  const hide = (rest: string, form: string): string => {
    const pieces = rest.replaceAll(form, shown).split("…");
    const last = pieces.length - 1;
    return pieces
      .map((piece, at) => (at === last ? piece : withoutStartOf(piece, form, shown)))
      .join("…");
  };
  return forms.filter((form) => form.length >= MIN_LENGTH).reduce(hide, text);
}

/** A piece that was cut off may end in a beginning of the secret. */
function withoutStartOf(piece: string, form: string, shown: string): string {
  for (let length = form.length - 1; length >= MIN_LENGTH; length -= 1) {
    if (piece.endsWith(form.slice(0, length))) return piece.slice(0, -length) + shown;
  }
  return piece;
}
