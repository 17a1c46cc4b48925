/** Names that an engine can pull from nowhere. */

import { registryOf } from "../../../cli/setup/registry";
import { isMadeHere, isMadeSomewhere, madeHereReference, mirroredTag } from "../../../model/made-here";

test("an image made here is in a registry that cannot exist (RFC 6761)", () => {
    const reference = madeHereReference("oauth2-proxy", "0123456789ab");
    expect(reference).toBe("strata.invalid/oauth2-proxy:0123456789ab");
    expect(isMadeHere(reference)).toBe(true);
    expect(registryOf(reference)).toBeUndefined();
});

test("in a mirror an image keeps that it was made on a machine", () => {
    const mirrored = `mirror.example/strata/redis:${mirroredTag("strata.invalid/redis:0123456789ab")}`;
    expect(mirrored).toBe("mirror.example/strata/redis:made-here-0123456789ab");
    expect(isMadeHere(mirrored)).toBe(false);
    expect(isMadeSomewhere(`${mirrored}@sha256:${"a".repeat(64)}`)).toBe(true);
    expect(isMadeSomewhere("redis:8.2.10")).toBe(false);
    // One that comes from such a mirror, into the next one.
    expect(mirroredTag(`${mirrored}@sha256:${"a".repeat(64)}`)).toBe("made-here-0123456789ab");
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
