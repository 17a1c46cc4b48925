/** The pack behind the SDK's own server: each resource is decoded and read once, and never taken for one of another run. */

import { version } from "@pulumi/policy/package.json";
import * as server from "@pulumi/policy/server";
import {
    type AnalyzeDiagnostic,
    AnalyzerResource,
    AnalyzerResourceOptions,
    AnalyzeStackRequest,
} from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

import { decodeOnce, MEASURED_WITH } from "../../policies/lib/decode-once";
import { parsedStack } from "../../policies/lib/parsed-stack";
import { toSubject } from "../../policies/lib/subject";
import { policies } from "../../policies/rules";
import type { PolicyInput } from "../support/policy";
import { change, stack } from "../support/stack";

type Analyze = (
    call: { request: AnalyzeStackRequest },
    callback: (error: Error | null, response: { getDiagnosticsList(): AnalyzeDiagnostic[] }) => void,
) => void;
const { makeAnalyzeStackRpcFun } = server as unknown as {
    makeAnalyzeStackRpcFun(name: string, version: string, level: string, rules: typeof policies): Analyze;
};

/** What all rules say about a stack, and how often each resource was decoded for it. */
async function analyze(inputs: readonly PolicyInput[]): Promise<{ said: string[]; decoded: number[] }> {
    const decoded: number[] = [];
    const request = new AnalyzeStackRequest();
    request.setResourcesList(
        inputs.map(({ type, name, props }, index) => {
            const properties = Struct.fromJavaScript(props as Record<string, JavaScriptValue>);
            const decode = properties.toJavaScript.bind(properties);
            properties.toJavaScript = () => {
                decoded[index] = (decoded[index] ?? 0) + 1;
                return decode();
            };
            const resource = new AnalyzerResource();
            resource.setType(type);
            resource.setName(name);
            resource.setUrn(`urn:pulumi:test::strata::${type}::${name}`);
            resource.setProperties(properties);
            resource.setOptions(new AnalyzerResourceOptions());
            return resource;
        }),
    );
    return new Promise((resolve, reject) =>
        makeAnalyzeStackRpcFun(
            "strata",
            "1.0.0",
            "mandatory",
            policies,
        )({ request }, (error, response) =>
            error ? reject(error) : resolve({ said: response.getDiagnosticsList().map(messageOf), decoded }),
        ),
    );
}

/** Without the rule's description, which the SDK puts in front. */
function messageOf(diagnostic: AnalyzeDiagnostic): string {
    return diagnostic.getMessage().split("\n").at(-1)!;
}

const base = stack();
const stray = change(base, "test-shop-web", { networkMode: "lan" });

beforeAll(() => decodeOnce());

test("the SDK is the one that this was measured with: look at its `server.js` again before the constant is changed", () => {
    expect(version).toBe(MEASURED_WITH);
});

test("a resource is decoded once, whatever the number of rules", async () => {
    const { said, decoded } = await analyze(base);
    expect(said).toEqual([]);
    expect(decoded).toEqual(base.map(() => 1));
});

test("a stack is judged by itself, whatever came before", async () => {
    const broken = [
        "test-shop-web breaks container-joins-planned-zones: it is attached to lan, which the plan does not give it; remove that from `networksAdvanced` and `networkMode`",
    ];
    for (const [inputs, expected] of [[stray, broken] as const, [base, []] as const, [stray, broken] as const]) {
        expect((await analyze(inputs)).said).toEqual(expected);
    }
});

test("another SDK decodes as it likes", () => {
    const deserializeProperties = jest.fn();
    const other = { deserializeProperties };
    decodeOnce(other, "v1.22.0");
    expect(other.deserializeProperties).toBe(deserializeProperties);
});

test("what a remediation may change is decoded for it alone", () => {
    const other = { deserializeProperties: jest.fn(() => ({})) };
    decodeOnce(other, MEASURED_WITH);
    const message = {};
    const decode = other.deserializeProperties as (message: object, proxySecrets: boolean) => object;
    expect(decode(message, true)).not.toBe(decode(message, true));
    expect(decode(message, false)).toBe(decode(message, false));
});

describe("a stack is parsed", () => {
    const subjects = (protect = false) =>
        base.map(({ type, name, props }) => toSubject({ type, name, urn: name, props: props, opts: { protect } }));

    test("once for the same resources", () => {
        const all = subjects();
        expect(parsedStack([...all])).toBe(parsedStack([...all]));
    });

    test("anew where anything about a resource differs, and where one is missing or of another run", () => {
        const all = subjects();
        const parsed = parsedStack(all);
        for (const other of [{ urn: "other" }, { type: "other" }, { name: "other" }, { protect: true }, { data: {} }]) {
            expect(parsedStack(all.map((one, index) => (index === 3 ? { ...one, ...other } : one)))).not.toBe(parsed);
            parsedStack(all);
        }
        expect(parsedStack(all.slice(1))).not.toBe(parsed);
        expect(parsedStack(subjects())).not.toBe(parsedStack(subjects()));
    });
});
