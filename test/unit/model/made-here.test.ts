/** Names that an engine can pull from nowhere. */

import { registryOf } from "../../../cli/setup/registry";
import { isMadeHere, madeHereReference } from "../../../model/made-here";

test("an image made here is in a registry that cannot exist (RFC 6761)", () => {
    const reference = madeHereReference("oauth2-proxy", "0123456789ab");
    expect(reference).toBe("strata.invalid/oauth2-proxy:0123456789ab");
    expect(isMadeHere(reference)).toBe(true);
    expect(registryOf(reference)).toBeUndefined();
});

test.each([
    "strata/redis:0123456789ab",
    "docker.io/strata/redis:0123456789ab",
    "strata.invalid/redis:latest",
    "strata.invalid/redis",
    "strata.invalid.example/redis:0123456789ab",
    "evil/strata.invalid/redis:0123456789ab",
    "strata.invalid/a/redis:0123456789ab",
])("%s is none", (reference) => expect(isMadeHere(reference)).toBe(false));
