import type { z } from "zod";
import {
  anyQuery,
  auditQuery,
  historyQuery,
  noQuery,
  roomQuery,
  sourceQuery,
  versionQuery,
} from "./requests.ts";

export interface Route {
  readonly method: "get" | "post" | "delete";
  /** With `:name` for one path segment. */
  readonly path: string;
  readonly summary: string;
  readonly query: z.ZodObject;
  /** True for a route that reads a body. */
  readonly takesBody?: true;
  /** True for a route whose body is signed: it passes the gate of webhooks. */
  readonly isSigned?: true;
  /** True for a route that has a dry run, a confirmation and an override. Any other that changes something refuses their headers. */
  readonly takesSwitches?: true;
}

/** Every route there is. What is not in this table is not served. `contract.ts` says what each answers. */
export const ROUTES = {
  apply: {
    method: "post",
    path: "/apply",
    summary: "Reconcile a room now, from git or from the posted RoomSpec",
    query: sourceQuery,
    takesBody: true,
    takesSwitches: true,
  },
  deleteRoom: {
    method: "delete",
    path: "/rooms/:roomId",
    summary: "Orphan a room that a posted RoomSpec owns, or forget one without an owner",
    query: noQuery,
  },
  acknowledge: {
    method: "post",
    path: "/acknowledge",
    summary: "End observe-only for all rooms",
    query: noQuery,
  },
  acceptSource: {
    method: "post",
    path: "/sources/:name/accept",
    summary: "Follow a branch that shares no commit with what was followed",
    query: noQuery,
    takesBody: true,
  },
  suspendRoom: {
    method: "post",
    path: "/rooms/:roomId/suspend",
    summary: "Write nothing to a room until it is resumed or the time is over",
    query: noQuery,
    takesBody: true,
  },
  resumeRoom: {
    method: "post",
    path: "/rooms/:roomId/resume",
    summary: "End the suspension of a room",
    query: noQuery,
  },
  suspendSource: {
    method: "post",
    path: "/sources/:name/suspend",
    summary: "Write nothing to the rooms of a source",
    query: noQuery,
    takesBody: true,
  },
  resumeSource: {
    method: "post",
    path: "/sources/:name/resume",
    summary: "End the suspension of a source",
    query: noQuery,
  },
  suspendAgent: {
    method: "post",
    path: "/suspend",
    summary: "Freeze: write nothing to any room",
    query: noQuery,
    takesBody: true,
  },
  resumeAgent: {
    method: "post",
    path: "/resume",
    summary: "End the freeze of all rooms",
    query: noQuery,
  },
  windows: {
    method: "get",
    path: "/windows",
    summary: "The sync windows, and the rooms that wait for one",
    query: noQuery,
  },
  reload: {
    method: "post",
    path: "/reload",
    summary: "Read the configuration again, and put it in force as a whole or not at all",
    query: noQuery,
  },
  webhook: {
    method: "post",
    path: "/webhooks/:source",
    summary: "Poll a source now, because a forge says that something was pushed",
    query: anyQuery,
    isSigned: true,
  },
  deliveries: {
    method: "get",
    path: "/webhooks/:source/deliveries",
    summary: "The newest webhook deliveries of a source",
    query: noQuery,
  },
  status: {
    method: "get",
    path: "/status",
    summary: "The agent, its sources and its rooms",
    query: sourceQuery,
  },
  roomStatus: {
    method: "get",
    path: "/status/rooms/:roomId",
    summary: "One room, and one page of each of its lists",
    query: roomQuery,
  },
  explain: {
    method: "get",
    path: "/rooms/:roomId/explain",
    summary: "Why a room is not at head, and what would bring it there",
    query: noQuery,
  },
  exportRoom: {
    method: "get",
    path: "/rooms/:roomId/export",
    summary: "A RoomSpec of what a room holds now on the RoomServer, in YAML",
    query: noQuery,
  },
  history: {
    method: "get",
    path: "/rooms/:roomId/history",
    summary: "What a room was meant to be, when, and how it went",
    query: historyQuery,
  },
  version: {
    method: "get",
    path: "/rooms/:roomId/versions/:specVersion",
    summary: "The spec of a room's version, and what became of it",
    query: versionQuery,
  },
  health: {
    method: "get",
    path: "/health",
    summary: "Whether all is well",
    query: anyQuery,
  },
  livez: {
    method: "get",
    path: "/livez",
    summary: "Whether the process answers",
    query: anyQuery,
  },
  readyz: {
    method: "get",
    path: "/readyz",
    summary: "Whether each source has been looked at once",
    query: anyQuery,
  },
  metrics: {
    method: "get",
    path: "/metrics",
    summary: "Metrics for Prometheus",
    query: anyQuery,
  },
  audit: {
    method: "get",
    path: "/audit",
    summary: "The newest audit records",
    query: auditQuery,
  },
} as const satisfies Record<string, Route>;

export type RouteId = keyof typeof ROUTES;
