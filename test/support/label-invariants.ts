import { REMOVALS, textOf, type Evidence } from "./evidence.ts";

/** A label confirms what its person had been shown, and each of that once, however often the agent reads the label. */
export function confirmsWhatWasShown({
  audit,
  confirmations,
  labelled,
}: Evidence): readonly string[] {
  const ofLabels = confirmations.filter(({ origin }) => origin === "label");
  const unseen = ofLabels.flatMap(({ id, roomId, items, originId = "" }) => {
    const pull = Number(originId.split("@")[0]);
    const seen = labelled.filter((one) => one.pull === pull && one.room === roomId);
    return items
      .filter((item) => !seen.some((one) => one.items.includes(item)))
      .map((item) => `${id} confirms ${item} in ${roomId}, which nobody had been shown`);
  });
  const given = [...audit].flatMap(([room, records]) =>
    records
      .filter((record) => record.action === "confirm" && textOf(record, "via").startsWith("label"))
      .map((record) => `${room}: ${textOf(record, "via")}, merged as ${textOf(record, "commit")}`),
  );
  const twice = new Set(given.filter((one, at) => given.indexOf(one) !== at));
  return [...unseen, ...[...twice].map((one) => `${one}, confirms twice`)];
}

/** Nothing is removed towards a revision that came with a label for a dry run. */
export function rehearsesOnly({ audit, rehearsed }: Evidence): readonly string[] {
  return [...audit].flatMap(([room, records]) =>
    records
      .filter(({ action }) => REMOVALS.includes(action))
      .filter((record) => rehearsed.has(textOf(record, "revision")))
      .map((record) => `${room}: ${textOf(record, "item")} is removed, which was a dry run`),
  );
}
