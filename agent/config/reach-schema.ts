import { z } from "zod";
import { key } from "./key.ts";
import { isProxySetting, line } from "./values.ts";

/** How a server is reached: the same keys for each source and for the RoomServer. */

const path = "a path";

const pem = (meaning: string) =>
  key(line.optional(), { meaning: `${meaning}; read again at each use`, range: path });

export const tlsSchema = z
  .strictObject({
    CaFile: pem(
      "A PEM file with the authorities that the server's certificate may come from, instead of the system's",
    ),
    CertFile: pem("A PEM file with the client's own certificate"),
    KeyFile: pem("A PEM file with the key of `CertFile`, without a passphrase"),
  })
  .prefault({});

export const proxySchema = z
  .strictObject({
    Url: key(z.string().max(2048).refine(isProxySetting).optional(), {
      meaning:
        "The forward proxy; `none` connects directly. Left out: what `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment say",
      range:
        "`none` or an http address without user, password and path, such as `http://proxy.example.org:3128`",
      url: true,
    }),
    Username: key(line.regex(/^[^:]*$/).optional(), {
      meaning: "The user at the proxy",
      range: "a line of text without control characters and without `:`",
      secret: true,
    }),
    Password: key(line.optional(), {
      meaning: "The password at the proxy",
      range: "a line of text without control characters",
      secret: true,
    }),
    PasswordFile: key(line.optional(), {
      meaning: "A file with the password at the proxy, read again at each use",
      range: path,
    }),
  })
  .prefault({});
