/** Which abilities of an engine an environment uses: a newer engine changes nothing unasked. */

import { isAtLeast, keptApi } from "../../../model/engine-api";

test.each<[string | undefined, string, boolean]>([
    ["1.48", "1.48", true],
    ["1.100", "1.48", true],
    ["2.0", "1.48", true],
    ["1.47", "1.48", false],
    ["1.9", "1.48", false],
    [undefined, "1.24", false],
])("%s is at least %s: %s", (api, least, expected) => expect(isAtLeast(api, least)).toBe(expected));

test.each<[string, string, boolean | undefined, boolean | undefined, string]>([
    ["a new environment on a new engine uses all of it", "1.52", undefined, undefined, "1.52"],
    ["a new environment on Docker 26.1 asks for no isolated gateway", "1.45", undefined, undefined, "1.45"],
    ["an old environment on an upgraded engine keeps its networks and containers", "1.52", false, false, "1.43"],
    ["one made on Docker 26.1 keeps its networks, and its start interval", "1.52", false, true, "1.47"],
    ["networks whose containers are gone keep what they are", "1.52", false, undefined, "1.47"],
    ["isolated networks stay isolated", "1.52", true, true, "1.52"],
    ["isolated networks stay isolated whatever the containers are", "1.52", true, false, "1.52"],
    ["an engine that was downgraded is not asked for what it cannot do", "1.41", true, true, "1.41"],
    ["an old engine leaves no choice", "1.41", false, false, "1.41"],
])("%s", (_, engine, isolatedGateway, startInterval, expected) => {
    expect(keptApi(engine, { isolatedGateway, startInterval })).toBe(expected);
});
