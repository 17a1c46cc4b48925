import { canEncrypt, keyIdsOf, recipientOf } from "../../../model/pgp-key";
import keys from "./pgp-keys.json";

/** Public keys that gpg 2.2 made: `gpg --quick-gen-key`, exported with `gpg --export | base64 --wrap=0`. */
test.each([
    ["rsa with a subkey that encrypts", true],
    ["ed25519 with a subkey that encrypts", true],
    ["rsa that encrypts itself", true],
    ["rsa without a subkey", false],
    ["ed25519 without a subkey", false],
] as const)("%s can encrypt: %s", (kind, expected) => {
    expect(canEncrypt(keys[kind])).toBe(expected);
});

test("an export that is cut off before its subkey cannot encrypt, and nothing else goes wrong", () => {
    const key = Buffer.from(keys["ed25519 with a subkey that encrypts"], "base64");
    for (let length = 0; length <= 200; length += 1) {
        expect(canEncrypt(key.subarray(0, length).toString("base64"))).toBe(false);
    }
});

test("what is no key at all cannot encrypt", () => {
    expect(canEncrypt(`mQ${"A".repeat(200)}`)).toBe(false);
    expect(canEncrypt("")).toBe(false);
});

describe("the holder of a message", () => {
    const ED = "62848e025271d394";

    test.each([
        ["rsa with a subkey that encrypts", ["789aaa0c4d7ee043", "dde3db323e4ebc15"]],
        ["ed25519 with a subkey that encrypts", ["3b13cbdf9d4dcea9", ED]],
        ["rsa that encrypts itself", ["1415cc785cd4209c"]],
    ] as const)("%s has the ids that gpg shows", (kind, ids) => expect(keyIdsOf(keys[kind])).toEqual(ids));

    test("is the key that gpg encrypted it to", () => {
        expect(
            recipientOf(
                "hF4DYoSOAlJx05QSAQdAAY40w/6olWSCiouknGzqavOPDFR4phowHbhZXBbCZUUwWWLPqkTdw/+HYaXdinq6rWDrpkfPvWc82ZFhOvSbk+VpCUG4W9rzOgne1LhS+cw40jcBwuT0FFytxvwmn63SZeGqwmwd+43PlhubWkoQ6Py4EsfduHStbXAgxaD7Aie0bBAhuH/KMImu",
            ),
        ).toBe(ED);
    });

    // Vault's library writes headers of the newer form.
    test.each([
        ["a header of Vault's library", `c1c04c03${ED}${"00".repeat(259)}`, ED],
        ["a holder who is not named", `c1c04c03${"00".repeat(267)}`, undefined],
        ["another version", `c1c04c06${ED}${"00".repeat(259)}`, undefined],
        ["another packet", `d20a03${ED}00`, undefined],
        ["no message", "", undefined],
    ])("of %s", (_, hex, id) => expect(recipientOf(Buffer.from(hex, "hex").toString("base64"))).toBe(id));

    test("what is no key has no ids", () => expect(keyIdsOf("AAAA")).toEqual([]));
});
