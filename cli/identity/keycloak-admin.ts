/** Keycloak's administration API, reached from the engine's host with the program's own login. */

import { Failure, npmRun } from "../failure";
import { type AdministratorLogins, administratorLogins, keycloakRefuses } from "../pulumi/logins";
import type { Pulumi } from "../pulumi/pulumi";

/** Where the realm is, and how the program logs in to it. */
export type AdminLogin = NonNullable<AdministratorLogins["keycloak"]>;

/** Milliseconds until the server counts as silent. */
const PATIENCE = 30_000;

/** An answer of Keycloak with an error status. */
export class Refused extends Error {
    override readonly name = "Refused";

    /** @param reason - what the server says about it, without what was sent */
    constructor(
        request: string,
        readonly status: number,
        readonly reason: string,
    ) {
        super(`Keycloak answered ${status} to ${request}${reason ? `: ${reason}` : ""}`);
    }
}

/** The server does not answer, or answers that it cannot. */
export class Silent extends Failure {}

/** Client of the administration API for the realm of a stack. */
export class KeycloakAdmin {
    private session: { readonly token: string; readonly until: number } | undefined;

    constructor(readonly login: AdminLogin) {}

    /**
     * @param path - below `/admin/realms/<realm>`
     * @returns the parsed answer; undefined when it is empty
     * @throws Refused
     * @throws Failure when the server does not answer or does not let the program in
     */
    async ask<T>(method: string, path: string, body?: unknown): Promise<T> {
        const token = await this.token();
        const response = await this.send(`/admin/realms/${encodeURIComponent(this.login.realm)}${path}`, {
            method,
            headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (!response.ok) throw new Refused(`${method} ${path.split("?")[0]}`, response.status, reasonIn(text));
        return (text === "" ? undefined : JSON.parse(text)) as T;
    }

    /** A token of the program's login, kept for half its life. Tokens of the master realm live for a minute. */
    private async token(): Promise<string> {
        if (this.session !== undefined && this.session.until > Date.now()) return this.session.token;
        const { clientId, clientSecret } = this.login;
        const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
        const response = await this.send("/realms/master/protocol/openid-connect/token", {
            method: "POST",
            body: new URLSearchParams(form),
        });
        if (!response.ok) {
            const refused = await keycloakRefuses({ keycloak: this.login });
            throw refused ?? this.silent(`the login was answered ${response.status}`);
        }
        const { access_token: token, expires_in: seconds } = (await response.json()) as {
            access_token: string;
            expires_in: number;
        };
        this.session = { token, until: Date.now() + (seconds * 1000) / 2 };
        return token;
    }

    private async send(path: string, init: RequestInit): Promise<Response> {
        try {
            return await fetch(`${this.login.url}${path}`, { ...init, signal: AbortSignal.timeout(PATIENCE) });
        } catch (error) {
            const { message, cause } = error as Error;
            throw this.silent(cause instanceof Error ? cause.message : message);
        }
    }

    private silent(reason: string): Silent {
        return new Silent(
            `Keycloak at ${this.login.url} does not answer: ${reason}`,
            `run: ${npmRun("strata", undefined, "status")}`,
        );
    }
}

/** The administration client of a stack. @throws Failure when the stack's state has no login to Keycloak */
export async function keycloakOf(
    pulumi: Pulumi,
    logins: () => Promise<AdministratorLogins> = () => administratorLogins(pulumi),
): Promise<KeycloakAdmin> {
    const { keycloak } = await logins();
    if (keycloak === undefined) {
        const { name } = pulumi.stack;
        throw new Failure(
            `${name} has no login to Keycloak in its state: it runs without one, or no up has got that far`,
            `run: ${npmRun("up", name)}`,
        );
    }
    return new KeycloakAdmin(keycloak);
}

/** The reason that an answer of Keycloak names in one of several fields; empty without one. */
function reasonIn(text: string): string {
    try {
        const { errors, ...one } = JSON.parse(text) as Record<string, unknown>;
        // An answer about several wrong fields: https://www.keycloak.org/docs-api/latest/rest-api/#ErrorRepresentation
        if (Array.isArray(errors)) return errors.map((it) => reasonIn(JSON.stringify(it))).join("; ");
        const { errorMessage, error_description, error, params } = one;
        const reason = [errorMessage, error_description, error].find((it) => typeof it === "string") ?? "";
        return Array.isArray(params) && params.length > 0 ? `${String(reason)} (${params.join(", ")})` : String(reason);
    } catch {
        return "";
    }
}
