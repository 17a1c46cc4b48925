/** What a hand can change in Keycloak's realm. */

import { admin } from "./live";
import { REDIRECT } from "./people";
import type { Edit } from "./vault-edits";

type Json = Record<string, unknown>;

/** Edits a field of a representation. */
function field(what: string, path: () => Promise<string>, name: string, value: unknown): Edit {
    return {
        what,
        read: async () => (await admin.realm<Json>("GET", await path()))[name],
        change: async () => {
            const representation = await admin.realm<Json>("GET", await path());
            await admin.realm("PUT", await path(), { ...representation, [name]: value });
        },
    };
}

const realmPath = (): Promise<string> => Promise.resolve("");
const clientPath = async (): Promise<string> => `/clients/${await admin.clientId("psra")}`;
const eventsPath = (): Promise<string> => Promise.resolve("/events/config");
const names = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name).sort();
const role = async (name: string): Promise<Json> => admin.realm<Json>("GET", `/roles/${name}`);
const groupRoles = async (group: string): Promise<string> =>
    `/groups/${await admin.groupId(group)}/role-mappings/realm`;

/** Changes that the gate finds. */
export const KEYCLOAK_EDITS: readonly Edit[] = [
    field("brute-force protection off", realmPath, "bruteForceProtected", false),
    field("a weaker password policy", realmPath, "passwordPolicy", "length(4)"),
    field("longer access tokens", realmPath, "accessTokenLifespan", 86_400),
    field("registration open", realmPath, "registrationAllowed", true),
    field("another login flow", realmPath, "browserFlow", "browser"),
    field("passwords outside a browser", realmPath, "directGrantFlow", "direct grant"),
    field("a further redirect URI", clientPath, "redirectUris", [REDIRECT, "https://evil.example.com/*"]),
    field("direct access grants", clientPath, "directAccessGrantsEnabled", true),
    field("every role in the client's tokens", clientPath, "fullScopeAllowed", true),
    field("events off", eventsPath, "eventsEnabled", false),
    {
        what: "PKCE off",
        read: async () =>
            (await admin.realm<{ attributes: Json }>("GET", await clientPath())).attributes[
                "pkce.code.challenge.method"
            ],
        change: async () => {
            const client = await admin.realm<{ attributes: Json }>("GET", await clientPath());
            const attributes = { ...client.attributes, "pkce.code.challenge.method": "" };
            await admin.realm("PUT", await clientPath(), { ...client, attributes });
        },
    },
    {
        what: "a role too many for a group",
        read: async () => names(await admin.realm("GET", await groupRoles("PSRA Users"))),
        change: async () => admin.realm("POST", await groupRoles("PSRA Users"), [await role("admin")]),
    },
    {
        what: "a role less for a group",
        read: async () => names(await admin.realm("GET", await groupRoles("PSRA Administrators"))),
        change: async () => admin.realm("DELETE", await groupRoles("PSRA Administrators"), [await role("psra-user")]),
    },
    {
        what: "a role too many inside a role",
        read: async () => names(await admin.realm("GET", "/roles/psra-admin/composites")),
        change: async () => admin.realm("POST", "/roles/psra-admin/composites", [await role("admin")]),
    },
    {
        what: "a claim less",
        read: async () => names(await admin.realm("GET", `${await clientPath()}/default-client-scopes`)),
        change: async () => {
            const path = `${await clientPath()}/default-client-scopes`;
            const scopes = await admin.realm<{ id: string; name: string }[]>("GET", path);
            await admin.realm("DELETE", `${path}/${scopes.find(({ name }) => name === "tenant")?.id}`);
        },
    },
    {
        what: "another attribute as tenant",
        read: async () => (await tenantMapper()).config["user.attribute"],
        change: async () => {
            const mapper = await tenantMapper();
            const config = { ...mapper.config, "user.attribute": "lastName" };
            await admin.realm("PUT", `${mapper.path}/${mapper.id}`, { ...mapper, path: undefined, config });
        },
    },
    {
        what: "the second factor not asked for",
        read: async () => (await mandatoryFactor()).requirement,
        change: async () => {
            const execution = await mandatoryFactor();
            await admin.realm("PUT", "/authentication/flows/strata%20browser/executions", {
                ...execution,
                requirement: "DISABLED",
            });
        },
    },
    {
        what: "the second factor before the password",
        read: () => steps(1),
        change: async () => changeStep({ providerId: "auth-username-password-form" }, { priority: 99 }),
    },
    {
        what: "the cookie after the forms",
        read: () => steps(0),
        change: async () => changeStep({ providerId: "auth-cookie" }, { priority: 99 }),
    },
    {
        what: "people change their own tenant",
        read: async () => (await profile()).attributes.find(({ name }) => name === "tenant")?.permissions.edit,
        change: async () => {
            const current = await profile();
            const attributes = current.attributes.map((it) =>
                it.name === "tenant" ? { ...it, permissions: { ...it.permissions, edit: ["admin", "user"] } } : it,
            );
            await admin.realm("PUT", "/users/profile", { ...current, attributes });
        },
    },
];

interface Mapper extends Json {
    readonly id: string;
    readonly path: string;
    readonly config: Record<string, string>;
}

async function tenantMapper(): Promise<Mapper> {
    const scopes = await admin.realm<{ id: string; name: string }[]>("GET", "/client-scopes");
    const path = `/client-scopes/${scopes.find(({ name }) => name === "tenant")?.id}/protocol-mappers/models`;
    const [mapper] = await admin.realm<Mapper[]>("GET", path);
    if (mapper === undefined) {
        throw new Error("the scope tenant has no mapper");
    }
    return { ...mapper, path };
}

const EXECUTIONS = "/authentication/flows/strata%20browser/executions";

/** Steps of a level of the login, in the order in which they are asked for. */
async function steps(level: number): Promise<string[]> {
    const executions = await admin.realm<Json[]>("GET", EXECUTIONS);
    return executions
        .filter((it) => it["level"] === level)
        .map(({ providerId, displayName }) => String(providerId ?? displayName));
}

async function changeStep(which: Json, change: Json): Promise<void> {
    const executions = await admin.realm<Json[]>("GET", EXECUTIONS);
    const found = executions.find((it) => Object.entries(which).every(([key, value]) => it[key] === value));
    await admin.realm("PUT", EXECUTIONS, { ...found, ...change });
}

async function mandatoryFactor(): Promise<{ displayName: string; requirement: string }> {
    const executions = await admin.realm<{ displayName: string; requirement: string }[]>(
        "GET",
        "/authentication/flows/strata%20browser/executions",
    );
    const found = executions.find(({ displayName }) => displayName === "strata mandatory-factor");
    if (found === undefined) {
        throw new Error("the login flow has no mandatory factor");
    }
    return found;
}

interface Profile {
    readonly attributes: readonly { readonly name: string; readonly permissions: { readonly edit: string[] } }[];
}

async function profile(): Promise<Profile> {
    return admin.realm<Profile>("GET", "/users/profile");
}
