/** How a person is deleted, with servers in the place of Keycloak and Vault. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";

import { confirmName } from "../../../cli/commands/person";
import { forgetPerson } from "../../../cli/identity/forget";
import { KeycloakAdmin, Refused } from "../../../cli/identity/keycloak-admin";

const PAT = { id: "u1" };
const DELETION = "DELETE /admin/realms/sevensa/users/u1";

let server: Server;
let url: string;
let asked: string[];
/** By request; what is missing is answered with 204. */
let answers: Record<string, readonly [status: number, body: string]>;

beforeAll(async () => {
    server = createServer((request, response) => {
        void text(request).then((body) => {
            const name = `${request.method} ${request.url}`;
            if (name.endsWith("/token")) return response.end('{"access_token":"t","expires_in":60}');
            asked.push(name.includes("lookup") ? `${name} ${body}` : name);
            const [status, answer] = answers[name] ?? [204, ""];
            return response.writeHead(status).end(answer);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
    asked = [];
    answers = {
        "PUT /v1/auth/approle/login": [200, '{"auth":{"client_token":"v"}}'],
        "GET /v1/sys/auth/oidc": [200, '{"data":{"accessor":"a1"}}'],
        "PUT /v1/identity/lookup/entity": [200, '{"data":{"id":"e1"}}'],
    };
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const forget = (hasVault = true): Promise<void> =>
    forgetPerson(
        new KeycloakAdmin({ realm: "sevensa", url, clientId: "strata-provisioner", clientSecret: "a secret" }),
        PAT,
        hasVault ? { address: url, roleId: "provisioner", secretId: "a secret" } : undefined,
    );
const LOOKUP = 'PUT /v1/identity/lookup/entity {"alias_name":"u1","alias_mount_accessor":"a1"}';
const UNTIL_LOOKUP = ["PUT /v1/auth/approle/login", "GET /v1/sys/auth/oidc", LOOKUP];

test("the account goes, and before it what Vault knows by Keycloak's id", async () => {
    await forget();
    expect(asked).toEqual([...UNTIL_LOOKUP, "DELETE /v1/identity/entity/id/e1", DELETION]);
});

test("a person who never logged in to Vault is deleted in Keycloak alone", async () => {
    answers["PUT /v1/identity/lookup/entity"] = [204, ""];
    await forget();
    expect(asked).toEqual([...UNTIL_LOOKUP, DELETION]);
});

test("a stack whose people have no login at Vault asks none", async () => {
    await forget(false);
    expect(asked).toEqual([DELETION]);
});

test.each([
    ["is sealed", "PUT /v1/auth/approle/login", 503],
    ["has another login for people", "GET /v1/sys/auth/oidc", 400],
    ["does not look", "PUT /v1/identity/lookup/entity", 403],
    ["keeps the entity", "DELETE /v1/identity/entity/id/e1", 403],
])("nothing is deleted in Keycloak while Vault %s", async (_, request, status) => {
    answers[request] = [status, '{"errors":["no"]}'];
    await expect(forget()).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringContaining(`${status}; nothing`) as string,
    });
    expect(asked).not.toContain(DELETION);
});

test("an account that Keycloak keeps is not said to be gone", async () => {
    answers[DELETION] = [403, '{"error":"no"}'];
    await expect(forget()).rejects.toThrow(Refused);
});

describe("the username", () => {
    const typed = (line: string | undefined): Promise<void> => {
        const input = new PassThrough();
        input.end(line === undefined ? "" : `${line}\n`);
        return confirmName("pat", {}, { input, output: new PassThrough() });
    };

    test("is what has to be typed or given", async () => {
        await expect(typed("pat")).resolves.toBeUndefined();
        await expect(confirmName("pat", { confirm: "pat" }, undefined)).resolves.toBeUndefined();
    });

    test.each(["yes", "una", "", undefined])("is not %j", async (line) => {
        await expect(typed(line)).rejects.toMatchObject({ exitCode: 2 });
    });

    test("is not another one that a script gives, and without it nobody has confirmed", async () => {
        await expect(confirmName("pat", { confirm: "una" }, undefined)).rejects.toThrow('--confirm: "una"');
        await expect(confirmName("pat", {}, undefined)).rejects.toThrow("was not confirmed");
    });
});
