// Gives the program an identity of its own in Keycloak and takes the temporary one away. Standard input is JSON:
// { url, bootstrap: { clientId, secret }, provisioner: { clientId, secret } }. Can be run any number of times, and after
// having been stopped anywhere. Plain Node, so that it runs wherever the program does. Prints no secret.
import { request } from "node:http";
import { text } from "node:stream/consumers";

const REALM = "master";
/** Keycloak starts behind an edge that starts too. */
const PATIENCE = 180_000;

const { url, bootstrap, provisioner } = JSON.parse(await text(process.stdin));

function call(method, path, { token, form, json } = {}) {
    const body = form ? new URLSearchParams(form).toString() : json === undefined ? undefined : JSON.stringify(json);
    const headers = {
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(form && { "Content-Type": "application/x-www-form-urlencoded" }),
        ...(json !== undefined && { "Content-Type": "application/json" }),
        ...(body !== undefined && { "Content-Length": Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
        const client = request(new URL(path, url), { method, headers, timeout: 30_000, agent: false }, (response) => {
            text(response).then((answer) => resolve({ status: response.statusCode, answer }), reject);
        });
        client.on("timeout", () => client.destroy(new Error(`no answer to ${method} ${path} within 30 s`)));
        client.on("error", reject);
        client.end(body);
    });
}

/** @returns the parsed answer. @throws with the status, never with the body of a request */
async function admin(token, method, path, json) {
    const { status, answer } = await call(method, `/admin/realms/${REALM}${path}`, { token, json });
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}`);
    return answer === "" ? undefined : JSON.parse(answer);
}

/** @returns a token, or undefined if the client is not let in */
async function logIn({ clientId, secret }) {
    const form = { grant_type: "client_credentials", client_id: clientId, client_secret: secret };
    const { status, answer } = await call("POST", `/realms/${REALM}/protocol/openid-connect/token`, { form });
    if (status === 200) return JSON.parse(answer).access_token;
    if (status === 400 || status === 401) return undefined;
    throw new Error(`the login of ${clientId} was answered ${status}`);
}

async function find(token, clientId) {
    const [found] = await admin(token, "GET", `/clients?clientId=${encodeURIComponent(clientId)}`);
    return found;
}

async function waitUntilAnswers() {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        const problem = await call("GET", `/realms/${REALM}`).then(
            ({ status }) => (status === 200 ? undefined : `status ${status}`),
            (error) => error.message,
        );
        if (problem === undefined) return;
        if (Date.now() > deadline) throw new Error(`Keycloak does not answer at ${url}: ${problem}`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}

/** Brings the client to what it should be, whatever an earlier run left of it. */
async function provision(token) {
    const wanted = {
        clientId: provisioner.clientId,
        name: "The deployment program",
        protocol: "openid-connect",
        enabled: true,
        publicClient: false,
        clientAuthenticatorType: "client-secret",
        secret: provisioner.secret,
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
        implicitFlowEnabled: false,
        directAccessGrantsEnabled: false,
        redirectUris: [],
        webOrigins: [],
        fullScopeAllowed: true,
        // Rights are looked up at each call instead of being read from the token. A token from before a realm was made would see
        // a stub of it, and the provider would take the stub for the realm.
        attributes: { "client.use.lightweight.access.token.enabled": "true" },
    };
    const existing = await find(token, provisioner.clientId);
    if (existing === undefined) await admin(token, "POST", "/clients", wanted);
    else await admin(token, "PUT", `/clients/${existing.id}`, { ...existing, ...wanted });
    const { id } = await find(token, provisioner.clientId);
    const user = await admin(token, "GET", `/clients/${id}/service-account-user`);
    const role = await admin(token, "GET", "/roles/admin");
    await admin(token, "POST", `/users/${user.id}/role-mappings/realm`, [role]);
}

try {
    await waitUntilAnswers();
    let token = await logIn(provisioner);
    if (token === undefined) {
        const temporary = await logIn(bootstrap);
        if (temporary === undefined) {
            throw new Error(
                `neither ${provisioner.clientId} nor ${bootstrap.clientId} is let in; see "Locked out" in docs/keycloak.md`,
            );
        }
        await provision(temporary);
        token = await logIn(provisioner);
        if (token === undefined) throw new Error(`${provisioner.clientId} was made and is not let in`);
    } else {
        // A run that was stopped between making the client and giving it its role.
        const { status } = await call("GET", "/admin/realms/master/clients?max=1", { token });
        const temporary = status === 403 ? await logIn(bootstrap) : undefined;
        if (temporary !== undefined) {
            await provision(temporary);
            token = await logIn(provisioner);
        }
    }
    const left = await find(token, bootstrap.clientId);
    if (left !== undefined) await admin(token, "DELETE", `/clients/${left.id}`);
    process.stdout.write("provisioned\n");
} catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
}
