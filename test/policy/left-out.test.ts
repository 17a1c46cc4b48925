/** Resources that a run leaves out are shown to the policies without properties. Only a run that says so may have any. */

import { LEFT_OUT_VARIABLE } from "../../model/left-out";
import { judgeResource, judgeStack, type PolicyInput, type Verdict } from "../support/policy";
import { isolation } from "./cases/isolation";

const stack = isolation["network-belongs-to-plan"]!.compliant["stack"] as readonly PolicyInput[];

/** Of a rule over one resource, and of one over the stack. */
async function verdicts(props: Readonly<Record<string, unknown>>): Promise<readonly Verdict[]> {
    return [
        await judgeResource("container-checks-health", {
            type: "docker:index/container:Container",
            name: "new",
            props,
        }),
        await judgeStack("network-belongs-to-plan", [
            ...stack,
            { type: "docker:index/network:Network", name: "new", props },
        ]),
    ];
}

afterEach(() => delete process.env[LEFT_OUT_VARIABLE]);

test("are judged by the run that makes them", async () => {
    process.env[LEFT_OUT_VARIABLE] = "1";
    expect(await verdicts({})).toEqual([{ violations: [] }, { violations: [] }]);
});

test.each(["", "0", undefined])("are none in a run that leaves nothing out: %j", async (value) => {
    if (value !== undefined) process.env[LEFT_OUT_VARIABLE] = value;
    for (const { violations } of await verdicts({})) expect(violations).not.toEqual([]);
});

test("are none when they have any property", async () => {
    process.env[LEFT_OUT_VARIABLE] = "1";
    for (const { violations } of await verdicts({ image: "nginx:latest" })) expect(violations).not.toEqual([]);
});
