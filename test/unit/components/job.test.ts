/** What a job makes: the container of a service, except that a command runs it. */

import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { Job, type JobArgs } from "../../../components/hardening/job";
import type { Deployment } from "../../../components/hardening/deployment";
import { Register } from "../../../components/hardening/register";
import { Service } from "../../../components/hardening/service";
import type { Platform, ServiceOf } from "../../../model/platform";
import { platformService } from "../../../model/platform-service";
import { configOf, resolve } from "../model/fixtures";

const config = configOf();
const own = { layer: "orchestration", zones: ["vault-net"], image: "postgres", startsAfter: ["vault"] } as const;
const schema = platformService(config, { ...own, kind: "job", name: "schema", spec: { timeLimit: 90 } });
const lasting = platformService(config, { ...own, kind: "application", name: "lasting", spec: {} });

interface Made {
    readonly type: string;
    readonly name: string;
    readonly inputs: Record<string, unknown>;
}

/** Runs a part of a program and returns what it registered. */
async function made(build: (deployment: Deployment) => void): Promise<Made[]> {
    const resources: Made[] = [];
    await pulumi.runtime.setMocks({
        newResource: ({ type, name, inputs }) => {
            resources.push({ type, name, inputs: inputs as Record<string, unknown> });
            return { id: `${name}-id`, state: inputs as Record<string, unknown> };
        },
        call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(() => {
        const base = resolve([], { ...config, products: [] });
        const platform: Platform = {
            ...base,
            services: [...base.services, schema, lasting],
            users: { ...base.users, schema: 30001, lasting: 30001 },
        };
        const register = new Register();
        register.set("vault", new docker.Volume("vault"));
        build({
            platform,
            register,
            image: (name) => `${name}@sha256:0`,
            zones: { "vault-net": new docker.Network("vault-net", { name: "local-vault-net" }) },
            protectData: true,
            engineApi: "1.48",
            dockerVariables: { DOCKER_HOST: "unix:///run/other.sock" },
        });
        return Promise.resolve();
    });
    await pulumi.runtime.disconnect();
    return resources;
}

const job = (deployment: Deployment, args: Partial<JobArgs> = {}): Job =>
    new Job("schema", { deployment, service: schema as ServiceOf<"job">, command: ["setup"], ...args });

const find = (resources: readonly Made[], name: string): Record<string, unknown> =>
    resources.find((resource) => resource.name === name)!.inputs;

test("its container is a service's, but nothing starts it, expects it to run or asks for its health", async () => {
    const resources = await made((deployment) => {
        job(deployment);
        new Service("lasting", { deployment, service: lasting, command: ["setup"] });
    });
    const container = find(resources, "schema-container");
    const { healthcheck, ...service } = find(resources, "lasting-container");
    const named = {
        name: "local-schema",
        hostname: "schema",
        networksAdvanced: [{ name: "local-vault-net", aliases: ["schema"] }],
    };
    const { wait, waitTimeout, ...kept } = service;
    expect([wait, waitTimeout]).toEqual([true, 180]);
    expect(container).toEqual({
        ...kept,
        ...named,
        ...{ start: false, mustRun: false, restart: "no" },
        healthcheck: { ...(healthcheck as object), tests: ["NONE"], startPeriod: "1s" },
        labels: [
            { label: "strata.environment", value: "local" },
            { label: "strata.product", value: "platform" },
            { label: "strata.service", value: "schema" },
            { label: "strata.layer", value: "orchestration" },
            { label: "strata.zone", value: "vault-net" },
            { label: "strata.runs", value: "once" },
        ],
    });
});

test("its command runs again when the container is another one or the data is new, and at no other time", async () => {
    const resources = await made((deployment) => job(deployment, { data: [pulumi.output("42")] }));
    expect(find(resources, "schema-run")).toEqual({
        create: "node components/hardening/run-job.mjs local-schema 90",
        environment: { DOCKER_HOST: "unix:///run/other.sock" },
        triggers: ["schema-container-id", "42"],
        addPreviousOutputInEnv: false,
        logging: "none",
    });
});

test("what waits for it waits for its run, and its companions are named to the command", async () => {
    let waited: readonly pulumi.Resource[] = [];
    let run: pulumi.Resource | undefined;
    const resources = await made((deployment) => {
        const companion = new docker.Container("helper", { name: "local-helper", image: "x" });
        run = job(deployment, { companions: [companion] }).run;
        waited = deployment.register.of(["schema"]);
    });
    expect(waited).toEqual([run]);
    expect(find(resources, "schema-run")["create"]).toBe(
        "node components/hardening/run-job.mjs local-schema 90 local-helper",
    );
});

test("its files reach it as those of a service do", async () => {
    const resources = await made((deployment) => job(deployment, { files: [{ path: "secrets/x", content: "y" }] }));
    expect(resources.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["schema-files", "schema-writer", "schema-container", "schema-run"]),
    );
    expect(find(resources, "schema-container")["mounts"]).toEqual([
        { type: "volume", source: "local-schema-config", target: "/etc/strata", readOnly: true },
    ]);
});
