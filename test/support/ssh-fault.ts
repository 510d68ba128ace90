/** What goes wrong with a connection. */
export type SshFault =
  /** Accepts connections and says nothing. */
  | { readonly kind: "hangBeforeBanner" }
  | { readonly kind: "hangAfterBanner" }
  /** The command is accepted and nothing comes of it. */
  | { readonly kind: "hangAfterLogin" }
  /** The command's first bytes, then nothing; or the end of the connection; or an end in good order; or its violent death. */
  | { readonly kind: "hangAfter" | "resetAfter" | "cutAfter" | "killAfter"; readonly bytes: number }
  | { readonly kind: "close" }
  /** Speaks something else. */
  | { readonly kind: "notSsh" }
  /** The command says this to its standard error and ends with a code. */
  | { readonly kind: "fail"; readonly code: number; readonly words: string }
  /** The output is replaced. */
  | { readonly kind: "output"; readonly bytes: Buffer };
