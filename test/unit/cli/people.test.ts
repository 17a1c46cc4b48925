/** What is asked of Keycloak for a person, with a server that remembers it; and what is said about first logins. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { groups as setGroupsOf } from "../../../cli/commands/person";
import type { Failure } from "../../../cli/failure";
import { firstPerson, firstPersonLines, loginPlaces } from "../../../cli/identity/first-person";
import { KeycloakAdmin, Refused } from "../../../cli/identity/keycloak-admin";
import {
    addPerson,
    findPerson,
    listPeople,
    resetPerson,
    setEnabled,
    setGroups,
    temporaryPassword,
} from "../../../cli/identity/people";
import { stateOfLogins } from "../../../cli/identity/state-of-logins";
import type { Declared } from "../../../cli/stacks/platform";
import { pulumiWithLogins } from "../../support/exported-logins";

interface Asked {
    readonly request: string;
    readonly body: Record<string, unknown>;
}

let server: Server;
let keycloak: KeycloakAdmin;
let asked: Asked[];
let answers: Record<string, unknown>;

beforeAll(async () => {
    server = createServer((request, response) => {
        void text(request).then((body) => {
            const [path = "", query = ""] = (request.url ?? "").replace("/admin/realms/sevensa", "").split("?");
            if (path.endsWith("/token")) return response.end(JSON.stringify({ access_token: "t", expires_in: 60 }));
            const name = `${request.method} ${path}`;
            asked.push({ request: name, body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>) });
            const first = new URLSearchParams(query).get("first") ?? "0";
            const answer = first === "0" ? answers[name] : (answers[`${name} from ${first}`] ?? []);
            return answer instanceof Refused
                ? response.writeHead(answer.status).end(JSON.stringify({ errorMessage: answer.reason }))
                : response.end(answer === undefined ? "" : JSON.stringify(answer));
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    keycloak = new KeycloakAdmin({
        realm: "sevensa",
        url,
        clientId: "strata-provisioner",
        clientSecret: "a secret",
    });
});

beforeEach(() => {
    asked = [];
    answers = {
        "GET /group-by-path/Administrators": { id: "g1" },
        "GET /groups/g1/role-mappings/realm/composite": [{ name: "admin" }, { name: "second-factor" }],
        "GET /group-by-path/PSRA%20Users": { id: "g2" },
        "GET /groups/g2/role-mappings/realm/composite": [{ name: "psra-user" }],
        "GET /users": [
            { id: "u1", username: "pat", email: "pat@example.com", enabled: true, attributes: { tenant: ["acme"] } },
        ],
        "GET /users/u1": { id: "u1", username: "pat", enabled: true },
        "GET /users/u1/groups": [{ path: "/Administrators" }],
        "GET /users/u1/credentials": [
            { id: "c1", type: "password" },
            { id: "c2", type: "otp" },
        ],
    };
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const sent = (request: string): Record<string, unknown>[] =>
    asked.filter((it) => it.request === request).map(({ body }) => body);
const PAT = { id: "u1", username: "pat", enabled: true };

test("a new administrator has a temporary password, and is asked for another one and for a second factor", async () => {
    const person = { username: "pat", email: "pat@example.com", groups: ["Administrators"], tenant: "acme" };
    const password = await addPerson(keycloak, person);
    expect(sent("POST /users")).toEqual([
        {
            username: "pat",
            email: "pat@example.com",
            emailVerified: true,
            enabled: true,
            groups: ["Administrators"],
            attributes: { tenant: ["acme"] },
            requiredActions: ["UPDATE_PASSWORD", "CONFIGURE_TOTP"],
            credentials: [{ type: "password", value: password, temporary: true }],
        },
    ]);
});

test("a new user of a product is asked for another password only", async () => {
    await addPerson(keycloak, { username: "una", email: "una@example.com", groups: ["PSRA Users"] });
    expect(sent("POST /users")[0]).toMatchObject({ requiredActions: ["UPDATE_PASSWORD"], attributes: {} });
});

test("what the realm refuses is said without the password", async () => {
    answers["POST /users"] = new Refused("POST /users", 409, "User exists with same email");
    const error = await addPerson(keycloak, { username: "pat", email: "a@example.com", groups: [] }).catch(
        (it: unknown) => it as Error,
    );
    expect((error as Error).message).toBe("Keycloak answered 409 to POST /users: User exists with same email");
    const [{ credentials } = { credentials: [] }] = sent("POST /users");
    expect((error as Error).message).not.toContain((credentials as { value: string }[])[0]!.value);
});

test("temporary passwords are long, differ, and meet the realm's policy", () => {
    const some = Array.from({ length: 100 }, temporaryPassword);
    expect(new Set(some).size).toBe(100);
    for (const password of some) expect(password).toMatch(/^[a-zA-Z2-9]{20}$/);
});

test("people are listed with groups, customer and second factor", async () => {
    expect(await listPeople(keycloak)).toEqual([
        {
            username: "pat",
            email: "pat@example.com",
            enabled: true,
            groups: ["Administrators"],
            tenant: "acme",
            hasSecondFactor: true,
            requiredActions: [],
        },
    ]);
});

test("all pages of people are read, and a key of WebAuthn is a second factor", async () => {
    const user = (id: string) => ({ id, username: id, enabled: true });
    answers["GET /users"] = Array.from({ length: 100 }, (_, index) => user(`a${index}`));
    answers["GET /users from 100"] = [user("zoe")];
    for (let index = 0; index < 100; index++) {
        answers[`GET /users/a${index}/groups`] = [];
        answers[`GET /users/a${index}/credentials`] = [];
    }
    answers["GET /users/zoe/groups"] = [];
    answers["GET /users/zoe/credentials"] = [{ id: "c3", type: "webauthn" }];
    const people = await listPeople(keycloak);
    expect(people).toHaveLength(101);
    expect(people.at(-1)).toMatchObject({ username: "zoe", hasSecondFactor: true });
    expect(people[0]?.hasSecondFactor).toBe(false);
});

test("a disabled person's sessions end; an enabled person's do not", async () => {
    await setEnabled(keycloak, PAT, false);
    expect(sent("PUT /users/u1")).toEqual([{ ...PAT, enabled: false }]);
    expect(sent("POST /users/u1/logout")).toHaveLength(1);
    await setEnabled(keycloak, PAT, true);
    expect(sent("POST /users/u1/logout")).toHaveLength(1);
});

describe("other groups", () => {
    const requests = (): string[] => asked.map(({ request }) => request).filter((it) => !it.startsWith("GET"));

    beforeEach(() => (answers["GET /users/u1/groups"] = [{ id: "g1", path: "/Administrators" }]));

    test("take the place of those before, old ones first, and the sessions end", async () => {
        await setGroups(keycloak, PAT, ["PSRA Users"]);
        expect(requests()).toEqual(["DELETE /users/u1/groups/g1", "PUT /users/u1/groups/g2", "POST /users/u1/logout"]);
    });

    test("that stay are left alone, and an empty list takes the person out of all", async () => {
        await setGroups(keycloak, PAT, ["Administrators", "PSRA Users"]);
        await setGroups(keycloak, PAT, []);
        const both = ["PUT /users/u1/groups/g2", "POST /users/u1/logout"];
        expect(requests()).toEqual([...both, "DELETE /users/u1/groups/g1", "POST /users/u1/logout"]);
    });

    test("with a second factor first require its set-up of a person without one, beside what is required already", async () => {
        answers["GET /users/u1/groups"] = [];
        answers["GET /users/u1"] = { ...PAT, requiredActions: ["UPDATE_PASSWORD"] };
        await setGroups(keycloak, PAT, ["Administrators"]);
        expect(sent("PUT /users/u1")).toEqual([]);
        answers["GET /users/u1/credentials"] = [{ id: "c1", type: "password" }];
        await setGroups(keycloak, PAT, ["Administrators"]);
        expect(sent("PUT /users/u1")).toEqual([{ ...PAT, requiredActions: ["UPDATE_PASSWORD", "CONFIGURE_TOTP"] }]);
        expect(requests().indexOf("PUT /users/u1")).toBeLessThan(requests().lastIndexOf("PUT /users/u1/groups/g1"));
    });

    describe("of which Keycloak refuses a step", () => {
        const refuse = (request: string): void => {
            answers[request] = new Refused(request, 500, "no");
        };
        const change = (): Promise<Failure> =>
            setGroups(keycloak, PAT, ["PSRA Users", "Auditors"]).then(
                () => Promise.reject(new Error("nothing was refused")),
                (error: unknown) => error as Failure,
            );

        beforeEach(() => {
            answers["GET /group-by-path/Auditors"] = { id: "g3" };
            answers["GET /groups/g3/role-mappings/realm/composite"] = [];
        });

        test("the failure says which groups the person has left and joined, and that the command goes on from there", async () => {
            refuse("PUT /users/u1/groups/g3");
            const { message, details, next, exitCode } = await change();
            expect(message).toBe(
                "Keycloak answered 500 to PUT /users/u1/groups/g3: no; the groups of pat are changed in part",
            );
            expect(details).toEqual([
                "  has left: Administrators",
                "  has joined: PSRA Users",
                "  has not joined yet: Auditors",
                "  the sessions in Keycloak have not ended: they have the rights from before",
            ]);
            expect(next).toBe("correct what was refused, then run the same command again: it goes on from here");
            expect(exitCode).toBe(1);

            answers["GET /users/u1/groups"] = [{ id: "g2", path: "/PSRA Users" }];
            delete answers["PUT /users/u1/groups/g3"];
            asked = [];
            await setGroups(keycloak, PAT, ["PSRA Users", "Auditors"]);
            expect(requests()).toEqual(["PUT /users/u1/groups/g3", "POST /users/u1/logout"]);
        });

        test("the first one: nothing was changed, so the refusal is all there is to say", async () => {
            refuse("DELETE /users/u1/groups/g1");
            expect(await change()).toBeInstanceOf(Refused);
        });

        test("the last one: all groups are right, and the sessions go on", async () => {
            refuse("POST /users/u1/logout");
            const { message, details } = await change();
            expect(message).toMatch(/; the groups of pat are changed, and the sessions go on$/);
            expect(details).toEqual([
                "  has left: Administrators",
                "  has joined: PSRA Users, Auditors",
                "  the sessions in Keycloak have not ended: they have the rights from before",
            ]);
        });
    });

    test.each([
        [
            { none: true, group: ["Administrators"] },
            "--none and --group contradict each other",
            "leave one of them out: --none takes the person out of all groups, --group out of all but these",
        ],
        [
            {},
            "nothing says which groups the person is to be in",
            "give --group with all groups that the person is to be in, those that stay among them, or --none",
        ],
    ])("from the options %j: refused with the step that fits", async (options, message, next) => {
        await expect(setGroupsOf(["pat"], { stack: "local", ...options })).rejects.toMatchObject({ message, next });
    });

    test("that the realm does not have change nothing", async () => {
        answers["GET /group-by-path/Nobody"] = new Refused("GET", 404, "Could not find group");
        await expect(setGroups(keycloak, PAT, ["Nobody"])).rejects.toThrow(Refused);
        expect(requests()).toEqual([]);
    });
});

test("a reset takes the second factor and the sessions, not the password's place", async () => {
    const password = await resetPerson(keycloak, PAT);
    expect(sent("PUT /users/u1/reset-password")).toEqual([{ type: "password", value: password, temporary: true }]);
    expect(asked.filter(({ request }) => request.startsWith("DELETE")).map(({ request }) => request)).toEqual([
        "DELETE /users/u1/credentials/c2",
    ]);
    expect(sent("PUT /users/u1")[0]).toMatchObject({ requiredActions: ["UPDATE_PASSWORD", "CONFIGURE_TOTP"] });
    expect(sent("POST /users/u1/logout")).toHaveLength(1);
});

test("a Keycloak that cannot be asked is not taken for one that is well", async () => {
    const pulumi = pulumiWithLogins({ identity: { adminUrl: "http://127.0.0.1:1", realm: "sevensa" } });
    const state = await stateOfLogins(pulumi, undefined, 0);
    expect(state.people).toBeUndefined();
    expect(state.unknown).toContain("Keycloak at http://127.0.0.1:1 does not answer");
});

test("a silent Keycloak is asked again, the state is not read again", async () => {
    const pulumi = pulumiWithLogins({ identity: { adminUrl: "http://127.0.0.1:1", realm: "sevensa" } });
    const reads = jest.spyOn(pulumi, "ask");
    const attempts = jest.spyOn(global, "fetch");
    await stateOfLogins(pulumi, undefined, 500);
    expect([reads, attempts].map(({ mock }) => mock.calls.length)).toEqual([1, 2]);
    attempts.mockRestore();
});

test("a person is found by the whole name; an empty one is nobody's, although Keycloak then answers with everybody", async () => {
    expect(await findPerson(keycloak, "pat")).toMatchObject({ id: "u1" });
    expect(await findPerson(keycloak, "")).toBeUndefined();
    expect(await findPerson(keycloak, "pa")).toBeUndefined();
});

describe("first login", () => {
    const declared = {
        config: { edge: { https: { port: 8443 } }, images: {} },
        platform: {
            realm: {
                issuer: "https://auth.example.com:8443/realms/sevensa",
                groups: [
                    { name: "Administrators", roles: ["platform-admin"] },
                    { name: "PSRA Users", roles: ["psra-user"] },
                ],
            },
            services: [
                { kind: "application", image: "app", routes: [{ host: "wiki.example.com", path: "/", auth: true }] },
                {
                    kind: "application",
                    image: "app",
                    routes: [{ host: "vault.example.com", path: "/", auth: true, roles: ["platform-admin"] }],
                },
                {
                    kind: "application",
                    image: "app",
                    routes: [{ host: "psra.example.com", path: "/", auth: true, roles: ["psra-user", "psra-admin"] }],
                },
                { kind: "application", image: "app", routes: [{ host: "open.example.com", path: "/", auth: false }] },
            ],
        },
    } as unknown as Declared;

    test.each([
        [[], ["wiki"]],
        [["Administrators"], ["wiki", "vault"]],
        [["PSRA Users"], ["wiki", "psra"]],
        [
            ["PSRA Users", "Administrators"],
            ["wiki", "vault", "psra"],
        ],
    ])("is at the account's page and at the protected routes that let a member in: %j", (groups, hosts) => {
        expect(loginPlaces(declared, groups)).toEqual({
            account: "https://auth.example.com:8443/realms/sevensa/account/",
            protected: hosts.map((host) => `https://${host}.example.com:8443/`),
        });
    });

    test("is not at Vault's console where Vault's image was made here: it has no pages", () => {
        const vault = {
            name: "vault",
            kind: "vault",
            image: "vault",
            routes: [{ host: "vault.example.com", path: "/", auth: true }],
        };
        const at = (reference: string): readonly string[] =>
            loginPlaces(
                {
                    config: { ...declared.config, vault: { server: "vault" }, images: { vault: reference } },
                    platform: { ...declared.platform, services: [vault] },
                } as unknown as Declared,
                [],
            ).protected;
        expect(at("hashicorp/vault:1.21.1@sha256:00")).toEqual(["https://vault.example.com:8443/"]);
        expect(at("strata.invalid/vault:0123456789ab")).toEqual([]);
    });

    test("is explained with a command that can be typed", () => {
        expect(firstPerson("local")).toBe(
            "npm run strata -- person add --username <name> --email <address> --group Administrators",
        );
        expect(firstPerson("staging")).toMatch(/ --stack staging$/);
        const lines = firstPersonLines(declared, "local").join("\n");
        expect(lines).toContain("https://vault.example.com:8443/");
        // It would answer the first person with 403.
        expect(lines).not.toContain("https://psra.example.com:8443/");
    });
});
