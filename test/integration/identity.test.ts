/**
 * Keycloak and Vault on one stack of the real engine: who may do what in Vault, cell by cell, from the network in which each
 * service is; logins that come and go; people who log in through Keycloak to a product, to a protected route and to Vault; what a
 * hand on either server does; and what is left when the servers go away. The parts build on each other and run in this order;
 * the first failure is the one to look at.
 *
 * Needs a Linux engine on this machine, about 4 GiB of memory, and minutes: Keycloak's
 * first start is slow, and a database login lives for four of them.
 */

import type { Ended } from "../support/live-engine";
import { needStart } from "../support/outcome";
import { accessTests } from "./identity/access";
import { agentsTests } from "./identity/agents";
import { consoleTests } from "./identity/console";
import { clientSecretsTests } from "./identity/client-secrets";
import { databaseLoginsTests } from "./identity/database-logins";
import { driftTests } from "./identity/drift";
import { firstLoginTests } from "./identity/first-login";
import { forwardAuthTests } from "./identity/forward-auth";
import { isolationTests } from "./identity/isolation";
import { admin, connect, MINUTE, stack } from "./identity/live";
import { lockedOutTests } from "./identity/locked-out";
import { loginTests } from "./identity/login";
import { loginFlowsTests } from "./identity/login-flows";
import { PEOPLE } from "./identity/people";
import { peopleAccessTests } from "./identity/people-access";
import { publicEdgeTests } from "./identity/public-edge";
import { recoveryTests } from "./identity/recovery";
import { removalTests } from "./identity/removal";
import { renewalTests, replacementTests } from "./identity/replacement";
import { secretsTests } from "./identity/secrets";
import { STARTS, startTests } from "./identity/start";
import { vaultLoginTests } from "./identity/vault-login";
import { stopWaits, watchPsraLogin } from "./identity/waits";

// A whole start on a slow machine; what is expected sooner says so where it is awaited.
jest.setTimeout(10 * MINUTE);

let planned: Ended;
let first: Ended;

beforeAll(async () => {
    await stack.removeLeftovers();
    planned = await stack.strata("preview");
    first = await stack.strata("up");
    if (first.code === 0) {
        await connect();
        watchPsraLogin();
        for (const someone of PEOPLE) {
            await admin.addPerson(someone);
        }
    }
}, 15 * MINUTE);

needStart(() => first, `up ${STARTS}`);

afterAll(async () => {
    await stopWaits();
    await stack.remove();
});

describe("up", () => startTests(() => ({ planned, first })));
describe("access to Vault", accessTests);
describe("database logins", databaseLoginsTests);
describe("agents", agentsTests);
describe("people log in to Vault", vaultLoginTests);
describe("what people may do in Vault", peopleAccessTests);
describe("services find the secrets of Keycloak's clients", clientSecretsTests);
describe("login with authorization code and PKCE", loginTests);
describe("the first login", () => firstLoginTests(() => first.stdout));
describe("forward authentication", forwardAuthTests);
describe("the console of Vault", consoleTests);
describe("the public edge", publicEdgeTests);
describe("isolation", isolationTests);
describe("what agents hold is replaced", replacementTests);
describe("the program is locked out", lockedOutTests);
describe("agents go on", renewalTests);
describe("changes by hand", driftTests);
describe("the login flows", loginFlowsTests);
describe("secrets", secretsTests);
describe("certificates are renewed, services and products are taken out", removalTests);
describe("servers go away", recoveryTests);
