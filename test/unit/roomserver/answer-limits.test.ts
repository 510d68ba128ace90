import { expect } from "chai";
import { ANSWER_LIMITS } from "../../../agent/roomserver/answer-limits.ts";
import { judgeRead, type Asked } from "../../../agent/roomserver/rest-verdict.ts";
import { stateSchema } from "../../../agent/roomserver/rest-wire.ts";
import { scanJson } from "../../../agent/roomserver/scan-json.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const ASKED: Asked = {
  what: 'state of room "r"',
  names: ["r"],
  isWrite: false,
  isRepeatable: true,
  nowMs: 0,
  redact: (text) => text,
  tokenAdvice: "Renew it.",
};

const list = (item: string, count: number) => `[${Array(count).fill(item).join()}]`;
const state = (members: Readonly<Record<string, string>>) => {
  const all: Readonly<Record<string, string>> = { entities: "[]", artifacts: "[]", ...members };
  const texts = Object.entries(all).map(([name, text]) => `"${name}":${text}`);
  return `{"roomId":"r",${texts.join()}}`;
};
const object = (count: number, value = "1") =>
  `{${Array.from({ length: count }, (_, at) => `"m${at}":${value}`).join()}}`;
const entities = (count: number) =>
  `[${Array.from({ length: count }, (_, at) => `{"id":"E-${at}"}`).join()}]`;

async function read(text: string): Promise<{ kind: string; message: string; tooLarge: boolean }> {
  const body = new TextEncoder().encode(text);
  const answer = { kind: "answer", status: 200, headers: {}, body } as const;
  const attempt = await judgeRead(answer, ASKED, { schema: stateSchema });
  if (attempt.kind !== "final") throw new Error("not final");
  const { value } = attempt;
  const message = "message" in value ? value.message : "";
  const tooLarge = value.kind === "wrongProtocol" && value.tooLarge === true;
  return { kind: value.kind, message, tooLarge };
}

const { depth, values, items, texts, members } = ANSWER_LIMITS;

describe("an answer of the RoomServer", () => {
  for (const { name, text, says } of [
    {
      name: "2.7 million wrong entities",
      text: state({ entities: list("1", 2_700_000) }),
      says: `holds more than ${values} values`,
    },
    {
      name: "1.75 million capabilities",
      text: state({ entities: `[{"id":"E","capabilities":${list("1", 1_750_000)}}]` }),
      says: `holds more than ${values} values`,
    },
    {
      name: "30,000 lists in the metadata of each of five artifacts",
      text: state({ artifacts: list(`{"name":"a","metadata":${list("[]", 30_000)}}`, 5) }),
      says: `holds more than ${values} values`,
    },
    {
      name: "nested lists in metadata",
      text: state({
        artifacts: `[{"name":"a","metadata":${"[".repeat(30_000)}${"]".repeat(30_000)}}]`,
      }),
      says: `is nested deeper than ${depth} levels`,
    },
    {
      name: "policies of 60,000 nested members",
      text: state({ policies: object(30_000, "[1]") }),
      says: `has in policies 30000 members, more than the limit of ${members}`,
    },
    {
      name: "a config of too many members",
      text: state({ resources: `[{"name":"s","config":${object(members + 1)}}]` }),
      says: `has in resources.0.config ${members + 1} members`,
    },
    {
      name: "too many entities",
      text: state({ entities: entities(items + 1) }),
      says: `has in entities ${items + 1} entries, more than the limit of ${items}`,
    },
    {
      name: "too many artifacts",
      text: state({ artifacts: list('{"name":"a"}', items + 1) }),
      says: `has in artifacts ${items + 1} entries`,
    },
    {
      name: "too many resources",
      text: state({ resources: list('{"name":"a"}', items + 1) }),
      says: `has in resources ${items + 1} entries`,
    },
    ...["scopes", "env_whitelist"].map((name) => ({
      name: `too many ${name}`,
      text: state({ entities: `[{"id":"E","policy":{"${name}":${list('"a"', texts + 1)}}}]` }),
      says: `has in entities.0.policy.${name} ${texts + 1} entries, more than the limit of ${texts}`,
    })),
    {
      name: "too many tags",
      text: state({ artifacts: `[{"name":"a"},{"name":"b","tags":${list('"t"', texts + 1)}}]` }),
      says: `has in artifacts.1.tags ${texts + 1} entries`,
    },
  ]) {
    it(`with ${name} is not used, and the message names limit and member`, async () => {
      const startMs = cpuMs();
      const { kind, message, tooLarge } = await read(text);
      expect(kind).to.equal("wrongProtocol");
      expect(tooLarge, message).to.equal(true);
      expect(message).to.include(`state of room "r": the answer ${says}`);
      expect(message.length).to.be.lessThan(300);
      expect(cpuMs() - startMs, "ms").to.be.lessThan(2000);
    });
  }

  it("is used up to each limit", async () => {
    const many = list('"a"', texts);
    const one = `{"id":"E","capabilities":${many},"policy":{"scopes":${many}}}`;
    const text = state({ entities: `[${one}]`, policies: object(members) });
    expect(await read(text)).to.include({ kind: "ok" });
    expect(await read(state({ entities: entities(items) }))).to.include({ kind: "ok" });
  });

  it("is judged by its first wrong entry alone", async () => {
    const { message, tooLarge } = await read(state({ entities: list("1", items) }));
    expect(tooLarge).to.equal(false);
    expect(message).to.include("another shape at entities.0 (");
    expect(message.length).to.be.lessThan(250);
    const texts = await read(state({ entities: '[{"id":"E","capabilities":["a",1,2]}]' }));
    expect(texts.message).to.include("at entities.0.capabilities.1 (expected text, got a number)");
  });

  it("lets other work in while many entities are checked", async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await read(state({ entities: entities(items) }));
    clearInterval(timer);
    expect(turns).to.be.greaterThan(5);
  });
});

describe("scanJson", () => {
  const limits = { depth: 3, values: 5 };
  for (const { text, want } of [
    { text: "", want: { depth: 0, values: 1 } },
    { text: "[1,2]", want: { depth: 1, values: 3 } },
    { text: '["[[[[,,,,",1]', want: { depth: 1, values: 3 } },
    { text: '["\\"[[[[,,,,\\\\",1]', want: { depth: 1, values: 3 } },
    { text: '{"ä":[{}]}', want: { depth: 3, values: 4 } },
    { text: "[[[[[[[[", want: { depth: 4, values: 5 } },
    { text: ",".repeat(100), want: { depth: 0, values: 6 } },
    { text: "]".repeat(100), want: { depth: 0, values: 1 } },
  ]) {
    it(`finds ${JSON.stringify(want)} in ${text.slice(0, 20)}`, () => {
      expect(scanJson(new TextEncoder().encode(text), limits)).to.deep.equal(want);
    });
  }
});
