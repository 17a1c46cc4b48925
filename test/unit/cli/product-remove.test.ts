/** What `product remove` refuses before data goes. */

import { PassThrough } from "node:stream";

import { confirmData, refuseDeclared } from "../../../cli/commands/product";

const stack = { name: "staging", source: "Pulumi.staging.yaml" };

test("a product that the stack still declares keeps its data", () => {
    expect(() => refuseDeclared("psra", ["psra", "rentguy"], stack)).toThrow(
        "psra is still in strata:products of staging; nothing was touched",
    );
    expect(() => refuseDeclared("psra", ["rentguy"], stack)).not.toThrow();
});

describe("the product's name", () => {
    const typed = (line: string | undefined): Promise<void> => {
        const input = new PassThrough();
        input.end(line === undefined ? "" : `${line}\n`);
        return confirmData("psra", [], {}, { input, output: new PassThrough() });
    };

    test("is what has to be typed or given", async () => {
        await expect(typed("psra")).resolves.toBeUndefined();
        await expect(confirmData("psra", [], { confirm: "psra" }, undefined)).resolves.toBeUndefined();
    });

    test.each(["yes", "rentguy", "", undefined])("is not %j", async (line) => {
        await expect(typed(line)).rejects.toMatchObject({ exitCode: 2 });
    });

    test("is not another one that a script gives, and without it nobody has confirmed", async () => {
        await expect(confirmData("psra", [], { confirm: "rentguy" }, undefined)).rejects.toThrow(
            '--confirm: "rentguy"',
        );
        await expect(confirmData("psra", [], {}, undefined)).rejects.toThrow("was not confirmed");
    });
});
