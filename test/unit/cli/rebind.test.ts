/** The program's login at Vault when the zone that it is bound to moves, with a server in Vault's place. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import type { Pulumi } from "../../../cli/pulumi/pulumi";
import { rebind } from "../../../cli/pulumi/rebind";
import { readState } from "../../../cli/pulumi/state";
import type { Session } from "../../../cli/session";
import type { Platform } from "../../../model/platform";
import { pulumiWithLogins } from "../../support/exported-logins";

let server: Server;
let asked: string[];

beforeAll(async () => {
    server = createServer((request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (text: string) => (body += text));
        request.on("end", () => {
            asked.push(`${request.url} ${String(request.headers["x-vault-token"] ?? "")} ${body}`);
            if (request.url?.endsWith("login")) response.end('{"auth":{"client_token":"t"}}');
            else response.writeHead(204).end();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => (asked = []));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const platform = (subnet: string): Platform =>
    ({
        zones: [
            { name: "vault-net", subnet },
            { name: "psra-net", subnet: "10.1.1.0/24" },
        ],
        services: [
            { name: "edge", kind: "edge" },
            { name: "psra-api", kind: "application" },
        ],
        flows: [
            { from: "edge", to: "vault", zone: "vault-net" },
            { from: "psra-api", to: "vault", zone: "psra-net" },
        ],
    }) as unknown as Platform;
const pulumi = (): Pulumi =>
    pulumiWithLogins({ vaultAddress: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });

test("a zone that moves: Vault is asked after consent, and the login is good from both before anything moves", async () => {
    const [deed] = rebind(platform("10.2.5.0/24"), ["10.1.5.0/24"]);
    expect([deed?.says, asked]).toEqual([["the program's login at Vault becomes valid from 10.2.5.0/24 too"], []]);
    await deed?.elsewhere?.({ pulumi: pulumi() } as Session);
    const both = '["10.1.5.0/24","10.2.5.0/24","127.0.0.1/32"]';
    expect(asked).toEqual([
        '/v1/auth/approle/login  {"role_id":"provisioner","secret_id":"one"}',
        `/v1/auth/approle/role/provisioner t {"token_bound_cidrs":${both},"secret_id_bound_cidrs":${both}}`,
    ]);
});

test("a zone that stays, and a first start: Vault is not asked", () => {
    expect(rebind(platform("10.1.5.0/24"), ["10.1.5.0/24"])).toEqual([]);
    expect(rebind(platform("10.1.5.0/24"), [])).toEqual([]);
});

test("the state knows the zone as it was", () => {
    const outputs = platform("10.1.5.0/24");
    const resources = [{ urn: "urn:x::plan", type: "strata:network:FlowPlan", outputs }];
    expect(readState({ deployment: { resources } }).entrance).toEqual(["10.1.5.0/24"]);
    expect(readState({}).entrance).toEqual([]);
});
