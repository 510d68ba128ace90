import { legible } from "../kernel/shortened.ts";

/** What a person does when the RoomServer does not accept a request's token: one sentence, with its full stop. */
export function tokenAdvice({
  isSent,
  file,
}: {
  readonly isSent: boolean;
  /** The path in `Auth.TokenFile`; null: the token is from the environment or the configuration. */
  readonly file: string | null;
}): string {
  if (file !== null)
    return `Renew the token in ${legible(file)} (Auth.TokenFile) and check its scopes: the file is read again at each request, no restart is needed.`;
  return isSent
    ? "Renew the RoomServer token (ROOM_AUTH_TOKEN or Auth.Token), check its scopes, and start the agent again."
    : "No token was sent: set ROOM_AUTH_TOKEN or Auth.TokenFile and start the agent again.";
}
