import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { compareSchemaWithSdk, type PackageSchema, sdkTypes } from "../../../offline/build/sdk";

/** A package as the SDK generator writes it, in miniature. */
const declaration = `
export interface BoxArgs {
    /** A list that is called by its singular. */
    command?: pulumi.Input<pulumi.Input<string>[] | undefined>;
    labels?: pulumi.Input<{
        [key: string]: pulumi.Input<string>;
    } | undefined>;
    name: pulumi.Input<string>;
    ports?: pulumi.Input<pulumi.Input<inputs.BoxPort>[] | undefined>;
}
`;
const schema = {
    provider: {},
    resources: {
        "demo:index/box:Box": {
            inputProperties: {
                command: { type: "array", items: { type: "string" } },
                labels: { type: "object", additionalProperties: { type: "string" } },
                name: { type: "string" },
                ports: { type: "array", items: { $ref: "#/types/demo:index/BoxPort:BoxPort" } },
                extra: { type: "string" },
            },
            requiredInputs: ["name"],
        },
    },
    types: { "demo:index/BoxPort:BoxPort": { properties: { port: { type: "integer" } } } },
} satisfies PackageSchema;

let folder: string;
beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "strata-sdk-"));
    mkdirSync(join(folder, "types"));
    writeFileSync(join(folder, "box.js"), "Box.__pulumiType = 'demo:index/box:Box';");
    writeFileSync(join(folder, "box.d.ts"), declaration);
    writeFileSync(
        join(folder, "types", "input.d.ts"),
        "export interface BoxPort {\n    port?: pulumi.Input<number | undefined>;\n}\n",
    );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const box = schema.resources["demo:index/box:Box"];
const withBox = (inputs: object, required: string[] = ["name"]): PackageSchema => ({
    ...schema,
    resources: {
        "demo:index/box:Box": { inputProperties: { ...box.inputProperties, ...inputs }, requiredInputs: required },
    },
});
const { command: _command, ...withoutCommand } = box.inputProperties;

test("a schema that says the same has no differences", () => {
    expect(sdkTypes(folder)).toEqual(["demo:index/box:Box"]);
    expect(compareSchemaWithSdk(schema, folder)).toEqual([]);
});

test.each<[string, PackageSchema, string]>([
    ["a missing resource", { types: {} }, "demo:index/box:Box: not served"],
    [
        "a property with another name",
        {
            ...schema,
            resources: {
                "demo:index/box:Box": {
                    ...box,
                    inputProperties: { ...withoutCommand, commands: box.inputProperties.command },
                },
            },
        },
        "demo:index/box:Box.command: not known",
    ],
    [
        "a scalar in a list's place",
        withBox({ command: { type: "string" } }),
        "demo:index/box:Box.command: string instead of string[]",
    ],
    [
        "a list in a map's place",
        withBox({ labels: { type: "array", items: { type: "string" } } }),
        "demo:index/box:Box.labels: string[] instead of {string}",
    ],
    ["an input that must be there", withBox({}, ["name", "extra"]), "demo:index/box:Box.extra: required"],
    [
        "a nested property with another type",
        { ...schema, types: { "demo:index/BoxPort:BoxPort": { properties: { port: { type: "string" } } } } },
        "BoxPort.port: string instead of number",
    ],
])("finds %s", (_what, changed, difference) => {
    expect(compareSchemaWithSdk(changed, folder)).toEqual([difference]);
});
