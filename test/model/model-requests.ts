import type { ApplyAnswer } from "../../agent/request/requests.ts";
import { settled } from "../support/fake-clock.ts";

/** What was asked, and the answer, which a dead agent never gives; null where the store refused. */
export interface Request {
  readonly correlationId: string;
  readonly answer: Promise<ApplyAnswer | null>;
}

export interface Sent {
  readonly roomId: string;
  readonly confirm: boolean;
  /** Of the spec that is sent; null where none is. */
  readonly revision: string | null;
}

export interface Common {
  readonly roomId: string;
  readonly correlationId: string;
  readonly actor: string;
  readonly confirm: boolean;
}

/** The answer that came by the time all is quiet; null: none. */
export async function heardOf({ answer }: Request): Promise<ApplyAnswer | null> {
  let heard: ApplyAnswer | null = null;
  void answer.then((given) => (heard = given));
  await settled();
  return heard;
}
