import { expect } from "chai";
import * as fc from "fast-check";
import { seedForm } from "../../../agent/roomserver/seed-form.ts";
import { parseSeedForm } from "../../../devserver/multipart.ts";
import { anArtifact } from "../../support/a-room-spec.ts";

const textOf = (chunks: Iterable<Uint8Array>) => Buffer.concat([...chunks]).toString("utf8");

describe("seedForm", () => {
  it("has exactly the parts of the contract", () => {
    const artifact = anArtifact({ name: "notes", tags: ["b", "a"] });
    const form = seedForm({ artifact, bytes: Buffer.from("hello") }, "XX");
    expect(form.contentType).to.equal("multipart/form-data; boundary=XX");
    expect(textOf(form.chunks())).to.equal(
      [
        '--XX\r\nContent-Disposition: form-data; name="name"\r\n\r\nnotes',
        '--XX\r\nContent-Disposition: form-data; name="type"\r\n\r\ndocument',
        '--XX\r\nContent-Disposition: form-data; name="workspace"\r\n\r\nshared',
        '--XX\r\nContent-Disposition: form-data; name="tags"\r\n\r\nb,a',
        '--XX\r\nContent-Disposition: form-data; name="file"; filename="notes"\r\n\r\nhello',
        "--XX--\r\n",
      ].join("\r\n"),
    );
  });

  it("keeps a name from ending its parameter or its header", () => {
    const artifact = anArtifact('a"\r\nX-Evil: 1');
    const text = textOf(seedForm({ artifact, bytes: new Uint8Array() }, "XX").chunks());
    expect(text).to.include('filename="a%22%0D%0AX-Evil: 1"');
  });

  it("is read whole where a name ends with a backslash", async () => {
    const form = seedForm({ artifact: anArtifact({ name: "a\\" }), bytes: Buffer.from("x") }, "XX");
    const headers = { "content-type": form.contentType };
    const upload = await parseSeedForm(headers, Buffer.concat([...form.chunks()]));
    expect(upload).to.include({ name: "a\\" });
    expect(textOf(form.chunks())).to.include('filename="a%5C"');
  });

  it("gives its bytes in pieces, afresh each time", () => {
    const bytes = new Uint8Array(200_000).fill(7);
    const form = seedForm({ artifact: anArtifact("blob"), bytes }, "XX");
    for (let sending = 0; sending < 2; sending += 1) {
      const chunks = [...form.chunks()];
      expect(chunks.length).to.be.above(4);
      expect(Buffer.concat(chunks).byteLength).to.equal(form.length);
    }
  });

  it("is read back unchanged, whatever the fields and bytes", async () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ name: text, type: text, workspace: text, tags: fc.array(text) }),
        fc.uint8Array({ maxLength: 300 }),
        async (fields, bytes) => {
          const form = seedForm({ artifact: anArtifact(fields), bytes }, "a-boundary");
          const headers = { "content-type": form.contentType };
          const upload = await parseSeedForm(headers, Buffer.concat([...form.chunks()]));
          expect(upload).to.deep.equal({
            ...fields,
            tags: fields.tags.join(","),
            bytes: Buffer.from(bytes),
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});
