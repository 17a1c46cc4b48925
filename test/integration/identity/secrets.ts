import { type Canary, findLeaks } from "../../support/leaks";
import { placesOf, secretsOf } from "../../support/places";
import { applications, fileOf, logins, of, placeOf, say, stack } from "./live";
import { authenticators, PEOPLE } from "./people";
import { secretIdInUse } from "./replacement";
import { sessions } from "./vault-login";
import { loginOf } from "./waits";

/** Every secret value, looked for where it must not be: the program's, what agents hand over, and what people have. */
export function secretsTests(): void {
    let canaries: readonly Canary[];
    beforeAll(async () => {
        const { url } = await loginOf("psra");
        // Its authorities' certificates are in the state, and may be seen.
        const [key = ""] = ((await fileOf("psra-api", "certificate")) ?? "").split("-----BEGIN CERTIFICATE");
        canaries = [
            ...(await secretsOf(stack)),
            { name: "leased login", value: url },
            { name: "leased password", value: new URL(url).password },
            { name: "token of psra-api", value: (await fileOf("psra-api", "vault-token"))! },
            { name: "key of psra-api", value: key },
            ...PEOPLE.map(({ username, password }) => ({ name: `password of ${username}`, value: password })),
            ...[...authenticators].map(([name, value]) => ({ name: `authenticator of ${name}`, value })),
            ...[...sessions].map(([name, { token }]) => ({ name: `token of ${name}`, value: token })),
        ];
    });

    test("are known to this test: logins of the agents, of Keycloak and of its clients, and what only people have", async () => {
        const values = canaries.map(({ value }) => value);
        expect(values).toEqual(expect.arrayContaining(await Promise.all(applications.map(secretIdInUse))));
        const clientSecrets = await Promise.all(["psra-web", "rentguy-web"].map((it) => fileOf(it, "client-secret")));
        expect(values).toEqual(expect.arrayContaining([...clientSecrets, logins.keycloak.clientSecret]));
        const names = canaries.map(({ name }) => name);
        expect(names).toEqual(expect.arrayContaining(["keycloak-bootstrap", "oauth2-proxy-cookie"]));
        // Keycloak asks administrators for a second factor, and Vault lets them in.
        expect(authenticators.size).toBeGreaterThanOrEqual(4);
        expect(sessions.size).toBe(3);
        expect(values.filter((value) => value.length < 16)).toEqual([]);
    });

    test("are in no argument, environment, label, log, output or plain state", async () => {
        const places = await placesOf(stack);
        // Controls: the places hold what they should, so finding nothing in them means something.
        expect(places.get(`log of /${placeOf("psra-api")}`)).toContain("authentication successful");
        expect(places.get(`log of /${of("keycloak")}`)).toContain("started in");
        say(`${canaries.length} secret values, ${places.size} places`);
        expect(findLeaks(canaries, places)).toEqual([]);
    });
}
