import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readState } from "../../../cli/pulumi/state";
import type { Stack } from "../../../cli/stacks/stack";
import { recordedHere, refuseFlip } from "../../../cli/stacks/supply";
import { wayOf } from "../../../model/supply";

const supply = (way: unknown) => ({
    urn: "urn:pulumi:x::strata::strata:lib:Supply::supply",
    type: "strata:lib:Supply",
    inputs: { way },
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

const offline = {
    decision: { way: "offline", reason: "STRATA_OFFLINE=1" },
    images: { redis: "r", vault: "v" },
} as const;
const published = {
    decision: { way: "published", reason: "plugins and images can be downloaded" },
    images: {},
} as const;

test.each([
    ["published", "published"],
    ["offline", "offline"],
    ["sideways", undefined],
    [undefined, undefined],
])("a state that says %p was made %p", (way, read) => {
    expect(readState({ deployment: { resources: [supply(way)] } }).supply).toBe(read);
    expect(recordedHere(stackWith("local", { latest: { resources: [supply(way)] } }))).toBe(read);
});

test.each([undefined, {}, { latest: null }, { latest: { resources: null } }, "{"])(
    "a checkpoint %j says nothing",
    (checkpoint) => {
        expect(recordedHere(stackWith("local", checkpoint))).toBeUndefined();
    },
);

test("the environment's way is no question, and neither is one that nobody recorded", () => {
    const stack = stackWith("production");
    refuseFlip(stack, "offline", offline);
    refuseFlip(stack, "published", published);
    refuseFlip(stack, undefined, offline);
});

test("another way is refused: how it was made, what would change, and the way on in both directions", () => {
    const stack = stackWith("production");
    let failure: unknown;
    try {
        refuseFlip(stack, "published", offline);
    } catch (error) {
        failure = error;
    }
    expect(failure).toMatchObject({
        exitCode: 2,
        message:
            "production was made with published plugins and images, and this run would take plugins and images that are built on a machine (STRATA_OFFLINE=1)",
        next: "go on as it was made: STRATA_OFFLINE=0; to change it for good, after a backup: npm run up -- --change-supply --stack production",
        details: [
            "  every container would be replaced by one of another version (redis, vault)",
            "  a server cannot read the data of a newer one, nor a plugin the state of a newer one: there may be no way back",
        ],
    });
    expect(() => refuseFlip(stack, "offline", published)).toThrow(
        "was made with plugins and images that are built on a machine",
    );
    refuseFlip(stack, "published", offline, true);
});

test("a program that nobody told tells by its images", () => {
    const made = { redis: "strata/redis:0123456789ab", vault: `docker.io/vault@sha256:${"0".repeat(64)}` };
    expect(wayOf("published", made)).toBe("published");
    expect(wayOf(undefined, made)).toBe("offline");
    expect(wayOf("", { vault: made.vault })).toBe("published");
    expect(wayOf("sideways", made)).toBe("offline");
});
