import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { type AnalyzerInfo, EnforcementLevel } from "@pulumi/pulumi/proto/analyzer_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";

import { version } from "../../package.json";
import committed from "../../policies/configuration.json";
import { packConfiguration } from "../../policies/lib/configuration";
import { version as packVersion } from "../../policies/package.json";
import { policies } from "../../policies/rules";

const PACK = join(__dirname, "..", "..", "policies");
const names = policies.map(({ name }) => name);

test("one rule per file, named after it", () => {
    const files = readdirSync(join(PACK, "rules")).filter((file) => file !== "index.ts");
    expect(files.map((file) => file.replace(/\.ts$/, "")).sort()).toEqual([...names].sort());
});

test.each(policies)("$name says what it is", ({ name, description, severity, enforcementLevel }) => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+){2,}$/);
    expect(description).toMatch(/^[A-Z].{20,}\.$/);
    expect(["medium", "high", "critical"]).toContain(severity);
    expect(enforcementLevel).toBe("mandatory");
});

test("the pack has the version of strata, which is what Pulumi calls it by", () => {
    expect(packVersion).toBe(version);
});

describe("configuration", () => {
    test("keeps every rule mandatory: the SDK takes settings without a level for advice", () => {
        expect(packConfiguration(names)).toEqual(
            Object.fromEntries(
                Object.entries(committed).map(([rule, values]) => [rule, { enforcementLevel: "mandatory", ...values }]),
            ),
        );
    });

    test("of a rule that does not exist is an error", () => {
        expect(() => packConfiguration(names, { "container-runs-as-usr": {} })).toThrow(
            "policies/configuration.json: there is no rule container-runs-as-usr; correct the name or remove it",
        );
    });

    test("cannot weaken a rule", () => {
        expect(() => packConfiguration(names, { "container-runs-as-user": { enforcementLevel: "advisory" } })).toThrow(
            "policies/configuration.json: container-runs-as-user sets enforcementLevel; remove it, and waive the rule where it cannot be met",
        );
    });
});

test("the pack finds the SDK's version of its own and depends on nothing but the project", () => {
    const manifest = JSON.parse(readFileSync(join(PACK, "package.json"), "utf8")) as Record<string, unknown>;
    expect(manifest).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, main: "start.cjs" });
    expect(manifest).not.toHaveProperty("dependencies");
});

describe("served to the engine", () => {
    let server: ChildProcess;
    let client: AnalyzerClient;

    beforeAll(async () => {
        // As the engine's language host starts it.
        server = spawn(process.execPath, ["start.cjs"], { cwd: PACK, stdio: ["ignore", "pipe", "inherit"] });
        const [port] = (await once(server.stdout!, "data")) as [Buffer];
        client = new AnalyzerClient(`127.0.0.1:${Number(port.toString())}`, credentials.createInsecure());
    });

    afterAll(() => {
        client.close();
        server.kill();
    });

    test("every rule and every setting is mandatory", async () => {
        const info = await new Promise<AnalyzerInfo>((resolve, reject) =>
            client.getAnalyzerInfo(new Empty(), (error, response) => (error ? reject(error) : resolve(response))),
        );
        const level = (of: { getEnforcementlevel(): EnforcementLevel }): boolean =>
            of.getEnforcementlevel() === EnforcementLevel.MANDATORY;
        const rules = info.getPoliciesList().map((rule) => [rule.getName(), level(rule)]);
        expect(rules).toEqual(names.map((name) => [name, true]));
        const settings = [...info.getInitialconfigMap().entries()].map(([rule, values]) => [rule, level(values)]);
        expect(settings).toEqual(Object.keys(committed).map((rule) => [rule, true]));
    });
});
