import { policies } from "../../policies/rules";
import { isResourceRule, judgeResource, judgeStack, type PolicyInput, type Verdict } from "../support/policy";
import type { Given, RuleCases } from "./cases/case";
import { claims } from "./cases/claims";
import { egress } from "./cases/egress";
import { exposure, RESOURCE_OF_ANOTHER_TYPE } from "./cases/exposure";
import { hardening } from "./cases/hardening";
import { isolation, NO_PLAN } from "./cases/isolation";
import { jobs } from "./cases/jobs";
import { vault } from "./cases/vault";

const CASES: Readonly<Record<string, RuleCases>> = {
    ...hardening,
    ...exposure,
    ...isolation,
    ...claims,
    ...egress,
    ...vault,
    ...jobs,
};

/** Reads no property, so nothing about it can be unknown or of a wrong type. */
const READS_NOTHING = ["docker-type-has-rules", "vault-type-is-known"];

test("every rule has cases, and every case has a rule", () => {
    expect(Object.keys(CASES).sort()).toEqual(policies.map(({ name }) => name).sort());
});

describe.each(policies)("$name", (rule) => {
    const cases = CASES[rule.name]!;
    const judge = (given: Given): Promise<Verdict> =>
        isResourceRule(rule)
            ? judgeResource(rule.name, given as PolicyInput, cases.settings)
            : judgeStack(rule.name, given as readonly PolicyInput[], cases.settings);
    const says = (message: string | readonly [string, string], subject = cases.subject): string => {
        const [name, problem] = typeof message === "string" ? [subject, message] : message;
        return `${name} breaks ${rule.name}: ${problem}`;
    };

    test("has every kind of case", () => {
        expect(Object.keys(cases.compliant)).not.toEqual([]);
        expect(Object.keys(cases.violating)).not.toEqual([]);
        if (!READS_NOTHING.includes(rule.name)) {
            expect(Object.keys(cases.unknown)).not.toEqual([]);
            expect(Object.keys(cases.wrongType)).not.toEqual([]);
        }
    });

    test.each(Object.entries(cases.compliant))("is fine: %s", async (_, given) => {
        expect(await judge(given)).toEqual({ violations: [] });
    });

    test.each(Object.entries(cases.violating))("is broken: %s", async (_, [given, ...messages]) => {
        expect(await judge(given)).toEqual({ violations: messages.map((message) => says(message)) });
    });

    if (isResourceRule(rule)) {
        test("does not look at other resources", async () => {
            expect(await judge(RESOURCE_OF_ANOTHER_TYPE)).toEqual({ violations: [] });
        });
    }

    if (READS_NOTHING.includes(rule.name)) {
        return;
    }

    test.each(Object.entries(cases.unknown))("is not known: %s", async (_, [given, unknown, ...messages]) => {
        const { violations, unknown: said } = await judge(given);
        expect(said).toBe(`not known yet: ${unknown}`);
        expect(violations.map(problem)).toEqual(messages);
    });

    test.each(Object.entries(cases.wrongType))("is of a wrong type: %s", async (_, [given, ...messages]) => {
        const { violations } = await judge(given);
        const left =
            isResourceRule(rule) || rule.name === "stack-declares-flows"
                ? []
                : (await judgeStack("stack-declares-flows", given as PolicyInput[])).violations;
        expect([...violations, ...left].map(problem)).toEqual(messages);
    });

    if (isResourceRule(rule)) {
        test("does not look at other resources", async () => {
            expect(await judge(RESOURCE_OF_ANOTHER_TYPE)).toEqual({ violations: [] });
        });
    }
});

test("without a plan only one rule speaks, and it does", async () => {
    const speaking: string[] = [];
    for (const rule of policies.filter((candidate) => !isResourceRule(candidate))) {
        if ((await judgeStack(rule.name, NO_PLAN)).violations.length > 0) {
            speaking.push(rule.name);
        }
    }
    expect(speaking).toEqual(["stack-declares-flows"]);
});

test("no message quotes a value that could be secret", async () => {
    const messages: string[] = [];
    for (const rule of policies.filter(isResourceRule)) {
        const cases = CASES[rule.name]!;
        for (const [given] of Object.values(cases.violating)) {
            messages.push(...(await judgeResource(rule.name, given as PolicyInput, cases.settings)).violations);
        }
    }
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.filter((message) => message.includes("canary"))).toEqual([]);
});

/** A message without its beginning. */
function problem(message: string): string {
    return message.replace(/^.* breaks [a-z-]+: /, "");
}
