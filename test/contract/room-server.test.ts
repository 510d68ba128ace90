import { createDevserver } from "../../devserver/devserver.ts";
import { emptyRoom } from "../../devserver/room.ts";
import { aRestRoomServer } from "../support/a-rest-room-server.ts";
import { putRoom, readLog } from "../support/devserver-client.ts";
import { FakeRoomServer } from "../support/fake-room-server.ts";
import { roomServerContract } from "./room-server.contract.ts";

roomServerContract("the REST adapter over the devserver", async () => {
  const devserver = createDevserver({ port: 0 });
  const { url } = await devserver.start();
  const server = aRestRoomServer(url);
  return {
    server,
    effects: async () => (await readLog(url)).filter(({ effect }) => effect).length,
    change: (roomId, make) => putRoom(url, make(emptyRoom(roomId))),
    stop: async () => {
      await server.close();
      await devserver.stop();
    },
  };
});

roomServerContract("the fake", async () => {
  const server = new FakeRoomServer();
  return {
    server,
    effects: async () => server.effects.length,
    change: async (roomId, make) => server.change(roomId, make),
    stop: async () => undefined,
  };
});
