// Gives the program an identity of its own in Keycloak and deletes the temporary one. Standard input is JSON: `{ url,
// bootstrap: { clientId, secret }, provisioner: { clientId, secret }, database }`. The script does not read `database`:
// another database changes the input, so that the command runs again. Can be run any number of times, and after an
// interruption at any point. Prints no secret.
import { text } from "node:stream/consumers";

import { adminApi, MASTER } from "./admin-api.mjs";

/** Longest wait in milliseconds. Keycloak and the edge in front of it may both still be starting. */
const PATIENCE = 180_000;

const { url, bootstrap, provisioner } = JSON.parse(await text(process.stdin));
const { call, admin: ask, logIn } = adminApi(url);
const admin = (token, method, path, json) => ask(token, method, `${MASTER}${path}`, json);

async function find(token, clientId) {
    const [found] = await admin(token, "GET", `/clients?clientId=${encodeURIComponent(clientId)}`);
    return found;
}

async function waitUntilAnswers() {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
        const problem = await call("GET", `/realms/${MASTER}`).then(
            ({ status }) => (status === 200 ? undefined : `status ${status}`),
            (error) => error.message,
        );
        if (problem === undefined) return;
        if (Date.now() > deadline) throw new Error(`Keycloak does not answer at ${url}: ${problem}`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
    }
}

/** Creates or corrects the program's client, whatever an earlier run left. */
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
        // Keycloak looks rights up at each call instead of reading them from the token. With a token from before a realm
        // was created, the provider would see a stub of the realm and take it for the realm.
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
        // Completes a run that stopped between creating the client and giving it its role.
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
