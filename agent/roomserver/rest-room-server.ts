import type { Capabilities } from "../plan/room-state.ts";
import { AnsweredRooms } from "./answered-rooms.ts";
import type { RoomServerOptions } from "./open-room-server.ts";
import { createRestCaller } from "./rest-caller.ts";
import type { Asking } from "./rest-caller.ts";
import { restRequests as requests } from "./rest-requests.ts";
import { judgeRead, judgeWrite } from "./rest-verdict.ts";
import { hashSchema, stateSchema } from "./rest-wire.ts";
import type { Call, RoomServer, WriteResult } from "./room-server.ts";

const CAPABILITIES: Capabilities = {
  kickEntity: true,
  deleteArtifact: true,
  promoteArtifact: true,
  writePolicy: true,
  ensureResource: true,
  readContent: false,
};

/** A RoomServer that speaks dialect `operator-rest`, variant P, over keep-alive connections of its own. */
export function createRestRoomServer(options: RoomServerOptions): RoomServer {
  const caller = createRestCaller(options);
  const answered = new AnsweredRooms();
  const write = (
    asking: Asking,
    call: Call,
    already: 404 | 409 | null = null,
  ): Promise<WriteResult> =>
    caller.perform(asking, call, (answer, asked) => judgeWrite(answer, asked, already));

  return {
    capabilities: CAPABILITIES,
    readState: async (roomId, call) => {
      const read = await caller.perform(requests.readState(roomId), call, (answer, given) => {
        const asked = { ...given, showsOthers: answered.hasOther(roomId) };
        return judgeRead(answer, asked, { schema: stateSchema });
      });
      if (read.kind === "ok") answered.note(roomId, true);
      if (read.kind === "wrongProtocol") answered.note(roomId, false);
      return read;
    },
    readFingerprint: (roomId, name, call) =>
      caller.perform(requests.readFingerprint(roomId, name), call, (answer, asked) =>
        judgeRead<string | null>(answer, asked, { schema: hashSchema, absent: { value: null } }),
      ),
    join: (roomId, entity, call) => write(requests.join(roomId, entity), call, 409),
    kick: (roomId, entityId, call) => write(requests.kick(roomId, entityId), call, 404),
    seed: (roomId, upload, call) => write(requests.seed(roomId, upload), call),
    promote: (roomId, name, call) => write(requests.promote(roomId, name), call),
    deleteArtifact: (roomId, name, call) => write(requests.deleteArtifact(roomId, name), call, 404),
    setPolicy: (roomId, policy, call) => write(requests.setPolicy(roomId, policy), call),
    ensureResource: (roomId, resource, call) =>
      write(requests.ensureResource(roomId, resource), call),
    close: async () => caller.close(),
  };
}
