/** How servers' answers to the program's logins are read, with a server that answers what it is told to. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { keycloakRefuses, type AdministratorLogins, readLogins, vaultRefuses } from "../../../cli/pulumi/logins";

let server: Server;
let answer: number;
let asked: string[];
let logins: Required<AdministratorLogins>;

beforeAll(async () => {
    server = createServer((request, response) => {
        request
            .setEncoding("utf8")
            .on("data", (body: string) => asked.push(`${request.method} ${request.url} ${body}`));
        request.on("end", () => response.writeHead(answer).end("{}"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    logins = {
        vault: { address: url, roleId: "provisioner", secretId: "secret one" },
        keycloak: { url, realm: "sevensa", clientId: "strata-provisioner", clientSecret: "secret two" },
    };
});

beforeEach(() => (asked = []));

afterAll(() => new Promise((resolve) => server.close(resolve)));

test.each([
    [200, undefined],
    [400, "does not let the program in: 400 for the AppRole provisioner"],
    [403, "does not let the program in: 403 for the AppRole provisioner"],
    [503, "is sealed"],
    [500, undefined],
])("Vault answers %s", async (status, message) => {
    answer = status;
    const failure = await vaultRefuses(logins);
    expect(failure?.message).toEqual(message && expect.stringContaining(message));
    expect(failure?.message ?? "").not.toContain("secret one");
    expect(asked).toEqual(['PUT /v1/auth/approle/login {"role_id":"provisioner","secret_id":"secret one"}']);
});

test.each([
    [200, undefined],
    [400, "does not let the program in: 400 for the client strata-provisioner"],
    [401, "does not let the program in: 401 for the client strata-provisioner"],
    [503, undefined],
])("Keycloak answers %s", async (status, message) => {
    answer = status;
    const failure = await keycloakRefuses(logins);
    expect(failure?.message).toEqual(message && expect.stringContaining(message));
    expect(failure?.message ?? "").not.toContain("secret two");
    const form = "grant_type=client_credentials&client_id=strata-provisioner&client_secret=secret+two";
    expect(asked).toEqual([`POST /realms/master/protocol/openid-connect/token ${form}`]);
});

test("a stack without them, or with servers that do not answer, is not locked out", async () => {
    expect(await vaultRefuses({})).toBeUndefined();
    expect(await keycloakRefuses({})).toBeUndefined();
    const gone = "http://127.0.0.1:9";
    expect(await vaultRefuses({ vault: { ...logins.vault, address: gone } })).toBeUndefined();
    expect(await keycloakRefuses({ keycloak: { ...logins.keycloak, url: gone } })).toBeUndefined();
});

describe("the logins are read from an exported state", () => {
    const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
    const password = (name: string, value: string) => ({
        urn: `urn:pulumi:test::strata::strata:x:Y$random:index/randomPassword:RandomPassword::${name}`,
        type: "random:index/randomPassword:RandomPassword",
        outputs: { result: { ...SECRET, plaintext: JSON.stringify(value) } },
    });
    const stack = {
        urn: "urn:pulumi:test::strata::pulumi:pulumi:Stack::strata-test",
        type: "pulumi:pulumi:Stack",
        outputs: { vaultAddress: "http://127.0.0.1:1", identity: { adminUrl: "http://127.0.0.1:2", realm: "sevensa" } },
    };
    const read = (...resources: object[]): AdministratorLogins => readLogins({ deployment: { resources } });

    test("each with the address of its server", () => {
        const other = password("psra-vault-provisioner", "three");
        expect(
            read(stack, other, password("vault-provisioner", "one"), password("keycloak-provisioner", "two")),
        ).toEqual({
            vault: { address: "http://127.0.0.1:1", roleId: "provisioner", secretId: "one" },
            keycloak: {
                url: "http://127.0.0.1:2",
                realm: "sevensa",
                clientId: "strata-provisioner",
                clientSecret: "two",
            },
        });
    });

    test("what a stack has not got is left out", () => {
        expect(read({ ...stack, outputs: { vaultAddress: "http://127.0.0.1:1" } })).toEqual({});
        expect(read(password("vault-provisioner", "one"))).toEqual({});
        expect(readLogins({})).toEqual({});
    });
});
