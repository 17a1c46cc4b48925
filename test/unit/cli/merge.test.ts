import { mergeSettings } from "../../../cli/stacks/merge";

const KEY = "strata:domain";
const of = (value: unknown) => (value === undefined ? {} : { [KEY]: value });

/** What was written last time is what the source said then, unless it is given. */
function merge(given: { source?: unknown; copy?: unknown; before?: unknown; written?: unknown }) {
    const record = { source: of(given.before), written: of("written" in given ? given.written : given.before) };
    const { settings, own } = mergeSettings(of(given.source), of(given.copy), record);
    return [settings[KEY], own.length > 0];
}

test.each([
    ["nobody changed it", { source: "a", copy: "a", before: "a" }, "a", false],
    ["the committed file did", { source: "b", copy: "a", before: "a" }, "b", false],
    ["the committed file has it now", { source: "b" }, "b", false],
    ["the committed file has it no more", { copy: "a", before: "a" }, undefined, false],
    ["it was set on the copy", { source: "a", copy: "c", before: "a" }, "c", true],
    ["it was set on the copy only", { copy: "c" }, "c", true],
    ["it was removed on the copy", { source: "a", before: "a" }, undefined, true],
    ["both changed it: the copy's stays, and is said", { source: "b", copy: "c", before: "a" }, "c", true],
    ["both changed it to the same", { source: "c", copy: "c", before: "a" }, "c", false],
    ["an own value stays in later runs", { source: "a", copy: "c", before: "a", written: "c" }, "c", true],
    [
        "an own value stays when the committed one changes",
        { source: "b", copy: "c", before: "a", written: "c" },
        "c",
        true,
    ],
    ["an own value that was removed gives way", { source: "a", before: "a", written: "c" }, "a", false],
    ["an own value that was set back is none", { source: "a", copy: "a", before: "a", written: "c" }, "a", false],
    ["an own removal stays", { source: "a", before: "a", written: undefined }, undefined, true],
    [
        "an own removal that was set again is an own value",
        { source: "a", copy: "c", before: "a", written: undefined },
        "c",
        true,
    ],
])("%s", (_case, given, value, isOwn) => expect(merge(given)).toEqual([value, isOwn]));

test("mappings are merged key by key, and the path of what is own is named", () => {
    const edge = (http: number, https: number) => ({ "strata:edge": { http: { port: http }, https: { port: https } } });
    const record = { source: edge(80, 443), written: edge(80, 443) };
    expect(mergeSettings(edge(81, 443), edge(80, 8443), record)).toEqual({
        settings: edge(81, 8443),
        own: ["strata:edge.https.port"],
    });
});

test("a list is one value, and so is a secret", () => {
    const products = (...names: string[]) => ({ "strata:products": names.map((name) => ({ name })) });
    const record = { source: products("a"), written: products("a") };
    expect(mergeSettings(products("a", "b"), products("a", "c"), record)).toEqual({
        settings: products("a", "c"),
        own: ["strata:products"],
    });
    const secret = { "strata:smtp": { secure: "v1:abc" } };
    expect(mergeSettings({}, secret, { source: {}, written: {} })).toEqual({ settings: secret, own: ["strata:smtp"] });
    expect(mergeSettings({}, secret, { source: {}, written: secret }).settings).toEqual(secret);
});

test("the order of keys is no change", () => {
    const record = { source: { "strata:edge": { a: 1, b: [1] } }, written: { "strata:edge": { a: 1, b: [1] } } };
    const copy = { "strata:edge": { b: [1], a: 1 } };
    expect(mergeSettings({ "strata:edge": "other" }, copy, record)).toEqual({
        settings: { "strata:edge": "other" },
        own: [],
    });
});

test("of a copy without a record only secrets are its own", () => {
    const copy = { "strata:old": "x", "strata:smtp": { secure: "v1:abc" } };
    expect(mergeSettings({ [KEY]: "a" }, copy, undefined)).toEqual({
        settings: { [KEY]: "a", "strata:smtp": { secure: "v1:abc" } },
        own: ["strata:smtp"],
    });
});
