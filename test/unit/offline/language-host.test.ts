import { runtimeOptions, words } from "../../../offline/language-host/program";

test.each([
    ["--import tsx", ["--import", "tsx"]],
    [`--title='two words' --x="a b"c`, ["--title=two words", "--x=a bc"]],
    ["  ", []],
])("splits %p like a shell", (line, expected) => {
    expect(words(line)).toEqual(expected);
});

test("lets the SDK load TypeScript unless the project says otherwise", () => {
    expect(runtimeOptions({})).toEqual({ typescript: true, nodeargs: [] });
    expect(runtimeOptions({ typescript: false, nodeargs: "--import tsx" })).toEqual({
        typescript: false,
        nodeargs: ["--import", "tsx"],
    });
    expect(runtimeOptions({ tsconfig: "other.json" })).toMatchObject({ tsconfig: "other.json" });
});
