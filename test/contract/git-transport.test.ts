import { httpWorld, sshdWorld, sshWorld } from "../support/transport-worlds.ts";
import { Sshd } from "../support/sshd.ts";
import { gitTransportContract } from "./git-transport.contract.ts";

const contract = (
  name: string,
  opensWorld: Parameters<typeof gitTransportContract>[1]["opensWorld"],
  breaks = true,
) => gitTransportContract(name, { breaks, opensWorld });

contract("smart HTTP", () => httpWorld());
contract("smart HTTP, protocol 1", () => httpWorld({ onlyProtocol1: true }));
contract("smart HTTP through a proxy", () => httpWorld({ proxy: true }));
contract("TLS with an own authority and a client certificate", () => httpWorld({ tls: true }));
contract("TLS through a proxy", () => httpWorld({ tls: true, proxy: true }));
contract("the system's git", () => httpWorld({ fetcher: "system" }));
contract("ssh", () => sshWorld());
contract("ssh, protocol 0", () => sshWorld({ takesVariables: false }));

if (Sshd.isThere) {
  contract("ssh with sshd", () => sshdWorld(), false);
  contract("ssh with sshd and a passphrase", () => sshdWorld({ locked: true }), false);
} else {
  it.skip(
    "GitTransport: ssh with sshd: /usr/sbin/sshd is not there; only the SSH server of the tests was used",
  );
}
