/** Signatures by the Standard Webhooks specification. */

import { HEADERS, sign, signedHeaders, verify } from "../../../../services/integration/src/signature";

const KEY = "a key";
const NOW = 1_700_000_000;
const body = Buffer.from('{"a":1}');
const signed = { id: "msg_1", timestamp: NOW, body };
const headers = signedHeaders(KEY, signed);

test("the specification's own example", () => {
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/index.test.ts
    const example = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(sign("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", example)).toBe(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    );
});

test("a request that was signed with the key", () => {
    expect(verify(KEY, headers, body, NOW)).toEqual({ id: "msg_1" });
    // The clocks of two machines differ.
    expect(verify(KEY, headers, body, NOW + 299)).toEqual({ id: "msg_1" });
    expect(verify(KEY, headers, body, NOW - 299)).toEqual({ id: "msg_1" });
});

test("a sender that changes its key signs with both", () => {
    const both = { ...headers, [HEADERS.signature]: `v1,b3RoZXI= ${headers[HEADERS.signature]}` };
    expect(verify(KEY, both, body, NOW)).toEqual({ id: "msg_1" });
});

test.each<[string, string, Readonly<Record<string, string | undefined>>, Buffer, number, string]>([
    ["with another key", "b key", headers, body, NOW, "webhook-signature does not fit"],
    ["with another body", KEY, headers, Buffer.from('{"a":2}'), NOW, "webhook-signature does not fit"],
    ["with another id", KEY, { ...headers, [HEADERS.id]: "msg_2" }, body, NOW, "webhook-signature does not fit"],
    [
        "with another time",
        KEY,
        { ...headers, [HEADERS.timestamp]: String(NOW + 1) },
        body,
        NOW,
        "webhook-signature does not fit",
    ],
    ["without a signature", KEY, { ...headers, [HEADERS.signature]: undefined }, body, NOW, "does not fit"],
    ["that was recorded", KEY, headers, body, NOW + 301, "webhook-timestamp is missing, or more than 300 seconds away"],
    ["without a time", KEY, { ...headers, [HEADERS.timestamp]: undefined }, body, NOW, "webhook-timestamp is missing"],
    ["with a time that is none", KEY, { ...headers, [HEADERS.timestamp]: "1e9" }, body, NOW, "webhook-timestamp"],
    ["without an id", KEY, { ...headers, [HEADERS.id]: undefined }, body, NOW, "webhook-id is missing"],
    ["with an id that is a path", KEY, { ...headers, [HEADERS.id]: "a/b" }, body, NOW, "webhook-id is missing"],
])("a request %s is refused", (_, key, given, content, now, problem) => {
    expect(verify(key, given, content, now)).toEqual({ problem: expect.stringContaining(problem) as string });
});
