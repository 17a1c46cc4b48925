/** How a product's secret engines leave Vault, with a server in its place. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { Failure } from "../../../cli/failure";
import type { Pulumi } from "../../../cli/pulumi/pulumi";
import { unmount } from "../../../cli/pulumi/unmount";
import { pulumiWithLogins } from "../../support/exported-logins";

let server: Server;
let asked: string[];
/** Answers to deletions, in order. */
let answers: (readonly [status: number, body: string])[];

beforeAll(async () => {
    server = createServer((request, response) => {
        request.resume().on("end", () => {
            asked.push(`${request.method} ${request.url}`);
            if (request.url?.endsWith("login")) return response.end('{"auth":{"client_token":"t"}}');
            const [status, body] = request.method === "DELETE" ? answers.shift()! : [204, ""];
            return response.writeHead(status).end(body);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => (asked = []));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const pulumi = (): Pulumi =>
    pulumiWithLogins({ vaultAddress: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
const LOGIN = "PUT /v1/auth/approle/login";
const DELETION = "DELETE /v1/sys/mounts/psra/database";

test("each mount is deleted; one that is gone is no error", async () => {
    answers = [
        [204, ""],
        [400, '{"errors":["no matching mount"]}'],
    ];
    await unmount(pulumi(), ["psra/kv", "psra/database"]);
    expect(asked).toEqual([LOGIN, "DELETE /v1/sys/mounts/psra/kv", DELETION]);
});

test("where the database is gone, its leases are forgotten", async () => {
    answers = [
        [400, '{"errors":["failed to revoke"]}'],
        [204, ""],
    ];
    await unmount(pulumi(), ["psra/database"]);
    expect(asked).toEqual([LOGIN, DELETION, "PUT /v1/sys/leases/revoke-force/psra/database", DELETION]);
});

test("a mount that stays ends the command", async () => {
    answers = [
        [403, "denied"],
        [403, "denied"],
    ];
    await expect(unmount(pulumi(), ["psra/database"])).rejects.toThrow(Failure);
    await unmount(pulumi(), []);
});
