/**
 * The list of what the older Keycloak provider lacks, for the resources that the program registers. Cannot show what a
 * provider does with what it knows.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(__dirname, "../../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Registered {
    readonly resource: string;
    readonly inputs: unknown;
}

const registered = JSON.parse(read("test/golden/identity.json")) as Registered[];
const used = registered.filter(({ resource }) => resource.startsWith("keycloak:"));
/** `<type>`, `<type>.<property>` or `<nested type>.<property>`, of what is not the same here. */
const differences = read("offline/plugins/keycloak/differences.txt")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(0, line.lastIndexOf(": ")));
const [, listed = ""] = read("offline/plugins/README.md").split("## Keycloak: what both versions accept");

/** Nested types of the realm and the user profile whose objects the program writes. */
const NESTED = ["RealmOtpPolicy", "RealmSecurityDefensesBruteForceDetection", "RealmUserProfileAttribute"];

const types = new Set(used.map(({ resource }) => resource.split(" ")[0]!));
const concerned = differences
    .map((line) => [line.slice(0, line.lastIndexOf(".")), line.slice(line.lastIndexOf(".") + 1)] as const)
    .filter(([owner]) => types.has(owner) || NESTED.includes(owner) || owner === "provider");

test("the program registers nothing that is not served", () => {
    expect(differences.filter((line) => types.has(line))).toEqual([]);
});

test("there is something to list", () => {
    expect(types.size).toBeGreaterThan(15);
    expect(concerned.length).toBeGreaterThan(30);
});

test.each(concerned)("%s.%s is listed", (_owner, property) => {
    expect(listed).toContain(`\`${property}\``);
});

test("no resource of the program has a property that is not known", () => {
    const written = used.flatMap(({ resource, inputs }) =>
        Object.keys(inputs as object).map((property) => `${resource.split(" ")[0]}.${property}`),
    );
    expect(written.filter((property) => differences.includes(property))).toEqual([]);
});

/** What the published provider makes of a property that is not known here, by `<type>.<property>`. */
const published = new Map(
    read("offline/plugins/keycloak/published.txt")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => [line.slice(0, line.lastIndexOf(": ")), line.slice(line.lastIndexOf(": ") + 2)] as const),
);
const notKnown = concerned.filter(([owner]) => owner !== "provider").map(([owner, property]) => `${owner}.${property}`);

test("of each property that is not known here, it is written down what the published provider makes of it", () => {
    expect([...published.keys()].sort()).toEqual([...notKnown].sort());
    for (const fact of published.values()) expect(fact).toMatch(/^(default .+|no default|computed)(, replaces)?$/);
});

test("no default of the published provider replaces a resource whose state this one has written (G-2)", () => {
    // A property with such a default belongs into offline/plugins/keycloak/mapping/published.go, so that states have it.
    expect([...published].filter(([, fact]) => fact.startsWith("default") && fact.endsWith(", replaces"))).toEqual([]);
});
