/** Whose registry a reference is in, who is logged in, and what a refusal means. */

import { loggedInRegistries, pullAdvice, registryOf } from "../../../cli/setup/registry";

const DIGEST = `sha256:${"a".repeat(64)}`;

test.each<[string, string | undefined]>([
    [`ghcr.io/you/app:1@${DIGEST}`, "ghcr.io"],
    [`localhost:5000/app@${DIGEST}`, "localhost:5000"],
    [`localhost/app@${DIGEST}`, "localhost"],
    [`registry.example.com:8443/a/b@${DIGEST}`, "registry.example.com:8443"],
    [`redis:8@${DIGEST}`, "docker.io"],
    [`pgvector/pgvector:1@${DIGEST}`, "docker.io"],
    [DIGEST, undefined],
    ["strata.invalid/redis:0123456789ab", undefined],
])("%s is in %s", (reference, registry) => expect(registryOf(reference)).toBe(registry));

test("reads the client's logins by registry, however they are kept", () => {
    const config = {
        auths: { "https://index.docker.io/v1/": {}, "ghcr.io": { auth: "x" }, "https://registry.example.com/v2/": {} },
        credHelpers: { "eu.gcr.io": "gcloud" },
    };
    expect(loggedInRegistries(JSON.stringify(config))).toEqual([
        "docker.io",
        "eu.gcr.io",
        "ghcr.io",
        "registry.example.com",
    ]);
    expect([loggedInRegistries(undefined), loggedInRegistries("{")]).toEqual([[], []]);
});

test.each<[string, string, RegExp]>([
    ["Error response from daemon: unauthorized", `ghcr.io/you/app@${DIGEST}`, /docker login ghcr\.io$/],
    [
        "pull access denied for you/app, repository does not exist or may require 'docker login'",
        "you/app:1",
        /docker login$/,
    ],
    ["Head https://r.example/v2/a/manifests/1: no basic auth credentials", "r.example/a:1", /docker login r\.example$/],
    ["no matching manifest for linux/arm64/v8 in the manifest list entries", "x:1", /processor/],
    ["manifest for x@sha256:00 not found: manifest unknown", "x:1", /digest/],
    ["write /var/lib/docker/tmp: no space left on device", "x:1", /disk/],
    ["toomanyrequests: You have reached your pull rate limit", "x:1", /limit/],
    ["dial tcp: lookup ghcr.io: no such host", "ghcr.io/x:1", /cannot be reached/],
])("%s", (said, reference, advice) => expect(pullAdvice(reference, said)).toMatch(advice));
