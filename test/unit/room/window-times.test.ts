import { expect } from "chai";
import { WindowTimes } from "../../../agent/room/window-times.ts";
import { aWindow } from "../../support/a-window.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe("a window whose times overlap without a gap", () => {
  it("names no end where none is found", () => {
    const times = new WindowTimes(aWindow({ schedule: "0 0 * * *", durationMs: DAY }));
    const noon = Date.parse("2026-01-05T12:00:00Z");
    for (const at of [noon, noon + 700 * DAY])
      expect(times.spanAt(at)).to.deep.equal({ isOn: true, untilMs: null });
  });

  it("is off after an end that was too far away to be found at first", () => {
    const times = new WindowTimes(aWindow({ schedule: "* 0-11 * * *", durationMs: MINUTE }));
    const midnight = Date.parse("2026-01-05T00:00:00Z");
    expect(times.spanAt(midnight)).to.deep.equal({ isOn: true, untilMs: null });
    const noon = midnight + DAY / 2;
    expect(times.spanAt(noon - 5 * MINUTE)).to.deep.equal({ isOn: true, untilMs: noon });
    expect(times.spanAt(noon).isOn).to.equal(false);
  });
});
