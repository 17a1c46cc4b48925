/**
 * The real program breaks no rule; and each rule is broken by one change to the real program that breaks no other. A rule
 * that lost its teeth, or that a change of the program has made pointless, shows here.
 */

import type { CommonService, Platform, Zone } from "../../model/platform";
import { policies } from "../../policies/rules";
import { judgeProgram } from "../support/policy";
import { collectProgram, type Program, type Registered, type StackName } from "../support/program";
import { CONTAINER, NETWORK, VOLUME } from "../support/stack";
import { approle, oidcRole } from "./cases/vault";

/** Running the program takes seconds, and what it makes is not changed by looking at it. */
const programs = new Map<string, Promise<Program>>();
function programOf(stack: StackName, preview = false): Promise<Program> {
    const key = `${stack} ${preview}`;
    const program = programs.get(key) ?? collectProgram(stack, { preview });
    programs.set(key, program);
    return program;
}

const STACKS: readonly StackName[] = ["local", "staging", "production"];

test.each(STACKS)("%s breaks no rule", async (stack) => {
    expect(await judgeProgram(await programOf(stack))).toEqual({});
});

test.each(STACKS)("a first preview of %s breaks no rule, and none is left undecided", async (stack) => {
    expect(await judgeProgram(await programOf(stack, true))).toEqual({});
});

type Props = Record<string, unknown>;
type Mutation = (program: Program) => Program;

const ENVIRONMENT = "staging" satisfies StackName;

/** One resource, by type and physical name, with other properties. */
function change(type: string, name: string, edit: (props: Props) => Props): Mutation {
    return (program) => mapOne(program, type, name, (resource) => edited(resource, edit));
}

const container = (service: string, edit: (props: Props) => Props): Mutation =>
    change(CONTAINER, `${ENVIRONMENT}-${service}`, edit);
const network = (zone: string, edit: (props: Props) => Props): Mutation =>
    change(NETWORK, `${ENVIRONMENT}-${zone}`, edit);
const volume = (name: string, edit: (props: Props) => Props): Mutation =>
    change(VOLUME, `${ENVIRONMENT}-${name}`, edit);

/** The declaration, without any change to what is made from it. */
const plan =
    (edit: (platform: Platform) => Partial<Platform>): Mutation =>
    (program) => ({
        ...program,
        resources: replaceOne(
            program.resources,
            ({ type }) => type === "strata:network:FlowPlan",
            ({ outputs, ...resource }) => ({
                ...resource,
                outputs: { ...outputs, ...edit(outputs as unknown as Platform) },
            }),
        ),
    });

const ofService =
    (name: string, changes: Partial<CommonService>) =>
    (platform: Platform): Partial<Platform> => ({
        services: platform.services.map((service) => (service.name === name ? { ...service, ...changes } : service)),
    });
const ofZone =
    (name: string, changes: Partial<Zone>) =>
    (platform: Platform): Partial<Platform> => ({
        zones: platform.zones.map((zone) => (zone.name === name ? { ...zone, ...changes } : zone)),
    });

const all =
    (...mutations: Mutation[]): Mutation =>
    (program) =>
        mutations.reduce((last, mutate) => mutate(last), program);

/** A resource that the program does not register. */
const add =
    (type: string, name: string, props: Props, protect = false): Mutation =>
    (program) => ({
        ...program,
        resources: [
            ...program.resources,
            {
                ...program.resources[0]!,
                type,
                name,
                urn: `urn:pulumi:${ENVIRONMENT}::strata::${type}::${name}`,
                inputs: props,
                outputs: props,
                options: { ...program.resources[0]!.options, protect },
            },
        ],
    });

/** A second container like a service's, under another name. */
const copy =
    (service: string, name: string, edit: (props: Props) => Props): Mutation =>
    (program) => {
        const original = program.resources.find(
            ({ type, inputs }) => type === CONTAINER && inputs["name"] === `${ENVIRONMENT}-${service}`,
        )!;
        return add(CONTAINER, name, edit({ ...original.inputs, name: `${ENVIRONMENT}-${name}` }))(program);
    };

