import { z } from "zod";
import { WORDED } from "../kernel/issue-words.ts";
import type { RawDelivery } from "./webhook-signature.ts";

export type ForgeName = "gitea" | "github" | "gitlab" | "generic";

/** Who sent a delivery and what it says of itself, by headers alone. */
export interface DeliveryHead {
  readonly forge: ForgeName;
  /** The event's name, such as `push`; `none` where a program without events sent it. */
  readonly event: string;
  /** Null: it has none. */
  readonly id: string | null;
}

/** What a delivery reports. The payload only says where to look: nothing else of it is used. */
export type WebhookEvent =
  /** A test: nothing happened. */
  | { readonly kind: "ping"; readonly repository: string | null }
  | RefEvent
  /** Something happened in the repository, without saying to which ref. */
  | { readonly kind: "repository"; readonly repository: string | null }
  /** Something about a pull request: it, its head or its labels changed. */
  | PullRequestEvent
  /** Not about refs: an issue, a review. */
  | { readonly kind: "other"; readonly repository: string | null }
  /** Not what its event should hold. */
  | { readonly kind: "invalid"; readonly why: string };

export interface PullRequestEvent {
  readonly kind: "pullRequest";
  /** Null: not said. */
  readonly number: number | null;
  readonly repository: string | null;
}

export interface RefEvent {
  readonly kind: "ref";
  readonly ref: { readonly kind: "branch" | "tag" | "other"; readonly name: string };
  /** Where the ref was before; null: nowhere, or not said. */
  readonly before: string | null;
  /** The commit a branch points to now; null: deleted, a tag, or not said. */
  readonly commit: string | null;
  /** Full name, such as `ops/specs`; null: not said. */
  readonly repository: string | null;
}

const MOST_ID = 128;

/** Gitea sends the headers of GitHub too, so its own are read first. */
const FORGES = [
  { forge: "gitea", event: "x-gitea-event", ids: ["x-gitea-delivery"] },
  { forge: "github", event: "x-github-event", ids: ["x-github-delivery"] },
  {
    forge: "gitlab",
    event: "x-gitlab-event",
    ids: ["webhook-id", "idempotency-key", "x-gitlab-event-uuid"],
  },
] as const;

export function readHead({ values }: Pick<RawDelivery, "values">): DeliveryHead {
  const found = FORGES.find(({ event }) => values(event).length > 0);
  if (found === undefined) return { forge: "generic", event: "none", id: null };
  const [event = ""] = values(found.event);
  const id = found.ids.flatMap((name) => values(name)).find((value) => value !== "") ?? "";
  return {
    forge: found.forge,
    event: /^[\w. -]{1,64}$/.test(event) ? event : "unknown",
    id: id.length <= MOST_ID && /^[\x21-\x7e]+$/.test(id) ? id : null,
  };
}

const objectId = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, "is not an object id");
const name = z.string().min(1).max(1024);
const place = z.object({
  repository: z.object({ full_name: name.optional() }).optional(),
  project: z.object({ path_with_namespace: name.optional() }).optional(),
});
const push = z.object({ ref: name, before: objectId.optional(), after: objectId });
const genericPush = z.object({
  ref: name.optional(),
  before: objectId.optional(),
  after: objectId.optional(),
});
const pullNumber = z.int().positive();
const pull = z.object({
  number: pullNumber.optional(),
  object_attributes: z.object({ iid: pullNumber.optional() }).optional(),
});
const shortRef = z.object({ ref: name, ref_type: z.string().max(64) });

/** The payload of a delivery whose signature was verified. Never throws. */
export function readEvent(head: DeliveryHead, body: Uint8Array): WebhookEvent {
  let payload: unknown;
  try {
    payload = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The parser's own words quote the body.
    return invalid("the body is not JSON in UTF-8");
  }
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    return invalid("the body is not a JSON object");
  }
  const placed = place.safeParse(payload, WORDED);
  if (!placed.success) return invalid(firstOf(placed.error));
  const { repository, project } = placed.data;
  const fullName = repository?.full_name ?? project?.path_with_namespace ?? null;
  return eventOf(head, payload, fullName);
}

type Reading = "ping" | "push" | "short" | "generic" | "pull" | "other";

/** How the body of an event is read, by forge and name. */
function readingOf({ forge, event }: DeliveryHead): Reading {
  if (forge === "generic") return "generic";
  if (forge === "gitlab") {
    if (event === "Merge Request Hook") return "pull";
    return event === "Push Hook" || event === "Tag Push Hook" ? "push" : "other";
  }
  if (forge === "github" && event === "ping") return "ping";
  if (event === "push") return "push";
  if (event === "pull_request") return "pull";
  return event === "create" || event === "delete" ? "short" : "other";
}

function eventOf(head: DeliveryHead, payload: object, repository: string | null): WebhookEvent {
  switch (readingOf(head)) {
    case "ping":
      return { kind: "ping", repository };
    case "other":
      return { kind: "other", repository };
    case "pull": {
      const read = pull.safeParse(payload, WORDED);
      if (!read.success) return invalid(firstOf(read.error));
      const number = read.data.number ?? read.data.object_attributes?.iid ?? null;
      return { kind: "pullRequest", number, repository };
    }
    case "push": {
      const read = push.safeParse(payload, WORDED);
      return read.success ? toPush(read.data, repository) : invalid(firstOf(read.error));
    }
    case "generic": {
      const read = genericPush.safeParse(payload, WORDED);
      if (!read.success) return invalid(firstOf(read.error));
      const { ref, before, after } = read.data;
      return ref === undefined
        ? { kind: "repository", repository }
        : toPush({ ref, before, after }, repository);
    }
    case "short": {
      const read = shortRef.safeParse(payload, WORDED);
      if (!read.success) return invalid(firstOf(read.error));
      const { ref, ref_type: type } = read.data;
      const kind = type === "branch" || type === "tag" ? type : "other";
      return { kind: "ref", ref: { kind, name: ref }, before: null, commit: null, repository };
    }
  }
}

interface Push {
  readonly ref: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

function toPush({ ref, before, after }: Push, repository: string | null): WebhookEvent {
  // Zeros on both sides say that the ref is gone, by a forge that does not say where a tag was.
  if (before !== undefined && before === after && existing(after) !== null)
    return { kind: "ping", repository };
  const split = splitRef(ref);
  // What a tag event names may be a tag object, which no poll shows as a head.
  const commit = split.kind === "branch" ? existing(after) : null;
  return { kind: "ref", ref: split, before: existing(before), commit, repository };
}

function splitRef(ref: string): RefEvent["ref"] {
  if (ref.startsWith("refs/heads/")) return { kind: "branch", name: ref.slice(11) };
  if (ref.startsWith("refs/tags/")) return { kind: "tag", name: ref.slice(10) };
  return { kind: "other", name: ref };
}

/** Zeros stand for a ref that is not there. */
function existing(id: string | undefined): string | null {
  return id === undefined || /^0+$/.test(id) ? null : id;
}

function firstOf({ issues }: z.ZodError): string {
  const [first] = issues;
  const where = first?.path.map(String).join(".") ?? "";
  return `the body is not that of the event: ${where === "" ? "it" : where} ${first?.message ?? ""}`;
}

function invalid(why: string): WebhookEvent {
  return { kind: "invalid", why };
}
