/** Data that a changed declaration would delete, with the real products. */

import { Failure } from "../../../cli/failure";
import { refuseRemoval, undeclaredData } from "../../../cli/pulumi/kept-data";
import { readState } from "../../../cli/pulumi/state";
import { unprotect } from "../../../cli/pulumi/state-document";
import type { Declared } from "../../../cli/stacks/platform";
import { parseConfig } from "../../../config/load";
import { resolvePlatform } from "../../../model/resolve";
import { products } from "../../../products";

const IDENTITY = { keycloak: {} };

function declare(config: Record<string, unknown> = {}): Declared {
    const parsed = parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.25",
        "strata:products": [{ name: "psra" }, { name: "rentguy" }],
        "strata:vault": { seal: { kind: "local" } },
        "strata:unreleased": "reference-app",
        "strata:identity": IDENTITY,
        ...config,
    });
    return {
        config: parsed,
        platform: resolvePlatform({ environment: "test", config: parsed, products }),
        images: [],
        own: [],
        references: {},
        pulls: {},
    };
}

const entry = <T extends object>(type: string, name: string, inputs: T, protect = true) => ({
    urn: `urn:pulumi:test::strata::${type}::${name}`,
    type,
    id: name,
    inputs,
    protect,
});
const volume = (service: string, product: string) =>
    entry("docker:index/volume:Volume", `test-${service}-data`, {
        name: `test-${service}-data`,
        labels: [
            { label: "strata.product", value: product },
            { label: "strata.service", value: service },
            { label: "strata.data", value: "true" },
        ],
    });
const mount = (path: string) => entry("vault:index/mount:Mount", path, { path });
const key = entry("vault:transit/secretBackendKey:SecretBackendKey", "key", {
    backend: "psra/transit",
    name: "psra-key",
});
const root = entry("vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert", "root", { backend: "platform/pki" });
const request = (product: string) =>
    entry("vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest", product, {
        backend: `${product}/pki`,
    });
const realm = entry("keycloak:index/realm:Realm", "realm", { realm: "sevensa" });
const declaredKey = declare().platform.secrets.find(({ engine, owner }) => engine === "transit" && owner === "psra")!;

const EXPORTED = {
    deployment: {
        resources: [
            volume("vault", "platform"),
            volume("psra-postgres", "psra"),
            volume("rentguy-postgres", "rentguy"),
            ...[
                "psra/kv",
                "psra/database",
                "psra/transit",
                "psra/pki",
                "rentguy/kv",
                "platform/kv",
                "platform/pki",
            ].map(mount),
            { ...key, inputs: { backend: "psra/transit", name: declaredKey.path } },
            root,
            request("psra"),
            request("rentguy"),
            realm,
            entry("docker:index/volume:Volume", "throw-away", { name: "x" }, false),
        ],
    },
};
const STATE = readState(EXPORTED);
const stack = { name: "test", source: "Pulumi.test.yaml" };

function refusal(declared: Declared, state = STATE): Failure {
    try {
        refuseRemoval(state, declared, stack);
    } catch (error) {
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).exitCode).toBe(2);
        expect((error as Failure).message).toContain("nothing was touched");
        return error as Failure;
    }
    throw new Error("it was not refused");
}

test("a stack that declares what it has is not refused", () => {
    expect(undeclaredData(STATE, declare())).toEqual([]);
    expect(() => refuseRemoval(STATE, declare(), stack)).not.toThrow();
});

test("owners are known by labels, and by the first part of the path", () => {
    const owners = new Map(STATE.protected.map(({ name, owner }) => [name, owner]));
    expect(owners.get("test-psra-postgres-data")).toBe("psra");
    expect(owners.get(`psra/transit/${declaredKey.path}`)).toBe("psra");
    expect(owners.get("psra/pki")).toBe("psra");
    expect(owners.get("sevensa")).toBe("platform");
    expect(owners.has("x")).toBe(false);
});

test("what a tenant keeps is not its product's", () => {
    const own = volume("psra-acme-postgres", "psra");
    own.inputs.labels.push({ label: "strata.tenant", value: "acme" });
    const { protected: kept } = readState({ deployment: { resources: [own, mount("psra-acme/kv")] } });
    expect(kept.map(({ owner }) => owner)).toEqual(["psra-acme", "psra-acme"]);
});

test("a product that was taken out: its data is named, and the command that removes it", () => {
    const { message, next, details } = refusal(declare({ "strata:products": [{ name: "rentguy" }] }));
    expect(message).toContain("psra is gone from strata:products, and its data is still there");
    expect(next).toContain("put it back in Pulumi.test.yaml");
    expect(next).toContain("npm run strata -- product remove psra --stack test");
    expect(details).toEqual([
        "  volume test-psra-postgres-data",
        "  everything in Vault below psra/kv",
        "  everything in Vault below psra/database",
        "  everything in Vault below psra/transit",
        "  everything in Vault below psra/pki",
        `  encryption key psra/transit/${declaredKey.path}`,
        "  authority psra/pki",
    ]);
});

test("several products at once", () => {
    const { message } = refusal(declare({ "strata:products": [{ name: "bizosaas" }] }));
    expect(message).toContain("psra, rentguy are gone from strata:products, and their data is still there");
});

test("once its data is not protected any more, it goes", () => {
    const going = STATE.protected.filter(({ owner }) => owner === "psra").map(({ urn }) => urn);
    const state = readState(unprotect(EXPORTED, going));
    expect(() => refuseRemoval(state, declare({ "strata:products": [{ name: "rentguy" }] }), stack)).not.toThrow();
    expect(state.protected).toHaveLength(STATE.protected.length - going.length);
    // And is still known as data, so that the command can be run again when the update failed.
    const left = state.data.filter(({ owner }) => owner === "psra").map(({ urn }) => urn);
    expect([...left].sort()).toEqual([...going].sort());
});

