import { cpuCount, goDuration } from "../../../components/hardening/units";

test.each([
    [5, "5s"],
    [30, "30s"],
    [60, "1m0s"],
    [90, "1m30s"],
    [3600, "1h0m0s"],
    [3661, "1h1m1s"],
])("%d seconds are read back as %s", (seconds, text) => {
    expect(goDuration(seconds)).toBe(text);
});

test.each([
    [1, "1.0"],
    [0.5, "0.5"],
    [1.5, "1.5"],
    [0.25, "0.25"],
])("%d cores are read back as %s", (cores, text) => {
    expect(cpuCount(cores)).toBe(text);
});
