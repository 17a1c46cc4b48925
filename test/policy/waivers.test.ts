import { applyWaivers, judgeWaivers, LONGEST_DAYS, type Waiver, WAIVERS_SCHEMA } from "../../policies/lib/waivers";
import { policies } from "../../policies/rules";
import { isResourceRule, judgeResource, judgeStack, policy } from "../support/policy";
import { container } from "../support/stack";

const TODAY = "2026-11-21";
const RULE = "container-runs-as-user";

function waiver(changes: Partial<Waiver> = {}): Waiver {
    return {
        resource: "test-shop-api",
        owner: "platform team",
        reason: "the image only runs as root until its next release",
        expires: "2026-12-31",
        ...changes,
    };
}

describe("a waiver", () => {
    const apply = (changes: Partial<Waiver>, resource = "test-shop-api"): readonly string[] =>
        applyWaivers(["a violation"], [waiver(changes)], resource, TODAY);

    test("covers its resource", () => {
        expect(apply({})).toEqual([]);
    });

    test("holds on its last day and not on the next", () => {
        expect(apply({ expires: "2026-11-21" })).toEqual([]);
        expect(apply({ expires: "2026-11-20" })).toEqual(["a violation"]);
    });

    test.each([
        ["of another resource", { resource: "test-shop-web" }],
        ["without an owner", { owner: " " }],
        ["without a reason", { reason: "" }],
        ["without a date", { expires: "" }],
        ["with a day that does not exist", { expires: "2027-02-31" }],
        ["that would hold for ever", { expires: "9999-12-31" }],
    ] as const)("%s covers nothing", (_, changes) => {
        expect(apply(changes)).toEqual(["a violation"]);
    });
});

describe("waivers are judged:", () => {
    const judge = (changes: Partial<Waiver>, needed: boolean | undefined = true): readonly string[] =>
        judgeWaivers(RULE, [waiver(changes)], new Map(needed === undefined ? [] : [["test-shop-api", needed]]), TODAY);

    test("one that is needed is fine", () => {
        expect(judge({})).toEqual([]);
    });

    test.each([
        ["no owner", { owner: "" }, "has no owner; write one"],
        ["no reason", { reason: "  " }, "has no reason; write one"],
        ["no date", { expires: "soon" }, "has no expiry date; write `expires` as YYYY-MM-DD"],
        ["no day of the calendar", { expires: "2027-02-29" }, "has no expiry date; write `expires` as YYYY-MM-DD"],
        [
            "expired",
            { expires: "2026-11-20" },
            "expired on 2026-11-20; fix the resource and remove the waiver, or let platform team renew it",
        ],
        [
            "too long",
            { expires: "2027-11-23" },
            `runs until 2027-11-23; write a day at most ${LONGEST_DAYS} days ahead`,
        ],
    ] as const)("%s", (_, changes, message) => {
        expect(judge(changes)).toEqual([`the waiver of ${RULE} for test-shop-api ${message}`]);
    });

    test("the longest one is fine", () => {
        expect(judge({ expires: "2027-11-22" })).toEqual([]);
    });

    test("one that is not needed", () => {
        expect(judge({}, false)).toEqual([`the waiver of ${RULE} for test-shop-api is not needed any more; remove it`]);
    });

    test("one for a resource that does not exist", () => {
        expect(judgeWaivers(RULE, [waiver()], new Map(), TODAY)).toEqual([
            `the waiver of ${RULE} for test-shop-api names no resource that the rule looks at; correct \`resource\` or remove it`,
        ]);
    });

    test("one without a resource", () => {
        expect(judge({ resource: "" })).toEqual([`the waiver of ${RULE} for no resource has no resource; write one`]);
    });
});

describe("with the policy's own configuration", () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    const root = container({ user: "0:0" });

    test("a live waiver suspends the rule, and the end of the run has nothing to add", async () => {
        const settings = { waivers: [waiver({ expires: tomorrow })] };
        expect(await judgeResource(RULE, root, settings)).toEqual({ violations: [] });
        expect(await judgeStack(RULE, [], settings)).toEqual({ violations: [] });
    });

    test("an expired waiver does not, and is reported by itself", async () => {
        const settings = { waivers: [waiver({ expires: yesterday })] };
        expect((await judgeResource(RULE, root, settings)).violations).toHaveLength(1);
        expect((await judgeStack(RULE, [], settings)).violations).toEqual([
            `the waiver of ${RULE} for test-shop-api expired on ${yesterday}; fix the resource and remove the waiver, or let platform team renew it`,
        ]);
    });

    test("a waiver is unused once its resource complies", async () => {
        const settings = { waivers: [waiver({ expires: tomorrow })] };
        expect(await judgeResource(RULE, container(), settings)).toEqual({ violations: [] });
        expect((await judgeStack(RULE, [], settings)).violations).toEqual([
            `the waiver of ${RULE} for test-shop-api is not needed any more; remove it`,
        ]);
    });

    test("a waiver does not suspend other rules", async () => {
        const settings = { waivers: [waiver({ expires: tomorrow })] };
        const { violations } = await judgeResource("container-limits-resources", container({ cpus: "1" }), {});
        expect(violations).toHaveLength(1);
        expect(await judgeResource("container-limits-resources", container({ cpus: "1" }), settings)).toEqual({
            violations: [],
        });
    });

    test("no waiver suspends a rule of isolation", async () => {
        const settings = { waivers: [waiver({ expires: tomorrow })] };
        const host = container({ networkMode: "host" });
        expect((await judgeResource("container-joins-named-networks", host, settings)).violations).toHaveLength(1);
    });

    test("what can be waived says so in its schema, and nothing else does", () => {
        const waivable = policies.filter(
            ({ configSchema }) => configSchema?.properties["waivers"] === WAIVERS_SCHEMA["waivers"],
        );
        const fixed = policies.filter((rule) => !waivable.includes(rule)).map(({ name }) => name);
        expect(fixed.sort()).toEqual(
            [
                ...policies.filter((rule) => !isResourceRule(rule)).map(({ name }) => name),
                "container-forwards-nothing",
                "container-joins-named-networks",
                "container-mounts-no-host-path",
                "docker-type-has-rules",
                "job-runs-once",
                "one-shot-runs-alone",
                "secrets-volume-stays-in-memory",
                "vault-type-is-known",
            ].sort(),
        );
        expect(policy(RULE).configSchema?.properties["waivers"]?.items).toMatchObject({
            required: ["resource", "owner", "reason", "expires"],
            additionalProperties: false,
        });
    });
});
