import * as random from "@pulumi/random";

import { differences, knownDifferences, type Outputs, TestStack } from "./engine";

jest.setTimeout(120_000);

describe("random plugin", () => {
    let stack: TestStack;
    const program = (keeper: string) => (): Outputs => {
        const keepers = { keeper };
        const password = new random.RandomPassword("password", {
            length: 24,
            minSpecial: 2,
            overrideSpecial: "-_",
            keepers,
        });
        return {
            password: password.result,
            id: new random.RandomId("id", { byteLength: 8, keepers }).hex,
            text: new random.RandomString("text", { length: 10, upper: false, special: false }).result,
            integer: new random.RandomInteger("integer", { min: 5, max: 5 }).result,
            pet: new random.RandomPet("pet", { length: 2, separator: "+" }).id,
            uuid: new random.RandomUuid("uuid").result,
            shuffle: new random.RandomShuffle("shuffle", { inputs: ["a", "b"], resultCount: 2 }).results,
            bytes: new random.RandomBytes("bytes", { length: 4 }).base64,
        };
    };
    const values = async (): Promise<Record<string, unknown>> =>
        Object.fromEntries(Object.entries(await stack.outputs()).map(([name, { value }]) => [name, value]));

    beforeAll(async () => {
        stack = await TestStack.create("conformance-random");
    });
    afterAll(() => stack.dispose());

    test("has the names and types of the SDK", async () => {
        expect(await differences("random")).toEqual(await knownDifferences("random"));
    });

    test("creates what is asked for, and secrets as secrets", async () => {
        expect(await stack.up(program("one"))).toEqual({ create: 9 });
        const outputs = await stack.outputs();
        expect(outputs.password?.secret).toBe(true);
        expect(outputs.bytes?.secret).toBe(true);
        expect(outputs.password?.value).toMatch(/^[\w-]{24}$/);
        expect(outputs.id?.value).toMatch(/^[0-9a-f]{16}$/);
        expect(outputs.text?.value).toMatch(/^[a-z0-9]{10}$/);
        expect(outputs.integer?.value).toBe(5);
        expect(outputs.pet?.value).toMatch(/^\w+\+\w+$/);
        expect(outputs.uuid?.value).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        expect([...(outputs.shuffle?.value as string[])].sort()).toEqual(["a", "b"]);
        expect(JSON.stringify(stack.state())).not.toContain(outputs.password?.value);
    });

    test("keeps every value when nothing changed", async () => {
        const before = await values();
        expect(await stack.previewRefreshed(program("one"))).toEqual({});
        expect(await stack.up(program("one"), { refresh: true })).toEqual({});
        expect(await values()).toEqual(before);
    });

    test("replaces what depends on a keeper, and nothing else", async () => {
        const before = await values();
        expect(await stack.up(program("two"))).toEqual({ replace: 2 });
        const { password, id, ...rest } = await values();
        expect(password).not.toBe(before.password);
        expect(id).not.toBe(before.id);
        expect(before).toMatchObject(rest);
    });

    test("imports a value made elsewhere", async () => {
        const imported = (): Outputs => ({
            ...program("two")(),
            imported: new random.RandomId("imported", { byteLength: 4 }, { import: "3q2-7w" }).hex,
        });
        expect(await stack.up(imported)).toEqual({ import: 1 });
        expect((await values()).imported).toBe("deadbeef");
    });
});
