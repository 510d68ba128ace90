import { shownSigner, type Signer } from "./signer.ts";

/** Who named a room in `Confirm`, for the room's inputs with this digest. */
export interface ConfirmedHead extends NamedBy {
  readonly digest: string;
}

/** As the audit shows it. */
interface NamedBy {
  readonly actor: string;
  readonly commit: string;
  readonly via?: string;
  readonly signedBy?: string;
}

interface Naming {
  readonly originId: string;
  readonly actor: string;
  readonly line?: string;
  readonly signer?: Signer;
}

export function namingCommit({ originId, actor, line, signer }: Naming): NamedBy {
  return {
    actor,
    commit: originId,
    ...(line === undefined ? {} : { via: line }),
    ...(signer === undefined ? {} : { signedBy: shownSigner(signer) }),
  };
}

/** What the audit says of a commit that lifts these reasons. */
export function liftedMetadata(by: NamedBy, lifted: readonly string[]) {
  return { ...by, lifted: [...lifted] };
}