test("another realm name is refused: the realm would be replaced, with all people in it", () => {
    const { message, next } = refusal(declare({ "strata:identity": { keycloak: { realm: "other" } } }));
    expect(message).toContain("the realm sevensa would be replaced by other, with all people in it");
    expect(next).toContain("set strata:identity.keycloak.realm to sevensa");
});

test("a stack without Keycloak is refused too", () => {
    expect(refusal(declare({ "strata:identity": {} })).message).toContain("the realm sevensa would be deleted");
});

test("the Postgres that an earlier release made for the platform is refused until its data is let go", () => {
    const own = readState({
        deployment: { resources: [...EXPORTED.deployment.resources, volume("postgres", "platform")] },
    });
    const { message, next, details } = refusal(declare(), own);
    expect(message).toContain("what holds data of platform is not declared any more");
    expect(next).toContain(
        "pulumi state unprotect 'urn:pulumi:test::strata::docker:index/volume:Volume::test-postgres-data'",
    );
    expect(details).toEqual(["  volume test-postgres-data"]);
});

test("a secret engine or a store that a product has no more", () => {
    const unused = readState({ deployment: { resources: [...EXPORTED.deployment.resources, mount("psra/other")] } });
    const { message, next } = refusal(declare(), unused);
    expect(message).toContain("what holds data of psra is not declared any more");
    expect(next).toContain("pulumi state unprotect 'urn:pulumi:test::strata::vault:index/mount:Mount::psra/other'");
    const store = readState({
        deployment: { resources: [...EXPORTED.deployment.resources, volume("psra-old", "psra")] },
    });
    expect(refusal(declare(), store).details).toEqual(["  volume test-psra-old-data"]);
});

test("a single key or volume that is gone from its product is found, though the product is declared", () => {
    const lost = entry("vault:transit/secretBackendKey:SecretBackendKey", "old", {
        backend: "psra/transit",
        name: "old",
    });
    const data = volume("psra-search", "psra");
    const unlabelled = entry("docker:index/volume:Volume", "test-by-hand", { name: "test-by-hand", labels: [] });
    const state = readState({ deployment: { resources: [...EXPORTED.deployment.resources, lost, data, unlabelled] } });
    // Whose data a volume without a service is cannot be told, so that no declaration speaks of it.
    expect(undeclaredData(state, declare()).map(({ name }) => name)).toEqual([
        "psra/transit/old",
        "test-psra-search-data",
    ]);
});

describe("groups and roles that people belong to", () => {
    const { realm: declaredRealm, products: names } = declare().platform;
    const plan = {
        ...entry("strata:network:FlowPlan", "plan", {}, false),
        outputs: { products: names, realm: declaredRealm },
    };
    const group = (name: string) => entry("keycloak:index/group:Group", name, { name, realmId: "sevensa" });
    const role = (name: string) => entry("keycloak:index/role:Role", name, { name, realmId: "sevensa" });
    const all = [
        ...declaredRealm!.groups.map(({ name }) => group(name)),
        ...declaredRealm!.roles.map(({ name }) => role(name)),
        role("second-factor"),
    ];
    const withPeople = (...more: readonly object[]) =>
        readState({ deployment: { resources: [...EXPORTED.deployment.resources, plan, ...all, ...more] } });

    test("stay as long as they are declared", () => {
        expect(undeclaredData(withPeople(), declare())).toEqual([]);
    });

    test("are refused when a label, a group or a role has another name, with both steps to let them go", () => {
        const old = withPeople(group("Old Label Users"), role("psra-editor"));
        const { message, next, details } = refusal(declare(), old);
        expect(message).toContain("people belong to would be deleted: 'Old Label Users', 'psra-editor'");
        expect(details).toEqual(["  members of the group Old Label Users", "  holders of the role psra-editor"]);
        expect(next).toContain(
            "pulumi state unprotect 'urn:pulumi:test::strata::keycloak:index/group:Group::Old Label Users'",
        );
        expect(next).toContain("npm run up -- --delete-data 'Old Label Users' 'psra-editor' --stack test");
    });

    test("belong to their product, and go with it", () => {
        const owners = new Map(withPeople().data.map(({ name, owner }) => [name, owner]));
        expect(
            ["PSRA Users", "psra-admin", "Administrators", "admin", "second-factor"].map((it) => owners.get(it)),
        ).toEqual(["psra", "psra", "platform", "platform", "platform"]);
        const { next, details } = refusal(declare({ "strata:products": [{ name: "rentguy" }] }), withPeople());
        expect(next).toContain("product remove psra");
        expect(details).toEqual(
            expect.arrayContaining(["  members of the group PSRA Users", "  holders of the role psra-admin"]),
        );
        expect(JSON.stringify(details)).not.toMatch(/RentGuy|rentguy|group Administrators/);
    });
});

test("the edge's own authority stays when ACME is set, until somebody lets it go", () => {
    const create = "node components/edge/certificates.mjs authority";
    const authority = entry("command:local:Command", "edge-authority", { create });
    const state = readState({ deployment: { resources: [...EXPORTED.deployment.resources, authority] } });
    expect(undeclaredData(state, declare())).toEqual([]);
    const acme = { "strata:edge": { http: { port: 80 }, https: { port: 443 }, acme: { email: "ops@example.com" } } };
    const { message, next, details } = refusal(declare(acme), state);
    expect(message).toContain("which would delete the edge's own authority: clients trust it");
    expect(next).toContain("pulumi state unprotect 'urn:pulumi:test::strata::command:local:Command::edge-authority'");
    expect(next).toContain("npm run up -- --delete-data edge-authority --stack test");
    expect(details).toEqual(["  authority that clients trust: edge-authority"]);
});
