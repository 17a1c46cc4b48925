import { canariesOf, findLeaks } from "../../support/leaks";

const SECRET = "k3yT0theKingdom0123456789abcdefg";
const canaries = [{ name: "password", value: SECRET }];
const leaksIn = (text: string): string[] => findLeaks(canaries, new Map([["place", text]]));

describe("findLeaks", () => {
    test.each([
        ["as it is", `{"url":"redis://u:${SECRET}@h"}`],
        ["in hexadecimal", Buffer.from(SECRET).toString("hex")],
        ["in base64", Buffer.from(SECRET).toString("base64")],
        ["in base64 of a longer text, first place", Buffer.from(`abc${SECRET}tail`).toString("base64")],
        ["in base64 of a longer text, second place", Buffer.from(`user${SECRET}tail`).toString("base64")],
        ["in base64 of a longer text, third place", Buffer.from(`users${SECRET}tail`).toString("base64")],
    ])("finds a secret %s", (_, text) => {
        expect(leaksIn(text)).toEqual(["password in place"]);
    });

    test("finds a line of a private key", () => {
        const line = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVv";
        const key = { name: "key", value: `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n` };
        expect(findLeaks([key], new Map([["log", `x\\n${line}\\n`]]))).toEqual(["key in log"]);
        expect(findLeaks([key], new Map([["log", "-----BEGIN PRIVATE KEY-----"]]))).toEqual([]);
    });

    test("finds nothing where nothing is", () => {
        expect(
            leaksIn(`${SECRET.slice(1)} ${Buffer.from("something else altogether, and long").toString("base64")}`),
        ).toEqual([]);
    });
});

describe("canariesOf", () => {
    const secret = (value: unknown): object => ({
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        plaintext: JSON.stringify(value),
    });
    const exported = (outputs: object): object => ({
        deployment: { resources: [{ urn: "urn:pulumi:t::strata::random::pw", outputs }] },
    });

    test("takes every secret word, however deep, once", () => {
        const outputs = {
            result: secret(SECRET),
            nested: [{ deep: secret({ url: `redis://u:${SECRET}@h/0`, again: SECRET }) }],
        };
        expect(canariesOf(exported(outputs))).toEqual([
            { name: "pw", value: SECRET },
            { name: "pw", value: `redis://u:${SECRET}@h/0` },
        ]);
    });

    test("leaves out what is not secret, too short, a path, or more than one word", () => {
        const outputs = {
            plain: SECRET,
            short: secret("short"),
            script: secret("set -eu\necho done"),
            path: secret("/etc/strata/secrets/key.pem"),
        };
        expect(canariesOf(exported(outputs))).toEqual([]);
    });

    test("takes a private key", () => {
        const key = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n";
        expect(canariesOf(exported({ stdout: secret(key) }))).toEqual([{ name: "pw", value: key }]);
    });
});
