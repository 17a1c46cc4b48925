import { allowed, type Capability, grantsFor } from "../../../model/secrets/access";
import { mountOf } from "../../../model/secrets/secret";
import { askVaultFrom, type VaultAnswer, type VaultQuestion } from "../../support/vault-client";
import { psql } from "./database-logins";
import { applications, of, placeOf, say, secrets } from "./live";
import { ask, askAs, asProvisioner, change, dataIn, login, secretIdOf, tokenFor, tokenIn } from "./vault-client";

/** Services that have a role. */
const READERS = applications;

const VERBS: Readonly<Record<string, readonly Capability[]>> = {
    LIST: ["list"],
    GET: ["read"],
    DELETE: ["delete"],
    POST: ["create", "update"],
};

/** Ends the token that asks, so it is asked last. */
const LAST = "auth/token/revoke-self";

/** Every declared path, what lies beside it, and what would undo the whole matrix. */
function paths(): string[] {
    const declared = READERS.flatMap((service) => grantsFor(secrets, service).map(({ path }) => path));
    const unread = secrets.filter(({ engine }) => engine === "kv").map((it) => `${mountOf(it)}/data/${it.path}`);
    const besides = secrets.flatMap((secret) =>
        secret.engine === "kv"
            ? [`${mountOf(secret)}/metadata/${secret.path}`, `${mountOf(secret)}/config`]
            : secret.engine === "transit"
              ? [`${mountOf(secret)}/keys/${secret.path}`]
              : [`${mountOf(secret)}/roles/${secret.path}`],
    );
    const own = READERS.flatMap((service) => [`sys/policies/acl/${service}`, `auth/services/role/${service}`]);
    const others = [
        "sys/mounts",
        "sys/auth",
        "auth/token/create",
        "auth/approle/role/provisioner",
        "sys/quotas/rate-limit/strata-all",
    ];
    const all = new Set([...declared, ...unread, ...besides, ...own, ...others]);
    all.delete(LAST);
    return [...[...all].sort(), LAST];
}

/** What services may do, from where they are, and what their logins are worth elsewhere. */
export function accessTests(): void {
    test("every role may do at every path what is declared, and nothing else", async () => {
        const all = paths();
        let cells = 0;
        let open = 0;
        const wrong: string[] = [];
        for (const service of READERS) {
            expect(`${service} ${grantsFor(secrets, service).length > 3}`).toBe(`${service} true`);
            const token = await tokenFor(service);
            const asked = all.flatMap((path) =>
                Object.keys(VERBS).map((method) => ({
                    method,
                    path,
                    token,
                    ...(method === "POST" && { body: { common_name: service, plaintext: "eA==", lease_id: "none" } }),
                })),
            );
            const answers = await askAs(service, asked);
            answers.forEach(({ status }, index) => {
                const { method, path } = asked[index]!;
                const declared = VERBS[method]!.some((it) => allowed(secrets, service, path, it));
                cells++;
                open += declared ? 1 : 0;
                if ((status !== 403) !== declared) {
                    wrong.push(`${service} ${method} ${path}: ${status}, declared ${declared ? "allowed" : "denied"}`);
                }
            });
        }
        say(
            `${cells} cells (${READERS.length} roles, ${all.length} paths, 4 verbs): ${open} allowed, ${cells - open} denied, ${wrong.length} wrong`,
        );
        expect(wrong).toEqual([]);
        expect(cells).toBe(READERS.length * all.length * 4);
        expect(open).toBeGreaterThan(40);
    });

    test("what may be read is there: generated values, and logins that work", async () => {
        const token = await tokenFor("psra-api");
        const [jwt, store] = await askAs("psra-api", [
            { method: "GET", path: "psra/kv/data/config/jwt-secret", token },
            { method: "GET", path: "psra/kv/data/database/credentials", token },
        ]);
        expect(dataIn(jwt)?.value).toHaveLength(48);
        const ended = await psql(dataIn<{ url: string }>(store)!.url, "SELECT current_user");
        expect([ended.code, ended.stdout.trim()]).toEqual([0, "psra"]);
    });

    test("certificates are for the product's own services, from an authority below the environment's", async () => {
        const token = await tokenFor("psra-web");
        const issue = (common_name: string): VaultQuestion => ({
            method: "POST",
            path: "psra/pki/issue/psra",
            token,
            body: { common_name },
        });
        const names = ["psra-web", "rentguy-web", "example.com", "x.psra-web"];
        const answers = await askAs("psra-web", names.map(issue));
        expect(answers.map(({ status }) => status)).toEqual([200, 400, 400, 400]);
        const data = answers[0]!.body["data"] as { ca_chain: string[]; expiration: number };
        expect(data.ca_chain).toHaveLength(2);
        expect(data.expiration - Date.now() / 1000).toBeLessThan(3 * 24 * 3600 + 60);
    });

    test("a login is of no use in another zone, or through the management port", async () => {
        const elsewhere = async (question: VaultQuestion): Promise<VaultAnswer> =>
            (await askVaultFrom(placeOf("rentguy-web"), of("vault"), [question]))[0]!;
        const entry = login("psra-api", await secretIdOf("psra-api"));
        const [own] = await askAs("psra-api", [entry]);
        const stolen = await elsewhere(entry);
        const outside = await ask(entry);
        expect(own!.status).toBe(200);
        expect([stolen.status, outside.status].filter((status) => status < 400)).toEqual([]);
        // The token too.
        const lookup = { method: "GET", path: "auth/token/lookup-self", token: tokenIn(own!) };
        const [athome] = await askAs("psra-api", [lookup]);
        expect([(await elsewhere(lookup)).status, athome!.status]).toEqual([403, 200]);
        const { data } = athome!.body as { data: { ttl: number; policies: string[] } };
        expect(data.policies).toEqual(["psra-api"]);
        expect(data.ttl).toBeLessThanOrEqual(3600);
    });

    test("nobody is behind the emergency login, and it locks", async () => {
        expect((await asProvisioner("LIST", "auth/userpass/users")).status).toBe(404);
        await change("POST", "auth/userpass/users/drill", { password: "right", token_policies: "break-glass" });
        const attempt = async (password: string): Promise<number> => {
            // Below the limit of five requests a second: a refused request is not a failed login.
            await new Promise((resolve) => setTimeout(resolve, 400));
            return (await ask({ method: "POST", path: "auth/userpass/login/drill", body: { password } })).status;
        };
        expect(await attempt("right")).toBe(200);
        for (let count = 0; count < 5; count++) {
            expect(await attempt("wrong")).toBeGreaterThanOrEqual(400);
        }
        expect(await attempt("right")).toBe(403);
        await change("DELETE", "auth/userpass/users/drill");
    });
}
