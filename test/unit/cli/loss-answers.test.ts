/** What is said of data volumes that are not as the state knows them: which answers are taken, and which are refused. */

import { commandLine } from "../../../cli/main";
import { Failure } from "../../../cli/failure";
import { answersFor, type DataLossOptions } from "../../../cli/pulumi/loss-answers";
import type { Fate, Volume } from "../../../cli/pulumi/lost-data";

const volume = (name: string, fate: Fate, more: Partial<Volume> = {}): Volume => ({
    ...{ urn: `urn-of-${name}`, id: name, name, labels: { "strata.service": name } },
    ...{ mustRun: true, failed: false, fate },
    ...more,
});
const [gone, empty, begun, other, old, there, sealed] = [
    volume("gone", "gone"),
    volume("empty", "empty"),
    volume("begun", "begun"),
    volume("other", "begun", { inPlace: true }),
    volume("old", "restored"),
    volume("there", "there"),
    volume("sealed", "there", { unsure: "Vault is sealed" }),
];
const ALL = [gone, empty, begun, other, old, there, sealed];

const names = (volumes: readonly Volume[]): string => volumes.map(({ name }) => name).join(" ");
const answer = (volumes: readonly Volume[], options: DataLossOptions = {}, protectData = true) => {
    const { lost, restored } = answersFor(volumes, options, protectData, "production", { contained: [] });
    return `lost: ${names(lost)}; restored: ${names(restored)}`;
};
const refusal = (...given: Parameters<typeof answer>): Failure => {
    try {
        answer(...given);
    } catch (thrown) {
        expect(thrown).toBeInstanceOf(Failure);
        expect((thrown as Failure).exitCode).toBe(2);
        return thrown as Failure;
    }
    throw new Error("nothing was refused");
};

test.each<[string, readonly Volume[], DataLossOptions, boolean, string]>([
    ["nothing is in question", [there, sealed], {}, true, "lost: ; restored: "],
    ["a restored one needs no word", [old], {}, true, "lost: ; restored: old"],
    ["what is gone needs none where data is not protected", [gone, empty], {}, false, "lost: gone empty; restored: "],
    [
        "without names an option is for all",
        [gone, empty, begun, other],
        { acceptDataLoss: true },
        true,
        "lost: gone empty begun other; restored: ",
    ],
    ["without names: restored", [begun, other, old], { restored: true }, true, "lost: ; restored: begun other old"],
    [
        "one lost and one restored",
        [gone, begun],
        { acceptDataLoss: ["gone"], restored: ["begun"] },
        true,
        "lost: gone; restored: begun",
    ],
    [
        "of two begun anew, one each",
        [begun, other],
        { acceptDataLoss: ["begun"], restored: ["other"] },
        true,
        "lost: begun; restored: other",
    ],
    [
        "without names beside names: all others",
        [gone, begun, other],
        { acceptDataLoss: true, restored: ["other"] },
        true,
        "lost: gone begun; restored: other",
    ],
    [
        "the same the other way round",
        [gone, begun, other],
        { acceptDataLoss: ["gone", "begun"], restored: true },
        true,
        "lost: gone begun; restored: other",
    ],
    [
        "without names both, where each can only be one of them",
        [gone, old],
        { acceptDataLoss: true, restored: true },
        true,
        "lost: gone; restored: old",
    ],
    ["what is restored may be named", [old], { restored: ["old"] }, true, "lost: ; restored: old"],
    ["of what nobody can tell yet, either may be said", [sealed], { restored: ["sealed"] }, true, "lost: ; restored: "],
])("%s", (_, volumes, options, protectData, expected) => {
    expect(answer(volumes, options, protectData)).toBe(expected);
});

describe("a name to which an option does not apply is refused, with what is accepted", () => {
    test.each<[DataLossOptions, string, string]>([
        [
            { acceptDataLoss: ["gnoe"] },
            '--accept-data-loss: "gnoe" is unknown; accepted: gone, empty, begun, other, sealed',
            "npm run up -- --accept-data-loss --stack production",
        ],
        [
            { acceptDataLoss: ["gone", "empty", "begun", "other", "there"] },
            '--accept-data-loss does not apply to "there": there holds the data that the state knows; accepted: gone, empty',
            "leave the names out for all",
        ],
        [
            { acceptDataLoss: ["old"] },
            '--accept-data-loss does not apply to "old": old is newer than the state\'s; accepted: gone',
            "docker volume rm old",
        ],
        [
            { restored: ["gone"] },
            '--restored does not apply to "gone": gone is gone; accepted: begun, other, old, sealed',
            "npm run up -- --accept-data-loss gone --stack production",
        ],
        [{ restored: ["empty"] }, 'does not apply to "empty": empty is empty', '"Restoring a backup" in docs/data.md'],
        [{ restored: [""] }, '--restored: "" is unknown', "name one of these"],
        [{ restored: ["begun,other"] }, '--restored: "begun,other" is unknown', "name one of these"],
    ])("%j", (options, message, next) => {
        const refused = refusal(ALL, options);
        expect(refused.message).toContain(message);
        expect(refused.next).toContain(next);
    });

    test("also where nothing is in question", () => {
        const { message, next } = refusal([there], { acceptDataLoss: ["elsewhere"] });
        expect(message).toBe('--accept-data-loss: "elsewhere" is unknown; accepted: nothing');
        expect(next).toBe("leave the option out: npm run up -- --stack production");
    });
});

