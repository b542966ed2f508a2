import { describe, expect, it } from "vitest";
import { formatElapsed, formatSize, shortID, truncateText } from "../../../core/command/mod.ts";

describe("formatSize", () => {
  it.each([
    [0, "0B", "0B"],
    [1, "1B", "1B"],
    [999, "999B", "999B"],
    [1000, "1kB", "1kB"],
    [1024, "1.02kB", "1.024kB"],
    [1125, "1.12kB", "1.125kB"],
    [1375, "1.38kB", "1.375kB"],
    [1500, "1.5kB", "1.5kB"],
    [12_345, "12.3kB", "12.35kB"],
    [81_995, "82kB", "82kB"],
    [100_000, "100kB", "100kB"],
    [999_500, "1e+03kB", "999.5kB"],
    [999_999, "1e+03kB", "1000kB"],
    [1_049_000, "1.05MB", "1.049MB"],
    [1_234_567, "1.23MB", "1.235MB"],
    [54_321_000, "54.3MB", "54.32MB"],
    [123_456_789, "123MB", "123.5MB"],
    [187_654_321, "188MB", "187.7MB"],
    [1_234_567_890, "1.23GB", "1.235GB"],
    [5_000_000_000_000, "5TB", "5TB"],
    [999_999_999, "1e+03MB", "1000MB"],
    [9_007_199_254_740_991, "9.01PB", "9.007PB"],
  ])("%d bytes are %s in three digits and %s in four", (bytes, three, four) => {
    expect(formatSize(bytes)).toBe(three);
    expect(formatSize(bytes, 4)).toBe(four);
  });
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("formatElapsed", () => {
  it.each([
    [-DAY, "Less than a second"],
    [450, "Less than a second"],
    [SECOND, "1 second"],
    [59 * SECOND, "59 seconds"],
    [MINUTE, "About a minute"],
    [35 * MINUTE + 40 * SECOND, "35 minutes"],
    [59 * MINUTE, "59 minutes"],
    [HOUR, "About an hour"],
    [HOUR + 29 * MINUTE, "About an hour"],
    [HOUR + 31 * MINUTE, "2 hours"],
    [3 * HOUR + 29 * MINUTE, "3 hours"],
    [3 * HOUR + 31 * MINUTE, "4 hours"],
    [DAY, "24 hours"],
    [36 * HOUR, "36 hours"],
    [47 * HOUR, "47 hours"],
    [2 * DAY, "2 days"],
    [13 * DAY + 5 * HOUR, "13 days"],
    [14 * DAY, "2 weeks"],
    [18 * DAY, "2 weeks"],
    [21 * DAY, "3 weeks"],
    [30 * DAY, "4 weeks"],
    [44 * DAY, "6 weeks"],
    [59 * DAY, "8 weeks"],
    [60 * DAY, "2 months"],
    [13 * 30 * DAY, "13 months"],
    [729 * DAY, "24 months"],
    [730 * DAY, "2 years"],
    [(3 * 365 + 60) * DAY, "3 years"],
  ])("%d ms are %s", (elapsed, text) => {
    expect(formatElapsed(elapsed)).toBe(text);
  });
});

describe("truncateText", () => {
  it.each([
    ["123456789012345678901234567890123456789012345", "123456789012345678901234567890123456789012345"],
    ["1234567890123456789012345678901234567890123456", "12345678901234567890123456789012345678901234…"],
    ["日本語テキストがとても長い場合の切り詰めテスト", "日本語テキストがとても長い場合の切り詰めテス…"],
    ["", ""],
  ])("cuts %s to 45 columns", (text, cut) => {
    expect(truncateText(text, 45)).toBe(cut);
  });

  it("never cuts a character in two", () => {
    expect(truncateText("🚢🚢🚢", 4)).toBe("🚢…");
    expect(truncateText("🚢🚢", 4)).toBe("🚢🚢");
  });
});

describe("shortID", () => {
  it("keeps twelve digits after the algorithm, and <missing> whole", () => {
    expect(shortID("sha256:0123456789abcdef")).toBe("0123456789ab");
    expect(shortID("0123456789abcdef")).toBe("0123456789ab");
    expect(shortID("<missing>")).toBe("<missing>");
  });
});
