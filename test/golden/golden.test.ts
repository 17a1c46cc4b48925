/**
 * What the program registers for each stack, against a reviewed file. Shows what a change of code or configuration changes
 * for whom. Cannot show what providers and the engine make of it.
 *
 * A difference is never written down by itself: look at it, then run `npm run golden:update` and review the files.
 */

import { join } from "node:path";

import { type ObjectKind, physicalNames } from "../../model/names";
import type { Platform } from "../../model/platform";
import { UNKNOWN } from "../support/engine";
import { expectReviewed, goldenOf } from "../support/golden";
import { collectProgram, type Program, Secret, type StackName } from "../support/program";
import { expectReleased } from "../support/released";
import { differences } from "../support/two-readings";

const STACKS: readonly StackName[] = ["local", "staging", "production"];

describe.each(STACKS)("%s", (stack) => {
    let program: Program;
    let preview: Program;

    beforeAll(async () => {
        program = await collectProgram(stack);
        preview = await collectProgram(stack, { preview: true });
    });

    test("registers what its golden file says", () => {
        const file = join(__dirname, `${stack}.json`);
        const actual = goldenOf(program);
        expectReviewed(file, actual);
    });

    test("knows every resource by a name that environments know it by", () =>
        expectReleased(join(__dirname, "names", `${stack}.txt`), program));

    test("registers the same in a preview, where nothing that is computed is known", () => {
        const names = ({ resources }: Program): string[] => resources.map(({ type, name }) => `${type} ${name}`).sort();
        expect(names(preview)).toEqual(names(program));
    });

    test("a first preview knows everything on the engine but files with generated content, and waits for Keycloak's login", () => {
        // What is inside Keycloak and Vault refers to each other by ids that the servers give.
        const onEngine = preview.resources.filter(({ type }) => /^(docker|command|random):/.test(type));
        const gaps = onEngine.flatMap(({ type, inputs }) => [
            ...leaves(inputs, (value) => value === UNKNOWN || (value instanceof Secret && value.value === UNKNOWN)).map(
                (path) => `${type} ${path.replace(/\d+/g, "*")}`,
            ),
        ]);
        expect([...new Set(gaps)].sort()).toEqual([
            "command:local:Command stdin",
            "command:local:Command triggers.*",
            "docker:index/container:Container labels.*.value",
            "docker:index/container:Container uploads.*.content",
        ]);
    });

    test("warns of a key beside what it opens, outside one's own machine", () => {
        const expected = [expect.stringContaining(`strata:vault.seal is local in ${stack}`)];
        expect(program.warnings).toEqual(stack === "local" ? [] : expected);
    });

    test("keeps everything secret that was generated", () => {
        const open = [
            ...program.resources,
            { type: "stack", name: stack, inputs: program.outputs, outputs: {} },
        ].flatMap(({ type, name, inputs, outputs }) =>
            leaves({ inputs, outputs }, (value) => typeof value === "string" && value.includes("canary")).map(
                (path) => `${type} ${name} ${path}`,
            ),
        );
        // A certificate authority's certificate is there to be handed out.
        expect(open.filter((path) => !/ inputs\.authority$| (in|out)puts\.oidcDiscoveryCaPem$/.test(path))).toEqual([]);
        // No login of an administrator is among what other programs may read.
        expect(leaves(program.outputs, (value) => value instanceof Secret)).toEqual([]);
    });

    test("gives objects on the engine only names that are looked for on the engine before they are made", () => {
        const plan = program.resources.find(({ type }) => type === "strata:network:FlowPlan")!;
        const names = physicalNames(plan.outputs as unknown as Platform);
        const others = program.resources.flatMap(({ type, inputs }) => {
            const object = /^docker:index\/(container|network|volume):/.exec(type)?.[1] as ObjectKind | undefined;
            return object === undefined || names[object].includes(String(inputs["name"]))
                ? []
                : [`${object} ${String(inputs["name"])}`];
        });
        expect(others).toEqual([]);
    });

    test("has the plan in the state once, and a change of it is a change of its inputs", () => {
        const plan = program.resources.find(({ type }) => type === "strata:network:FlowPlan")!;
        expect(plan.inputs).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
        const known = preview.resources.find(({ type }) => type === "strata:network:FlowPlan")!;
        expect([known.inputs, known.outputs]).toEqual([plan.inputs, plan.outputs]);
    });

    test("the isolation probe and the policies read the declaration alike, each by itself", () => {
        const plan = program.resources.find(({ type }) => type === "strata:network:FlowPlan")!;
        const platform = plan.outputs as unknown as Platform;
        expect(platform.services.length).toBeGreaterThan(5);
        expect(differences(platform)).toEqual([]);
    });

    test("gives every object on the engine a name of its own", () => {
        const names = program.resources
            .filter(({ type }) => type.startsWith("docker:"))
            .map(({ type, inputs }) => `${type} ${String(inputs["name"])}`);
        expect(names.length).toBeGreaterThan(0);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    });
});

/** Paths of the values that match. Secrets are not looked into. */
function leaves(value: unknown, matches: (value: unknown) => boolean, path = ""): string[] {
    if (matches(value)) {
        return [path];
    }
    if (typeof value !== "object" || value === null || value instanceof Secret) {
        return [];
    }
    return Object.entries(value).flatMap(([key, inner]) =>
        leaves(inner, matches, path === "" ? key : `${path}.${key}`),
    );
}