test.each<DataLossOptions>([
    { acceptDataLoss: ["begun", "gone"], restored: ["begun"] },
    { acceptDataLoss: true, restored: true },
])("a volume in both is refused: %j", (options) => {
    const { message, next } = refusal([gone, begun], options);
    expect(message).toBe("--accept-data-loss and --restored are both given for begun; nothing was touched");
    expect(next).toContain("npm run up -- --restored begun --stack production");
    expect(next).toContain("npm run up -- --accept-data-loss begun --stack production");
});

describe("a volume in neither is refused, with lines that can be typed", () => {
    const UP = "npm run up --";
    const END = "--stack production";

    test.each<[string, readonly Volume[], DataLossOptions, boolean, readonly string[], readonly string[]]>([
        ["lost", [gone, empty], {}, true, ["data was lost: gone (gone); empty (empty)"], [`--accept-data-loss ${END}`]],
        [
            "of which nobody can tell, whatever is protected",
            [begun, other],
            {},
            false,
            ["begun is newer than the state's; other holds other data than the state knows: whether"],
            [`${UP} --restored ${END}`, `${UP} --accept-data-loss ${END}`],
        ],
        [
            "one of each kind",
            [gone, begun],
            {},
            true,
            ["data was lost: gone (gone). begun is newer than the state's: whether"],
            [`${UP} --restored begun --accept-data-loss gone ${END}`, `${UP} --accept-data-loss gone begun ${END}`],
        ],
        [
            "lost, beside one that was said to be restored",
            [gone, begun],
            { restored: ["begun"] },
            true,
            ["data was lost: gone (gone). Nothing was touched"],
            [`${UP} --restored begun --accept-data-loss gone ${END}`],
        ],
        [
            "lost: a word for all does not restore it",
            [gone, begun],
            { restored: true },
            true,
            ["data was lost: gone (gone)"],
            [`${UP} --restored begun --accept-data-loss gone ${END}`],
        ],
        [
            "begun anew, beside one whose loss was accepted",
            [gone, begun],
            { acceptDataLoss: ["gone"] },
            true,
            ["begun is newer than the state's: whether"],
            [`${UP} --restored begun --accept-data-loss gone ${END}`, `${UP} --accept-data-loss gone begun ${END}`],
        ],
        [
            "not named beside others, also where data is not protected",
            [gone, empty],
            { acceptDataLoss: ["gone"] },
            false,
            ["data was lost: empty (empty)"],
            [`${UP} --accept-data-loss gone empty ${END}`],
        ],
    ])("%s", (_, volumes, options, protectData, said, lines) => {
        const { message, next } = refusal(volumes, options, protectData);
        said.forEach((text) => expect(message).toContain(text));
        expect(message).toMatch(/nothing was touched$/i);
        lines.forEach((line) => expect(next).toContain(line));
    });
});

test.each<[readonly string[], DataLossOptions]>([
    [["--accept-data-loss"], { acceptDataLoss: true }],
    [["--accept-data-loss", "--stack", "x"], { acceptDataLoss: true }],
    [["--accept-data-loss", "a", "b", "--stack", "x"], { acceptDataLoss: ["a", "b"] }],
    [["--restored", "a", "--restored", "b", "--accept-data-loss"], { restored: ["a", "b"], acceptDataLoss: true }],
    [["--restored=a", "--accept-data-loss", "b"], { restored: ["a"], acceptDataLoss: ["b"] }],
])("is typed as %j", (words, expected) => {
    const up = commandLine().commands.find((it) => it.name() === "up")!;
    const { acceptDataLoss, restored } = up
        .action(() => undefined)
        .parse(words, { from: "user" })
        .opts<DataLossOptions>();
    expect({ ...(acceptDataLoss && { acceptDataLoss }), ...(restored && { restored }) }).toEqual(expected);
});
