/** A plan in which one resource deletes what another one makes at the same place is refused before anything is touched. */

import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

import { Failure } from "../../../cli/failure";
import { type Clash, clashes, refuseClashes } from "../../../cli/pulumi/clashes";
import { CONTAINER, NETWORK, VOLUME } from "../../../model/resource-types";

const SECRET = "vault:generic/secret:Secret";
const KEY = "vault:transit/secretBackendKey:SecretBackendKey";
const ENDPOINT = "vault:generic/endpoint:Endpoint";
const CLIENT = "keycloak:openid/client:Client";
const HIDDEN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A step as a preview says it: when it begins, and when it has ended. */
function step(op: string, type: string, logical: string, inputs: object, more: object = {}): EngineEvent[] {
    const side = { inputs, outputs: {}, custom: true, ...more };
    const sides = { ...(!op.startsWith("create") && { old: side }), ...(!op.startsWith("delete") && { new: side }) };
    const metadata = { op, type, urn: `urn:pulumi:x::strata::${type}::${logical}`, provider: "", ...sides };
    const both = { metadata: metadata as unknown as StepEventMetadata };
    return [
        { sequence: 1, timestamp: 0, resourcePreEvent: both },
        { sequence: 2, timestamp: 0, resOutputsEvent: both },
    ];
}
const found = (...steps: readonly EngineEvent[][]): string[] => clashes(steps.flat()).map(({ place }) => place);

test.each([
    [SECRET, { path: "shop/kv/jwt" }, "Vault shop/kv/jwt"],
    [KEY, { backend: "shop/transit", name: "key" }, "Vault shop/transit/keys/key"],
    ["vault:database/secretBackendRole:SecretBackendRole", { backend: "m", name: "r" }, "Vault m/roles/r"],
    ["vault:pkiSecret/secretBackendRole:SecretBackendRole", { backend: "m", name: "r" }, "Vault m/roles/r"],
    ["vault:index/policy:Policy", { name: "shop-api" }, "Vault sys/policies/acl/shop-api"],
    [
        "vault:appRole/authBackendRole:AuthBackendRole",
        { backend: "services", roleName: "a" },
        "Vault auth/services/role/a",
    ],
    [CLIENT, { realmId: "sevensa", clientId: "shop" }, "Keycloak sevensa/clients/shop"],
    ["keycloak:index/role:Role", { realmId: "sevensa", name: "r" }, "Keycloak sevensa/roles/r"],
    ["keycloak:index/group:Group", { realmId: "sevensa", name: "g" }, "Keycloak sevensa/groups/g"],
    [CONTAINER, { name: "local-shop" }, "container local-shop"],
    [VOLUME, { name: "local-shop-data" }, "volume local-shop-data"],
    [NETWORK, { name: "local-shop-net" }, "network local-shop-net"],
])("one %s makes %j, another one deletes it, in any order", (type, inputs, place) => {
    const made = step("create", type, "new", inputs);
    const gone = step("delete", type, "old", inputs);
    expect(found(made, gone)).toEqual([place]);
    expect(found(gone, made)).toEqual([place]);
    expect(found(made, step("same", type, "old", inputs))).toEqual([place]);
    expect(found(made, step("update", type, "old", inputs))).toEqual([place]);
    expect(found(made)).toEqual([]);
    expect(found(gone)).toEqual([]);
});

test("two resources that exchange their places are found, though neither is new", () => {
    const replaced = (logical: string, from: string, to: string): [EngineEvent[], EngineEvent[]] => [
        step("create-replacement", SECRET, logical, { path: to }),
        step("delete-replaced", SECRET, logical, { path: from }),
    ];
    const [a, b] = [replaced("a", "shop/kv/x", "shop/kv/y"), replaced("b", "shop/kv/y", "shop/kv/x")];
    expect(found(a[0], b[0], a[1], b[1])).toEqual(["Vault shop/kv/x", "Vault shop/kv/y"]);
});