const attach = (zones: readonly string[]): Props => {
    const names = zones.map((zone) => `${ENVIRONMENT}-${zone}`);
    return { networkMode: names[0], networksAdvanced: names.map((name) => ({ name, aliases: [] })) };
};

/** A container's labels, with one that says how long it runs. */
const labelled = ({ labels }: Props, runs: string): object[] => [
    ...(labels as object[]),
    { label: "strata.runs", value: runs },
];

/** The one change for each rule. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
    // Isolation: the plan changes where a change of the containers would break more than one rule.
    "stack-declares-flows": (program) => ({
        ...program,
        resources: program.resources.filter(({ type }) => type !== "strata:network:FlowPlan"),
    }),
    "stack-contains-plan": (program) => ({
        ...program,
        resources: program.resources.filter(
            ({ type, inputs }) => type !== CONTAINER || inputs["name"] !== `${ENVIRONMENT}-psra-web`,
        ),
    }),
    "container-reaches-declared-flows": plan(({ flows }) => ({
        flows: flows.filter(({ from, to }) => !(from === "edge" && to === "psra-web")),
    })),
    "container-belongs-to-plan": copy("psra-web", "stranger", (props) => ({
        ...props,
        networksAdvanced: [{ name: `${ENVIRONMENT}-psra-web-net`, aliases: [] }],
        mounts: [],
        labels: relabel(props, "strata.service", "stranger"),
    })),
    "container-joins-planned-zones": plan(ofService("psra-web", { zones: [] })),
    "name-leads-to-its-service": container("psra-web", (props) => ({
        ...props,
        networksAdvanced: (props["networksAdvanced"] as object[]).map((one) => ({ ...one, aliases: ["psra-api"] })),
    })),
    "network-belongs-to-plan": network("psra-net", (props) => ({
        ...props,
        ipamConfigs: [{ subnet: "10.99.0.0/24", gateway: "10.99.0.1" }],
    })),
    "network-stays-internal": plan(ofZone("edge-net", { product: "psra" })),
    "open-network-admits-its-kind": all(
        plan(ofService("psra-web", { zones: ["psra-web-net", "edge-net"] })),
        container("psra-web", (props) => ({ ...props, ...attach(["psra-web-net", "edge-net"]) })),
    ),
    "service-runs-as-own-user": container("psra-web", (props) => ({ ...props, user: "10001:10001" })),
    "zone-serves-one-product": plan(ofZone("psra-web-net", { product: "rentguy" })),
    "data-zone-admits-clients": plan(({ flows }) => ({
        flows: flows.map((flow) =>
            flow.from === "psra-api" && flow.zone === "psra-db-net" ? { ...flow, zone: "psra-net" } : flow,
        ),
    })),
    "container-publishes-at-edge": container("edge", (props) => ({
        ...props,
        ports: [...(props["ports"] as object[]), { internal: 9999, external: 9999, ip: "0.0.0.0", protocol: "tcp" }],
    })),
    "container-publishes-from-open-network": all(
        network("edge-net", (props) => ({ ...props, internal: true })),
        container("edge", (props) => ({ ...props, dns: ["127.0.0.1"] })),
    ),
    "container-asks-no-resolver": container("psra-api", (props) => ({ ...props, dns: undefined })),
    "volume-serves-one-service": container("psra-web", (props) => ({
        ...props,
        mounts: [{ type: "volume", source: `${ENVIRONMENT}-psra-postgres-data`, target: "/data", readOnly: true }],
    })),

    // One resource.
    "container-joins-named-networks": container("psra-web", (props) => ({ ...props, networkMode: "bridge" })),
    "container-forwards-nothing": container("edge", (props) => ({ ...props, sysctls: {} })),
    "container-mounts-no-host-path": container("edge", (props) => ({
        ...props,
        mounts: [
            ...(props["mounts"] as object[]),
            { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock", readOnly: true },
        ],
    })),
    "container-limits-resources": container("psra-api", (props) => ({ ...props, memorySwap: -1 })),
    "container-checks-health": container("psra-api", (props) => ({ ...props, wait: false })),
    "container-runs-as-user": container("psra-api", (props) => ({ ...props, user: "0:0" })),
    "container-drops-capabilities": container("psra-api", (props) => ({ ...props, capabilities: { drops: [] } })),
    "container-locks-root-filesystem": container("psra-api", (props) => ({ ...props, readOnly: false })),
    "container-gains-no-privileges": container("psra-api", (props) => ({ ...props, privileged: true })),
    "container-shares-no-namespace": container("psra-api", (props) => ({ ...props, pidMode: "host" })),
    "container-opens-no-device": container("psra-api", (props) => ({ ...props, devices: [{ hostPath: "/dev/kvm" }] })),
    "container-pins-image": container("psra-postgres", (props) => ({ ...props, image: "postgres:17" })),
    "container-runs-fixed-release": container("psra-web", (props) => ({
        ...props,
        image: `quay.io/oauth2-proxy/oauth2-proxy:v7.15.1@sha256:${"0".repeat(64)}`,
    })),
    "container-restarts-itself": container("psra-api", (props) => ({ ...props, restart: "no" })),
    "container-rotates-logs": container("psra-api", (props) => ({ ...props, logDriver: "syslog" })),
    "container-binds-explicit-address": container("edge", (props) => ({ ...props, publishAllPorts: true })),
    "container-hides-secrets": container("psra-api", (props) => ({
        ...props,
        envs: [...(props["envs"] as string[]), "POSTGRES_PASSWORD=canary"],
    })),
    "object-carries-labels": network("psra-net", (props) => ({
        ...props,
        labels: (props["labels"] as { label: string }[]).filter(({ label }) => label !== "strata.product"),
    })),
    "one-shot-runs-alone": container("psra-postgres-writer", (props) => ({
        ...props,
        restart: "always",
    })),
    "job-runs-once": container("psra-api", (props) => ({ ...props, labels: labelled(props, "sometimes") })),
    "job-belongs-to-plan": container("psra-api", (props) => ({
        ...props,
        ...{ start: false, mustRun: false, restart: "no", labels: labelled(props, "with-job") },
    })),
    "network-declares-options": network("psra-net", (props) => ({ ...props, attachable: true })),
    "volume-declares-driver": volume("psra-postgres-data", (props) => ({
        ...props,
        driverOpts: { type: "none", o: "bind", device: "/" },
    })),
    "data-is-protected": (program) =>
        mapOne(program, VOLUME, `${ENVIRONMENT}-psra-postgres-data`, (resource) => ({
            ...resource,
            options: { ...resource.options, protect: false },
        })),
    "provider-verifies-engine": (program) => ({
        ...program,
        resources: replaceOne(
            program.resources,
            ({ type }) => type === "pulumi:providers:docker",
            (resource) =>
                edited(resource, (props) => ({ ...props, host: "tcp://203.0.113.1:2375", sshOpts: undefined })),
        ),
    }),
    "command-silences-input": (program) => ({
        ...program,
        resources: replaceOne(
            program.resources,
            ({ type, name }) => type === "command:local:Command" && name === "psra-postgres-databases",
            (resource) => edited(resource, (props) => ({ ...props, logging: "stdoutAndStderr" })),
        ),
    }),
    "secrets-volume-stays-in-memory": volume("psra-api-rendered", (props) => ({
        ...props,
        driverOpts: { ...(props["driverOpts"] as object), o: "mode=0750,nosuid,nodev,noexec" },
    })),
    "agent-delivers-secrets": container("psra-api", (props) => ({
        ...props,
        mounts: (props["mounts"] as object[]).map((mount) => ({ ...mount, readOnly: false })),
    })),
    "approle-limits-logins": add(approle().type, "psra-api", { ...approle().props, tokenMaxTtl: 0 }),
    "oidc-role-admits-members": add(oidcRole().type, "people", { ...oidcRole().props, boundClaims: {} }),
    "edge-serves-planned-routes": container("edge-writer", (props) => ({
        ...props,
        uploads: (props["uploads"] as { file: string; content: string }[]).map((upload) => ({
            ...upload,
            content: upload.file.includes("/dynamic/")
                ? upload.content.replace('"service": "psra-web"', '"service": "rentguy-web"')
                : upload.content,
        })),
    })),
    "egress-proxy-serves-declared-hosts": container("egress-writer", (props) => ({
        ...props,
        uploads: (props["uploads"] as { file: string; content: string }[]).map((upload) => ({
            ...upload,
            content: upload.content.replace("hooks.slack.com", "hooks.slack.com canary.example"),
        })),
    })),
    "client-returns-to-owner": change("keycloak:openid/client:Client", "psra", (props) => ({
        ...props,
        validRedirectUris: ["https://psra.canary.example/*"],
    })),
    "vault-policy-stays-with-owner": change("vault:index/policy:Policy", "psra-api", (props) => ({
        ...props,
        policy: `${props["policy"] as string}\npath "rentguy/kv/data/config/jwt-secret" {\n  capabilities = ["read"]\n}\n`,
    })),
    "vault-mount-belongs-to-owner": add("vault:index/mount:Mount", "stray", { path: "shared/kv", type: "kv" }, true),
    "vault-token-says-what-plan-says": add("vault:identity/oidcRole:OidcRole", "stray", {
        ...{ name: "psra-temporal", clientId: "temporal", ttl: 3600 },
        template: JSON.stringify({ permissions: ["rentguy:write"] }),
    }),
    "vault-type-is-known": add("vault:index/token:Token", "token", {}),
    "docker-type-has-rules": add("docker:index/service:Service", "swarm", { name: `${ENVIRONMENT}-swarm` }),
};

describe("one change to the program breaks exactly one rule:", () => {
    let program: Program;

    beforeAll(async () => {
        program = await programOf(ENVIRONMENT);
    });

    test("there is one for every rule", () => {
        expect(Object.keys(MUTATIONS).sort()).toEqual(policies.map(({ name }) => name).sort());
    });

    test.each(policies.map(({ name }) => name))("%s", async (rule) => {
        const said = await judgeProgram(MUTATIONS[rule]!(program), program);
        expect(Object.keys(said)).toEqual([rule]);
        expect(said[rule]).toHaveLength(1);
        expect(said[rule]![0]).not.toContain("canary");
    });
});

function edited(resource: Registered, edit: (props: Props) => Props): Registered {
    return { ...resource, inputs: edit({ ...resource.inputs }), outputs: edit({ ...resource.outputs }) };
}

function mapOne(program: Program, type: string, name: string, edit: (resource: Registered) => Registered): Program {
    return {
        ...program,
        resources: replaceOne(
            program.resources,
            (resource) => resource.type === type && resource.inputs["name"] === name,
            edit,
        ),
    };
}

/** @throws unless there is exactly one, so that a renamed resource does not turn a mutation into nothing */
function replaceOne(
    resources: readonly Registered[],
    matches: (resource: Registered) => boolean,
    edit: (resource: Registered) => Registered,
): Registered[] {
    const found = resources.filter(matches);
    if (found.length !== 1) {
        throw new Error(`the mutation changes ${found.length} resources instead of one`);
    }
    return resources.map((resource) => (resource === found[0] ? edit(resource) : resource));
}

function relabel(props: Props, key: string, value: string): object[] {
    return (props["labels"] as { label: string; value: string }[]).map((entry) =>
        entry.label === key ? { label: key, value } : entry,
    );
}
