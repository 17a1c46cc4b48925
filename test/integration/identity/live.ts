/** The one stack with Keycloak that the parts of the identity test share, and how they look at it. */

import { isOf } from "../../../components/kinds";
import type { AdministratorLogins } from "../../../cli/pulumi/logins";
import type { Platform } from "../../../model/platform";
import { RENDERED_SECRETS } from "../../../components/identity/vault-agent/kind";
import type { ResolvedSecret } from "../../../model/secrets/secret";
import { agentName } from "../../../components/identity/vault-agent/kind";
import { ask } from "../../support/http";
import { KeycloakAdmin } from "../../support/keycloak-admin";
import { fileInside } from "../../support/eyes";
import { LiveStack } from "../../support/live-stack";
import { expectCode, expectSuccess, say } from "../../support/outcome";

export { expectCode, expectSuccess, say };

/** Name of the environment. */
export const ENV = "test-identity";

/** End of the databases' names: the environment, with its dash written so that nobody has to quote it. */
export const SUFFIX = "test_identity";

/** Milliseconds. */
export const MINUTE = 60_000;

/** The shortest life of a database login that a stack may have: a test sees what happens in hours elsewhere. */
export const LEASE_SECONDS = 60;

/** The shortest time between two looks of an agent that a stack may have. */
export const RENDER_SECONDS = 5;

/** Data is protected as in production: the policies grant an exception to `local` only. */
export const stack = new LiveStack({
    name: ENV,
    addressBase: "10.228",
    port: 31340,
    config: {
        "strata:products": [{ name: "psra" }, { name: "rentguy" }],
        "strata:vault": {
            seal: { kind: "local" },
            credentialTtl: LEASE_SECONDS,
            renderInterval: RENDER_SECONDS,
        },
        "strata:identity": { keycloak: { protect: ["psra/web"], consoles: ["vault"] } },
        "strata:protectData": true,
    },
});

/** What the stack declares. */
export const platform: Platform = stack.declared().platform;

/** The secrets matrix. */
export const secrets: readonly ResolvedSecret[] = platform.secrets;

/** The products' services that have agents. */
export const applications: readonly string[] = platform.services.filter(isOf("application")).map(({ name }) => name);

/** What the running stack hands out, as far as the tests read it. */
export interface Outputs {
    readonly authority: string;
    readonly vault: {
        readonly mounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
        readonly roleIds: Readonly<Record<string, string>>;
    };
    readonly identity: {
        readonly realm: string;
        readonly adminUrl: string;
        readonly issuer: string;
        readonly jwksUrl: string;
        readonly clientIds: readonly string[];
    };
}

/** As of the last {@link connect}. */
export let outputs: Outputs;

/** How the program logs in, as of the last {@link connect}. */
export let logins: Required<AdministratorLogins>;

/** Keycloak's administration, as of the last {@link connect}. */
export let admin: KeycloakAdmin;

/** Learns what the stack hands out, after an `up` that began with nothing running. */
export async function connect(): Promise<void> {
    outputs = (await stack.outputs()) as unknown as Outputs;
    logins = (await stack.logins()) as Required<AdministratorLogins>;
    admin = new KeycloakAdmin({ ...outputs.identity, provisioner: logins.keycloak });
}

/** Name of a service's container. */
export function of(service: string): string {
    return `${ENV}-${service}`;
}

/** Container in whose network a service's login at Vault is good: an application's is its agent. */
export function placeOf(service: string): string {
    return of(applications.includes(service) ? agentName(service) : service);
}

/** Public URL of a host below the stack's domain. */
export function origin(host: string): string {
    return `https://${host}.${stack.domain}:${stack.ports.https}`;
}

/** The drift gate ends with the given code. */
export async function expectGate(code: number): Promise<void> {
    expectCode(await stack.gate(), code);
}

/** What an agent has rendered for its application. @returns undefined when there is no such file */
export async function fileOf(application: string, file: string): Promise<string | undefined> {
    return fileInside(of(application), `${RENDERED_SECRETS}/${file}`);
}

/** Whether the product's API gets along with its stores, with what is in its files now. */
export async function ready(product: string): Promise<{ status: number; stores: object }> {
    const { status, body } = await ask({
        host: `api.${product}.${stack.domain}`,
        port: stack.ports.https,
        path: "/readyz",
        authority: outputs.authority,
    });
    return { status, stores: JSON.parse(body) as object };
}

/** What {@link ready} says when all is well. */
export const WELL = { status: 200, stores: { postgres: { status: "ok" }, redis: { status: "ok" } } };
