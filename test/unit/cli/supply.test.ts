import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type Mirror, readManifest } from "../../../cli/mirror/manifest";
import { readState } from "../../../cli/pulumi/state";
import type { Stack } from "../../../cli/stacks/stack";
import { recordedHere, refuseFlip } from "../../../cli/stacks/supply";
import { originOf, type Supplied, supplyOf } from "../../../model/supply";

const supply = (inputs: Readonly<Record<string, unknown>>) => ({
    urn: "urn:pulumi:x::strata::strata:lib:Supply::supply",
    type: "strata:lib:Supply",
    inputs,
});

const container = (image: string) => ({
    urn: `urn:pulumi:x::strata::docker:index/container:Container::${image}`,
    type: "docker:index/container:Container",
    id: "0",
    inputs: { image },
});

function stackWith(name: string, checkpoint?: unknown): Stack {
    const folder = mkdtempSync(join(tmpdir(), "strata-supply-"));
    const stacks = join(folder, "state", ".pulumi", "stacks", "strata");
    mkdirSync(stacks, { recursive: true });
    if (checkpoint !== undefined) {
        const text = typeof checkpoint === "string" ? checkpoint : JSON.stringify({ version: 3, checkpoint });
        writeFileSync(join(stacks, `${name}.json`), text);
    }
    const path = (file: string) => join(folder, file);
    return {
        name,
        source: path("source"),
        copy: path("copy"),
        passphraseFile: path("passphrase"),
        stateFolder: path("state"),
    };
}

const DIGEST = `sha256:${"0".repeat(64)}`;
const UPSTREAM_REDIS = `mirror.example/redis:8.2.10@${DIGEST}`;
const MADE_REDIS = `mirror.example/redis:made-here-0123456789ab@${DIGEST}`;
const PROBE = `mirror.example/probe:made-here-0123456789ab@${DIGEST}`;

const MADE_HERE: Supplied = { way: "offline", origin: "made" };
const MADE_ELSEWHERE: Supplied = { way: "published", origin: "made" };
const UPSTREAM: Supplied = { way: "published", origin: "upstream" };

/** A run that takes what this machine builds. */
const offline = {
    decision: { way: "offline", reason: "STRATA_OFFLINE=1" },
    origin: "made",
    images: { redis: "r", vault: "v" },
} as const;
/** A run that takes what upstream publishes. */
const published = {
    decision: { way: "published", reason: "plugins and images can be downloaded" },
    origin: "upstream",
    images: {},
} as const;
/** A run that takes what a mirror holds, as its manifest has it. */
function mirrored(images: Readonly<Record<string, string>>, more: object = {}) {
    const url = "https://mirror.example/strata";
    const manifest = readManifest(JSON.stringify({ format: 1, images, files: {}, ...more }), { url });
    const mirror: Mirror = { url, ...manifest, isRemembered: false };
    return { decision: { way: "published", reason: `the mirror ${url}` } as const, ...manifest, mirror };
}

/** What is thrown for `production`; nothing when the run goes on. */
function refusal(recorded: Supplied, found: Parameters<typeof refuseFlip>[2]): unknown {
    try {
        return refuseFlip(stackWith("production"), recorded, found);
    } catch (error) {
        return error;
    }
}

test.each<[inputs: Readonly<Record<string, unknown>>, images: readonly string[], Supplied | undefined]>([
    [{ ...UPSTREAM }, [], UPSTREAM],
    [{ ...MADE_ELSEWHERE }, [UPSTREAM_REDIS], MADE_ELSEWHERE],
    [{ ...MADE_HERE }, [], MADE_HERE],
    // What earlier versions recorded.
    [{ way: "published" }, [], UPSTREAM],
    [{ way: "published" }, [UPSTREAM_REDIS], UPSTREAM],
    [{ way: "published" }, [UPSTREAM_REDIS, MADE_REDIS], MADE_ELSEWHERE],
    [{ way: "offline" }, [UPSTREAM_REDIS], MADE_HERE],
    // What nobody recorded.
    [{ way: "published", origin: "sideways" }, [], UPSTREAM],
    [{ way: "sideways" }, [MADE_REDIS], undefined],
    [{}, [MADE_REDIS], undefined],
])("a state that says %j, with containers of %j, was made with %j", (inputs, images, read) => {
    const resources = [supply(inputs), ...images.map(container)];
    expect(readState({ deployment: { resources } }).supply).toEqual(read);
    expect(recordedHere(stackWith("local", { latest: { resources } }))).toEqual(read);
});

test.each([undefined, {}, { latest: null }, { latest: { resources: null } }, "{"])(
    "a checkpoint %j says nothing",
    (checkpoint) => {
        expect(recordedHere(stackWith("local", checkpoint))).toBeUndefined();
    },
);

