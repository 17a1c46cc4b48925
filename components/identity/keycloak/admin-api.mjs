// Keycloak's HTTP API for the scripts beside this file. Plain Node, so that they run wherever the program does.
import { request } from "node:http";
import { text } from "node:stream/consumers";

/** The realm of the program's login. */
export const MASTER = "master";

/** @param url - address of the server, without a path */
export function adminApi(url) {
    function call(method, path, { token, form, json } = {}) {
        const body = form
            ? new URLSearchParams(form).toString()
            : json === undefined
              ? undefined
              : JSON.stringify(json);
        const headers = {
            ...(token && { Authorization: `Bearer ${token}` }),
            ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
            ...(json !== undefined && { "Content-Type": "application/json" }),
            ...(body !== undefined && { "Content-Length": Buffer.byteLength(body) }),
        };
        return new Promise((resolve, reject) => {
            const client = request(
                new URL(path, url),
                { method, headers, timeout: 30_000, agent: false },
                (response) => {
                    text(response).then((answer) => resolve({ status: response.statusCode, answer }), reject);
                },
            );
            client.on("timeout", () => client.destroy(new Error(`no answer to ${method} ${path} within 30 s`)));
            client.on("error", reject);
            client.end(body);
        });
    }

    /** @returns the parsed answer. @throws with the status, never with the body of a request */
    async function admin(token, method, path, json) {
        const { status, answer } = await call(method, `/admin/realms/${path}`, { token, json });
        if (status >= 300) throw new Error(`${method} ${path} was answered ${status}`);
        return answer === "" ? undefined : JSON.parse(answer);
    }

    /** @returns a token, or undefined if Keycloak refuses the client */
    async function logIn({ clientId, secret }) {
        const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
        const { status, answer } = await call("POST", `/realms/${MASTER}/protocol/openid-connect/token`, { form });
        if (status === 200) return JSON.parse(answer).access_token;
        if (status === 400 || status === 401) return undefined;
        throw new Error(`the login of ${clientId} was answered ${status}`);
    }

    return { call, admin, logIn };
}
