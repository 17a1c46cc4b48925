// Binds a realm to its login flows, and checks the bindings afterwards. Standard input is JSON:
// { url, realm, login: { clientId, secret }, bindings: { browserFlow, … } }. Can be run any number of times. Prints no secret.
import { text } from "node:stream/consumers";

import { adminApi } from "./admin-api.mjs";

const { url, realm, login, bindings } = JSON.parse(await text(process.stdin));
const { admin, logIn } = adminApi(url);

/** @returns the bindings that differ from the declared ones, each as `property is "alias"` */
async function wrong(token) {
    const live = await admin(token, "GET", realm);
    return Object.entries(bindings)
        .filter(([property, alias]) => live[property] !== alias)
        .map(([property]) => `${property} is ${JSON.stringify(live[property] ?? null)}`);
}

try {
    const token = await logIn(login);
    if (token === undefined) throw new Error(`${login.clientId} is not let in; see "Locked out" in docs/keycloak.md`);
    if ((await wrong(token)).length > 0) await admin(token, "PUT", realm, bindings);
    const left = await wrong(token);
    if (left.length > 0) throw new Error(left.join(", "));
    process.stdout.write("bound\n");
} catch (error) {
    process.stderr.write(
        `The login flows of the realm ${realm} could not be bound: ${error.message}. Logins may be without a second factor: ` +
            "run up with --refresh, which binds them.\n",
    );
    process.exitCode = 1;
}