describe("what a mirror holds", () => {
    test.each<[string, Readonly<Record<string, string>>, object, string]>([
        ["is what its manifest says", { redis: UPSTREAM_REDIS }, { origin: "made" }, "made"],
        ["is upstream's when the manifest says so", { redis: UPSTREAM_REDIS }, { origin: "upstream" }, "upstream"],
        ["is told by its images where an earlier version filled it", { redis: MADE_REDIS }, {}, "made"],
        ["is upstream's beside a probe that was built", { redis: UPSTREAM_REDIS, probe: PROBE }, {}, "upstream"],
        ["is told by its images where the manifest is wrong", { redis: MADE_REDIS }, { origin: "upstream" }, "made"],
    ])("%s", (_, images, more, origin) => expect(mirrored(images, more).origin).toBe(origin));
});

test("what the environment was made with is accepted, however it comes, and so is an environment without a record", () => {
    const stack = stackWith("production");
    for (const recorded of [MADE_HERE, MADE_ELSEWHERE, undefined]) {
        refuseFlip(stack, recorded, offline);
        refuseFlip(stack, recorded, mirrored({ redis: MADE_REDIS }));
    }
    for (const recorded of [UPSTREAM, undefined]) {
        refuseFlip(stack, recorded, published);
        refuseFlip(stack, recorded, mirrored({ redis: UPSTREAM_REDIS }));
    }
});

test("another supply is refused: what it was made with, what would change, and the way on in both directions", () => {
    expect(refusal(UPSTREAM, offline)).toMatchObject({
        exitCode: 2,
        message:
            "production was made with published plugins and images, and this run would take plugins and images that are built on a machine (STRATA_OFFLINE=1)",
        next: "go on as it was made: STRATA_OFFLINE=0; to change it for good, after a backup: npm run up -- --change-supply --stack production",
        details: [
            "  every container would be replaced by one of another version (redis, vault)",
            "  a server cannot read the data of a newer one, nor a plugin the state of a newer one: there may be no way back",
        ],
    });
    refuseFlip(stackWith("production"), UPSTREAM, offline, true);
});

test.each([
    [
        "a mirror of built ones comes",
        UPSTREAM,
        mirrored({ redis: MADE_REDIS }),
        /: without the mirror https:\/\/mirror\.example\/strata,/,
    ],
    [
        "a mirror of built ones goes",
        MADE_ELSEWHERE,
        published,
        /: name the mirror that it was made from .* or STRATA_OFFLINE=1;/,
    ],
    [
        "a mirror of upstream's takes its place",
        MADE_ELSEWHERE,
        mirrored({ redis: UPSTREAM_REDIS }),
        /: name the mirror that/,
    ],
    [
        "a mirror of upstream's comes to a builder",
        MADE_HERE,
        mirrored({ redis: UPSTREAM_REDIS }),
        /: STRATA_OFFLINE=1;/,
    ],
    ["the internet comes to a builder", MADE_HERE, published, /: STRATA_OFFLINE=1;/],
] as const)("%s: refused, with the way back and the way on", (_, recorded, found, back) => {
    const failure = refusal(recorded, found);
    expect(failure).toMatchObject({ exitCode: 2, next: expect.stringMatching(back) as string });
    expect(failure).toMatchObject({ next: expect.stringContaining("--change-supply") as string });
    refuseFlip(stackWith("production"), recorded, found, true);
});

test("a program that was not told its supply tells it by its images", () => {
    const made = { redis: "strata/redis:0123456789ab", vault: `docker.io/vault@${DIGEST}` };
    expect(supplyOf({ STRATA_WAY: "published", STRATA_ORIGIN: "upstream" }, made)).toEqual(UPSTREAM);
    expect(supplyOf({ STRATA_WAY: "published", STRATA_ORIGIN: "made" }, { vault: made.vault })).toEqual(MADE_ELSEWHERE);
    expect(supplyOf({}, made)).toEqual(MADE_HERE);
    expect(supplyOf({ STRATA_WAY: "" }, { vault: made.vault })).toEqual(UPSTREAM);
    expect(supplyOf({ STRATA_WAY: "sideways" }, made)).toEqual(MADE_HERE);
    expect(supplyOf({}, { redis: MADE_REDIS })).toEqual(MADE_ELSEWHERE);
});

test("strata's own programs, which keep no data, say nothing of the others", () => {
    expect(originOf([UPSTREAM_REDIS, PROBE, "strata.invalid/reference-app:0123456789ab"])).toBe("upstream");
    expect(originOf([UPSTREAM_REDIS, "strata.invalid/redis:0123456789ab"])).toBe("made");
});
