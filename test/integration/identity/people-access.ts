import { type PeoplePolicy, peoplePolicies } from "../../../model/identity/people";
import { eventually } from "../../support/eventually";
import type { Person } from "../../support/keycloak-admin";
import type { VaultAnswer } from "../../support/vault-client";
import { platform, say, secrets } from "./live";
import { PLATFORM_ADMIN, PSRA_ADMIN, RENTGUY_ADMIN } from "./people";
import { ask, askAs, dataIn, tokenFor } from "./vault-client";
import { logIn } from "./vault-login";

/** What is declared for each group that is let in. */
export const policies: readonly PeoplePolicy[] = peoplePolicies(platform.realm!, secrets);

const METHODS = { LIST: ["list"], GET: ["read"], POST: ["create", "update"], DELETE: ["delete"] } as const;

/** Paths of each mount, of the logins and of what would undo the whole matrix. */
const PATHS = [
    ...["psra", "rentguy", "platform"].flatMap((owner) => [
        `${owner}/kv/data/drill`,
        `${owner}/kv/metadata/drill`,
        `${owner}/kv/delete/drill`,
        `${owner}/kv/undelete/drill`,
        `${owner}/kv/destroy/drill`,
        `${owner}/kv/config`,
    ]),
    "psra/kv/data/api/keys",
    "platform/kv/data/shared/smtp/credentials",
    "platform/kv/data/shared/database/keycloak-credentials",
    "psra/database/creds/psra",
    "psra/database/roles/psra",
    "psra/transit/encrypt/psra-key",
    "psra/transit/decrypt/psra-key",
    "psra/transit/keys/psra-key",
    "psra/pki/issue/psra",
    "auth/services/role/psra-api",
    "auth/services/role/psra-api/secret-id",
    "auth/oidc/config",
    "auth/oidc/role/people",
    "auth/token/create",
    "auth/token/lookup-self",
    "auth/approle/role/provisioner",
    "auth/userpass/users/drill",
    "identity/group/name/drill",
    "sys/auth",
    "sys/audit",
    "sys/mounts",
    "sys/policies/acl/drill",
];

/** What Vault makes of the grants: the most exact path decides. */
function mayDo({ grants }: PeoplePolicy, path: string, method: keyof typeof METHODS): boolean {
    const matching = grants
        .filter((grant) => new RegExp(`^${grant.path.replace(/\+/g, "[^/]+").replace(/\*$/, ".*")}$`).test(path))
        .sort((a, b) => b.path.length - a.path.length);
    return METHODS[method].some((capability) => matching[0]?.capabilities.includes(capability));
}

/** Cell by cell, through the management port. */
export function peopleAccessTests(): void {
    test.each([PSRA_ADMIN, RENTGUY_ADMIN, PLATFORM_ADMIN])(
        "$username may do what is declared for the group, and nothing else",
        async (someone) => {
            const { token, policies: given } = await logIn(someone);
            const policy = policies.find(({ name }) => given.includes(name))!;
            const wrong: string[] = [];
            let open = 0;
            for (const path of PATHS) {
                for (const method of Object.keys(METHODS) as (keyof typeof METHODS)[]) {
                    const declared = mayDo(policy, path, method);
                    open += declared ? 1 : 0;
                    const body = { data: { key: "drill" }, versions: [1], plaintext: "eA==" };
                    const question = { method, path, token, ...(method === "POST" && { body }) };
                    // Too many questions to the emergency login in a second (429) is no answer to this one.
                    const { status } = await eventually(`an answer to ${method} ${path}`, async () => {
                        const answer = await ask(question);
                        return answer.status === 429 ? undefined : answer;
                    });
                    if ((status !== 403) !== declared) {
                        wrong.push(`${method} ${path}: ${status}, declared ${declared ? "allowed" : "denied"}`);
                    }
                }
            }
            const cells = PATHS.length * Object.keys(METHODS).length;
            say(`${policy.name}: ${cells} cells (${PATHS.length} paths, 4 verbs), ${open} allowed`);
            expect(wrong).toEqual([]);
            expect(open).toBeGreaterThanOrEqual(8);
        },
    );

    test("what an administrator of a product writes, the product's service reads, and nobody else's administrator", async () => {
        const path = "psra/kv/data/api/keys";
        const askBy = async (someone: Person, method: string, body?: object): Promise<VaultAnswer> =>
            ask({ method, path, token: (await logIn(someone)).token, ...(body && { body }) });
        expect((await askBy(PSRA_ADMIN, "POST", { data: { value: "by ada" } })).status).toBe(200);
        expect((await askBy(RENTGUY_ADMIN, "GET")).status).toBe(403);
        expect((await askBy(PLATFORM_ADMIN, "GET")).status).toBe(403);
        const token = await tokenFor("psra-api");
        const [read] = await askAs("psra-api", [{ method: "GET", path, token }]);
        expect(dataIn(read)?.value).toBe("by ada");
        // Whoever runs Vault can set it without seeing it.
        expect((await askBy(PLATFORM_ADMIN, "POST", { data: { value: "by pat" } })).status).toBe(200);
        expect(dataIn(await askBy(PSRA_ADMIN, "GET"))?.value).toBe("by pat");
    });

    test("a session ends when its owner says so", async () => {
        const { token } = await logIn(RENTGUY_ADMIN);
        expect((await ask({ method: "POST", path: "auth/token/revoke-self", token })).status).toBe(204);
        expect((await ask({ method: "GET", path: "auth/token/lookup-self", token })).status).toBe(403);
    });
}
