/** The decisions of `down` where this checkout has a state: what it refuses, asks, and hands to `pulumi destroy`. */

import { PassThrough } from "node:stream";

import {
    confirmRemoval,
    destroyArguments,
    type DownOptions,
    refuseOtherState,
    removeRest,
    unknownTo,
} from "../../../cli/commands/down";
import type { RunningContainer } from "../../../engine/containers";
import type { Engine } from "../../../engine/engine";
import { Progress } from "../../../cli/output/progress";
import type { Objects } from "../../../cli/pulumi/removal";
import { type KnownState, readState } from "../../../cli/pulumi/state";
import type { KnownObject } from "../../../cli/pulumi/state-objects";
import type { Stack } from "../../../cli/stacks/stack";

const quiet = new Progress(process.stdout, { quiet: true });
const container = (id: string): RunningContainer => ({ id, name: `x-${id}` }) as unknown as RunningContainer;
const stateOf = (...containers: string[]): KnownState =>
    readState({
        deployment: {
            resources: containers.map((id) => ({
                urn: `urn:pulumi:x::strata::docker:index/container:Container::${id}`,
                type: "docker:index/container:Container",
                id,
                outputs: { name: `x-${id}` },
            })),
        },
    });
const nothing: Objects = { containers: [], networks: [], files: [], data: [] };

test("pulumi is told to delete what is protected only when data goes", () => {
    const always = ["--yes", "--skip-preview", "--suppress-outputs"];
    expect(destroyArguments(stateOf("c1"), true)).toEqual([...always, "--ignore-protect"]);
    expect(destroyArguments(stateOf("c1"), false)).toEqual([...always, "--exclude-protected"]);
});

test("what tells which plugins, images and engine the data belongs to stays with the data", () => {
    const data = { urn: "urn:volume", labels: { "strata.data": "true" } } as unknown as KnownObject;
    const state = { ...stateOf("c1"), volumes: [data], records: ["urn:supply"] };
    expect(destroyArguments(state, false)).toEqual(expect.arrayContaining(["urn:volume", "urn:supply"]));
    expect(destroyArguments(state, true)).not.toContain("urn:supply");
    expect(destroyArguments({ ...state, volumes: [] }, false)).not.toContain("urn:supply");
});

test("containers that the state does not know are removed before the destroy, others by it", () => {
    const state = { ...stateOf("c1"), replaced: ["c0"] };
    expect(unknownTo(state, ["c0", "c1", "c9"].map(container)).map(({ id }) => id)).toEqual(["c9"]);
});

test("what goes is what was shown: a state that somebody changed meanwhile is refused", () => {
    const exported = (id: string) => ({ version: 3, deployment: { resources: [{ urn: id }] } });
    expect(() => refuseOtherState("x", exported("a"), exported("a"))).not.toThrow();
    expect(() => refuseOtherState("x", undefined, undefined)).not.toThrow();
    for (const now of [exported("b"), undefined]) {
        expect(() => refuseOtherState("x", exported("a"), now)).toThrow("has changed since this run read it");
    }
});

describe("the question", () => {
    const answered = (typed: string | undefined, volumes = false): Promise<void> => {
        const input = new PassThrough();
        if (typed === undefined) input.end();
        else input.end(`${typed}\n`);
        const request = { going: { ...nothing, containers: [container("c1")] }, resources: 1, isOthers: false };
        const options: DownOptions = { stack: "production", volumes };
        return confirmRemoval("production", options, request, quiet, { input, output: new PassThrough() });
    };

    test("takes the environment's name", async () => {
        await expect(answered("production")).resolves.toBeUndefined();
        await expect(answered("production", true)).resolves.toBeUndefined();
    });

    test.each(["yes", "prod", "staging", ""])("takes nothing else: %j", async (typed) => {
        await expect(answered(typed)).rejects.toMatchObject({
            message: `confirmation: ${JSON.stringify(typed)} is unknown; accepted: production`,
            exitCode: 2,
        });
    });

    test("that nobody answers is no yes", async () => {
        await expect(answered(undefined)).rejects.toThrow("down removes production and was not confirmed");
    });
});

describe("what is left after the destroy", () => {
    const removed: string[] = [];
    const engine = {
        containers: () => Promise.resolve([container("c1"), container("c2")]),
        networks: () => Promise.resolve([]),
        volumes: () => Promise.resolve([]),
        remove: (kind: string, objects: readonly { id: string }[]) =>
            Promise.resolve(void removed.push(...objects.map(({ id }) => `${kind} ${id}`))),
    } as unknown as Engine;
    const rest = (going: Objects, unlocked: () => Promise<void>): Promise<number> =>
        removeRest({ engine, stack: { name: "x" } as Stack }, going, quiet, false, unlocked);
    const locked = (): Promise<never> => Promise.reject(new Error("somebody works on it"));

    beforeEach(() => void removed.splice(0));

    test("stays while somebody works on the stack", async () => {
        await expect(rest({ ...nothing, containers: [container("c1")] }, locked)).rejects.toThrow(
            "somebody works on it",
        );
        expect(removed).toEqual([]);
    });

    test("goes otherwise, and what came meanwhile stays", async () => {
        expect(
            await rest({ ...nothing, containers: [container("c1"), container("c7")] }, () => Promise.resolve()),
        ).toBe(1);
        expect(removed).toEqual(["container c1"]);
    });

    test("is nothing: nobody is asked about locks", async () => {
        expect(await rest(nothing, locked)).toBe(0);
    });
});
