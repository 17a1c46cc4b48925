import { nearest, suggestion } from "../../../model/nearest";

test.each([
    ["domian", "domain"],
    ["egde", "edge"],
    ["dge", "edge"],
    ["exgf", undefined],
    ["Domain", "domain"],
    ["product", "products"],
    ["edges", "edge"],
    ["engin", "engine"],
    ["foo", undefined],
    ["x", undefined],
    ["", undefined],
])("%p means %p", (typed, expected) => {
    expect(nearest(typed, ["domain", "products", "edge", "engine"])).toBe(expected);
});

test("a suggestion is the beginning of a sentence, or nothing", () => {
    expect(suggestion("apo", ["api", "web"])).toBe('did you mean "api"? ');
    expect(suggestion("apo", [])).toBe("");
});
