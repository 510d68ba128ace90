import { expect } from "chai";
import { composeYaml } from "../../../agent/spec/compose-yaml.ts";
import { errorsOf, parse, specText, warningsOf } from "../../support/parse.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const base = specText();
const entity = (id: string) => specText(`entities: [{ id: ${id}, kind: human }]`);

describe("what a spec file's findings advise", () => {
  for (const id of ["007", "72044", "0x1F", "0o17", "1e3", "1.50", "True", "false", "~", "null"]) {
    it(`quotes ${id} as it stands in the file`, () => {
      const errors = errorsOf(entity(id));
      expect(errors).to.deep.equal([
        `4:20 spec.entities[0].id: expected text, got ${id}: put it in quotes ("${id}")`,
      ]);
      expect(errorsOf(entity(`"${id}"`))).to.deep.equal([]);
    });
  }

  it("quotes a commit id of digits and one e", () => {
    expect(errorsOf(entity("72044e0"))[0]).to.include('put it in quotes ("72044e0")');
  });

  for (const id of ["1_000", "no", "yes", "2024-01-01", "12:30"]) {
    it(`takes ${id} for the text it is`, () => {
      expect(errorsOf(entity(id))).to.deep.equal([]);
    });
  }

  it("asks for text where nothing stands", () => {
    expect(errorsOf(specText("entities:\n  - id:\n    kind: human"))).to.deep.equal([
      "5:7 spec.entities[0].id: expected text, got nothing: write text",
    ]);
  });

  it("quotes a member's name that is no text", () => {
    expect(errorsOf("metadata: { version: 1, 007: x }\nspec: { roomId: lab-01 }\n")).to.deep.equal([
      `1:25 a member's name must be text: put it in quotes ("007")`,
    ]);
  });

  const sides = ["<<<<<<< HEAD", "  entities: []", "=======", "  entities: [x]", ">>>>>>> topic"];
  for (const { name, lines } of [
    { name: "both sides", lines: sides },
    {
      name: "a common ancestor",
      lines: sides.toSpliced(2, 0, "||||||| 1234567", "  entities: [y]"),
    },
    { name: "a mark left over", lines: ["  entities: []", ">>>>>>> topic"] },
    { name: "CRLF line ends", lines: sides.map((line) => `${line}\r`) },
  ]) {
    it(`reports an unresolved merge conflict once (${name})`, () => {
      const errors = errorsOf(`${base}${lines.join("\n")}\n`);
      expect(errors).to.have.length(1);
      const line = 4 + lines.findIndex((each) => /^[<>]/.test(each));
      expect(errors[0]).to.match(new RegExp(`^${line}:1 unresolved merge conflict: `));
    });
  }

  it("reports no conflict in a text that only looks like one", () => {
    const text = `metadata: { version: 1, name: "=======" }\nspec: { roomId: lab-01 } # <<<<<<< HEAD\n`;
    expect(errorsOf(text)).to.deep.equal([]);
  });

  for (const { name, text, place } of [
    { name: "in an indentation", text: `${base}\u00a0 entities: []\n`, place: "4:1" },
    { name: "behind blanks", text: `${base}  \u00a0entities: []\n`, place: "4:3" },
    { name: "behind a colon", text: `${base}  entities:\u00a0[]\n`, place: "4:12" },
    { name: "behind a dash", text: `${base}  entities:\n  -\u00a0{}\n`, place: "5:4" },
  ]) {
    it(`shows a blank that is none to YAML (${name})`, () => {
      expect(errorsOf(text)).to.include(
        `${place} "\\u00a0" stands here, which YAML does not take for a blank: write a blank`,
      );
    });
  }

  it("writes out in messages what nobody sees", () => {
    expect(errorsOf(`${base}  ent\u200bities: []\n`)[0]).to.include('spec["ent\\u200bities"]');
    expect(errorsOf(`${base}  \u00a0entities: []\n`).join("\n")).to.include('"\\u00a0entities"');
  });

  for (const id of ["E-\u200b1", "E-\u202e1", "E-1\u00a0", "\u3164", "E\u00ad-1", "E-\ufeff1"]) {
    it(`warns of the id ${JSON.stringify(id)}`, () => {
      const text = entity(JSON.stringify(id).replace("\ufeff", "\\ufeff"));
      expect(errorsOf(text)).to.deep.equal([]);
      expect(warningsOf(text).join("\n")).to.include("holds a character that is not seen");
    });
  }

  it("warns of no id in any script", () => {
    for (const id of ["E-1", "Zoë", "山田　太郎", "Ольга", "محمد", "E-❤️"]) {
      expect(warningsOf(entity(JSON.stringify(id))), id).to.deep.equal([]);
    }
  });
});

describe("what a spec file may have around it", () => {
  it("is a $schema member, which is no part of the room", () => {
    const plain = parse(base);
    for (const text of [
      `$schema: ./room-spec.schema.json\n${base}`,
      `{"$schema":"https://example.org/x.json","metadata":{"version":1},"spec":{"roomId":"lab-01"}}`,
    ]) {
      const parsed = parse(text);
      if (parsed.kind === "invalid" || plain.kind === "invalid") throw new Error("it is invalid");
      expect(parsed.digest).to.equal(plain.digest);
      expect(parsed.spec).to.not.have.property("$schema");
    }
    expect(errorsOf(`$schema: 5\n${base}`)[0]).to.include("$schema");
    expect(errorsOf(`${base}  $schema: x\n`)[0]).to.include("unknown field");
  });

  for (const end of [
    "---\n",
    "---",
    "---\n# the end\n",
    "...\n",
    "---\n---\n",
    "--- # end\n\n...\n",
    "---\r\n",
  ]) {
    it(`is an end without a document: ${JSON.stringify(end)}`, () => {
      expect(errorsOf(base + end)).to.deep.equal([]);
      expect(errorsOf(`---\n${base}${end}`)).to.deep.equal([]);
    });
  }

  for (const end of [`---\n${base}`, "--- {}\n", "---\nnull\n", '---\n""\n', `---\n# x\n${base}`]) {
    it(`is no second document: ${JSON.stringify(end.slice(0, 12))}`, () => {
      expect(errorsOf(base + end)).to.deep.equal([
        "4:1 a second document begins here: write one RoomSpec per file",
      ]);
    });
  }

  it("is not the only document", () => {
    for (const text of ["---\n", "# nothing\n---\n", "---\n---\n"]) {
      expect(errorsOf(text), text).to.have.length(1);
    }
  });

  it("costs no more time however many lines hold nothing", () => {
    for (const line of ["---\n", "\n", "#\n", "...\n"]) {
      const began = cpuMs();
      composeYaml(line.repeat(30_000), 1_000);
      expect(cpuMs() - began, JSON.stringify(line)).to.be.below(2_000);
    }
  });
});
