/** Keycloak's administration API, as an operator on the engine's host reaches it. */

import { ask } from "./http";

/** Login of the administration API. */
export interface AdminLogin {
    readonly realm: string;
    readonly adminUrl: string;
    readonly provisioner: { readonly clientId: string; readonly clientSecret: string };
}

/** A person, as tests need them. */
export interface Person {
    readonly username: string;
    readonly password: string;
    readonly groups: readonly string[];
    readonly tenant: string;
}

export class KeycloakAdmin {
    constructor(private readonly login: AdminLogin) {}

    /** Asks for a token in the master realm. @returns status and body */
    async token(form: Readonly<Record<string, string>>, realm = "master"): Promise<{ status: number; body: string }> {
        return this.send("POST", `/realms/${realm}/protocol/openid-connect/token`, {
            headers: { "Content-Type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams(form).toString(),
        });
    }

    /** @param path - below `/admin/realms/` @throws Error when the answer is no success */
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
        const { clientId, clientSecret } = this.login.provisioner;
        const { status, body: token } = await this.token({
            grant_type: "client_credentials",
            client_id: clientId,
            client_secret: clientSecret,
        });
        if (status !== 200) {
            throw new Error(`the provisioner's login was answered ${status}`);
        }
        const answer = await this.send(method, `/admin/realms/${path}`, {
            headers: {
                Authorization: `Bearer ${(JSON.parse(token) as { access_token: string }).access_token}`,
                "Content-Type": "application/json",
            },
            ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        if (answer.status >= 300) {
            throw new Error(`${method} ${path} was answered ${answer.status}: ${answer.body}`);
        }
        return (answer.body === "" ? undefined : JSON.parse(answer.body)) as T;
    }

    /** Like {@link call}, with a path below the stack's own realm. */
    async realm<T>(method: string, path: string, body?: unknown): Promise<T> {
        return this.call<T>(method, `${this.login.realm}${path}`, body);
    }

    async clientId(clientId: string): Promise<string> {
        const [client] = await this.realm<{ id: string }[]>("GET", `/clients?clientId=${clientId}`);
        if (client === undefined) {
            throw new Error(`there is no client ${clientId}`);
        }
        return client.id;
    }

    async clientSecret(clientId: string): Promise<string> {
        const path = `/clients/${await this.clientId(clientId)}/client-secret`;
        return (await this.realm<{ value: string }>("GET", path)).value;
    }

    async groupId(name: string): Promise<string> {
        const groups = await this.realm<{ id: string; name: string }[]>("GET", "/groups?max=100");
        const found = groups.find((group) => group.name === name);
        if (found === undefined) {
            throw new Error(`there is no group ${name}`);
        }
        return found.id;
    }

    async addPerson({ username, password, groups, tenant }: Person): Promise<void> {
        await this.realm("POST", "/users", {
            username,
            email: `${username}@example.com`,
            emailVerified: true,
            enabled: true,
            firstName: "Test",
            lastName: "Person",
            attributes: { tenant: [tenant] },
            groups,
            credentials: [{ type: "password", value: password, temporary: false }],
        });
    }

    private async send(
        method: string,
        path: string,
        { headers, body }: { headers: Readonly<Record<string, string>>; body?: string },
    ): Promise<{ status: number; body: string }> {
        const { hostname, host, port } = new URL(this.login.adminUrl);
        return ask({
            host: hostname,
            port: Number(port),
            path,
            method,
            headers: {
                ...headers,
                Host: host,
                ...(body !== undefined && { "Content-Length": String(Buffer.byteLength(body)) }),
            },
            ...(body !== undefined && { body }),
        });
    }
}
