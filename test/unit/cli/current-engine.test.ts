import { chooseCurrentEngine, type TestMachine } from "../../../cli/testing/current-engine";

const able: TestMachine = { platform: "linux", isRoot: true, missing: [], way: "offline" };

test.each([
    ["1.48", {}, { on: "machine" }],
    ["1.52", { platform: "darwin", isRoot: false }, { on: "machine" }],
    // Docker 26.1 and 27 take the option of an isolated gateway and ignore it.
    ["1.47", {}, { on: "second" }],
    ["1.41", {}, { on: "second" }],
] as const)("where the machine's own engine speaks API %s (%j) the tests run on %j", (api, facts, expected) => {
    expect(chooseCurrentEngine(api, { ...able, ...facts })).toEqual(expected);
});

test.each([
    [{ platform: "darwin" }, "takes Linux"],
    [{ isRoot: false }, "takes root"],
    [{ way: "published" }, "takes images that were made on this machine"],
    [{ missing: ["go", "nsenter"] }, "takes go, nsenter"],
] as const)("a machine that cannot run a second one says why: %j", (facts, reason) => {
    const chosen = chooseCurrentEngine("1.41", { ...able, ...facts });
    expect(chosen).toMatchObject({ on: "none", reason: expect.stringContaining(reason) as string });
});
