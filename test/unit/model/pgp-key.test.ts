import { canEncrypt } from "../../../model/pgp-key";
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