test("a place that types share is found across them", () => {
    const made = step("create", "vault:jwt/authBackend:AuthBackend", "a", { path: "oidc" });
    const gone = step("delete", "vault:index/authBackend:AuthBackend", "b", { path: "oidc" });
    expect(found(made, gone)).toEqual(["Vault sys/auth/oidc"]);
});

test("a replacement may delete first, and only then make the same place again", () => {
    const made = step("create-replacement", CONTAINER, "a", { name: "local-a" });
    const gone = step("delete-replaced", CONTAINER, "a", { name: "local-a" });
    const between = step("replace", CONTAINER, "a", { name: "local-a" });
    expect(found(gone, between, made)).toEqual([]);
    expect(found(made, between, gone)).toEqual(["container local-a"]);
});

test.each([
    ["other places", step("create", SECRET, "a", { path: "x" }), step("delete", SECRET, "b", { path: "y" })],
    [
        "a role of one mount and one of another",
        step("create", KEY, "a", { backend: "m", name: "k" }),
        step("delete", KEY, "b", { backend: "n", name: "k" }),
    ],
    [
        "what stays on its server",
        step("create", SECRET, "a", { path: "x" }),
        step("delete", SECRET, "b", { path: "x" }, { retainOnDelete: true }),
    ],
    [
        "a setting that is never deleted",
        step("create", ENDPOINT, "a", { path: "x" }),
        step("delete", ENDPOINT, "b", { path: "x" }),
    ],
    [
        "a place that is not known yet",
        step("create", CLIENT, "a", { realmId: HIDDEN, clientId: "shop" }),
        step("delete", CLIENT, "b", { realmId: HIDDEN, clientId: "shop" }),
    ],
    ["two that are there", step("same", SECRET, "a", { path: "x" }), step("update", SECRET, "b", { path: "x" })],
])("no clash: %s", (_what, ...steps) => expect(found(...steps)).toEqual([]));

test("the refusal names each place, its two resources, and what to do", () => {
    const events = [
        ...step("create", SECRET, "shop-jwt-key", { path: "shop/kv/jwt" }),
        ...step("create", VOLUME, "shop-data", { name: "local-shop-data" }),
        ...step("same", VOLUME, "data", { name: "local-shop-data" }),
        ...step("create-replacement", NETWORK, "net", { name: "local-net" }),
        ...step("delete", SECRET, "shop-jwt", { path: "shop/kv/jwt" }),
        ...step("delete-replaced", NETWORK, "net", { name: "local-net" }),
    ];
    let failure: unknown;
    try {
        refuseClashes(clashes(events), "nothing was changed");
    } catch (error) {
        failure = error;
    }
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
        message:
            "two resources would share one place, and one of them would delete what the other one makes: Vault shop/kv/jwt and 2 more; nothing was changed",
        next: expect.stringContaining("declare its name or path as before") as unknown,
        exitCode: 2,
        details: [
            "  Vault shop/kv/jwt: shop-jwt-key makes it, then the deletion of shop-jwt deletes it",
            "  network local-net: the replacement of net deletes what it has made",
            "  volume local-shop-data: shop-data makes what belongs to data",
        ],
    });
    expect(() => refuseClashes([], "")).not.toThrow();
});

test("an environment of before ProductStores is told what helps: its resources have other parents, without an alias", () => {
    const urn = (parent: string): string => `urn:pulumi:x::strata::strata:products:${parent}$${VOLUME}::shop-data`;
    const clash = (other: string): Clash => ({
        place: "volume local-shop-data",
        maker: urn("ProductStores"),
        other: urn(other),
        isDeleted: true,
    });
    const next = (found: readonly Clash[]): string => {
        try {
            refuseClashes(found, "nothing was changed");
        } catch (error) {
            return (error as Failure).next;
        }
        return "none";
    };
    expect(next([clash("ProductStores"), clash("ProductServices")])).toBe(
        'an earlier release of strata made the environment, and this one cannot take it over. Take out what you need, run `npm run down -- --volumes` with that release, then `up` with this one: "From a release before ProductStores" in docs/upgrading.md',
    );
    expect(next([clash("ProductStores")])).toContain("declare its name or path as before");
});
