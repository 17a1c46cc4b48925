/** How servers' answers to the program's logins are read, with a server that answers what it is told to. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { keycloakRefuses, type LoginOutputs, vaultRefuses } from "../../../cli/pulumi/logins";

let server: Server;
let answer: number;
let asked: string[];
let outputs: Required<LoginOutputs>;

beforeAll(async () => {
    server = createServer((request, response) => {
        request
            .setEncoding("utf8")
            .on("data", (body: string) => asked.push(`${request.method} ${request.url} ${body}`));
        request.on("end", () => response.writeHead(answer).end("{}"));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    outputs = {
        vaultAddress: url,
        vaultProvisioner: { roleId: "provisioner", secretId: "secret one" },
        identity: {
            realm: "sevensa",
            issuer: `${url}/realms/sevensa`,
            adminUrl: url,
            provisioner: { clientId: "strata-provisioner", clientSecret: "secret two" },
        },
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
    const failure = await vaultRefuses(outputs);
    expect(failure?.message).toEqual(message && expect.stringContaining(message));
    expect(failure?.message ?? "").not.toContain("secret one");
    expect(asked).toEqual(['POST /v1/auth/approle/login {"role_id":"provisioner","secret_id":"secret one"}']);
});

test.each([
    [200, undefined],
    [400, "does not let the program in: 400 for the client strata-provisioner"],
    [401, "does not let the program in: 401 for the client strata-provisioner"],
    [503, undefined],
])("Keycloak answers %s", async (status, message) => {
    answer = status;
    const failure = await keycloakRefuses(outputs);
    expect(failure?.message).toEqual(message && expect.stringContaining(message));
    expect(failure?.message ?? "").not.toContain("secret two");
    const form = "grant_type=client_credentials&client_id=strata-provisioner&client_secret=secret+two";
    expect(asked).toEqual([`POST /realms/master/protocol/openid-connect/token ${form}`]);
});

test("a stack without them, or with servers that do not answer, is not locked out", async () => {
    expect(await vaultRefuses({})).toBeUndefined();
    expect(await keycloakRefuses({})).toBeUndefined();
    const gone = "http://127.0.0.1:9";
    expect(await vaultRefuses({ ...outputs, vaultAddress: gone })).toBeUndefined();
    expect(await keycloakRefuses({ identity: { ...outputs.identity, adminUrl: gone } })).toBeUndefined();
});
