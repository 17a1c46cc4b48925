/** The script that binds a realm's login flows, against a server that does what it is told to. */

import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { FLOW_BINDINGS } from "../../../model/identity/login-flows";

const SCRIPT = join(__dirname, "../../../components/identity/keycloak/bind-flows.mjs");
const BUILT_IN = { ...FLOW_BINDINGS, browserFlow: "browser", directGrantFlow: "direct grant" };

let server: Server;
let url: string;
let realm: Record<string, unknown>;
let takesChanges: boolean;
let letsIn: boolean;
let asked: string[];

beforeAll(async () => {
    server = createServer((request, response) => {
        void text(request).then((body) => {
            const answer = (status: number, value: unknown): void =>
                void response.writeHead(status).end(JSON.stringify(value));
            if (request.method === "POST") return letsIn ? answer(200, { access_token: "t" }) : answer(401, {});
            asked.push(`${request.method} ${request.url}`);
            if (request.method === "PUT") {
                if (takesChanges) realm = { ...realm, ...(JSON.parse(body) as object) };
                return answer(204, {});
            }
            answer(200, realm);
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
    realm = { realm: "sevensa", displayName: "kept", ...BUILT_IN };
    takesChanges = true;
    letsIn = true;
    asked = [];
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

function bind(): Promise<{ code: number; stdout: string; stderr: string }> {
    const login = { clientId: "strata-provisioner", secret: "a secret" };
    return new Promise((resolve) => {
        const child = execFile(process.execPath, [SCRIPT], (error, stdout, stderr) =>
            resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
        child.stdin?.end(JSON.stringify({ url, realm: "sevensa", login, bindings: FLOW_BINDINGS }));
    });
}

test("binds what is bound to the built-in flows, changes nothing else, and reads it back", async () => {
    expect(await bind()).toEqual({ code: 0, stdout: "bound\n", stderr: "" });
    expect(realm).toEqual({ realm: "sevensa", displayName: "kept", ...FLOW_BINDINGS });
    expect(asked).toEqual(["GET /admin/realms/sevensa", "PUT /admin/realms/sevensa", "GET /admin/realms/sevensa"]);
});

test("changes nothing of a realm that is bound", async () => {
    realm = { ...realm, ...FLOW_BINDINGS };
    expect((await bind()).code).toBe(0);
    expect(asked.filter((it) => it.startsWith("PUT"))).toEqual([]);
});

test("fails when the realm is not bound afterwards, and says what that means", async () => {
    takesChanges = false;
    const { code, stderr } = await bind();
    expect(code).toBe(1);
    expect(stderr).toContain('browserFlow is "browser"');
    expect(stderr).toContain("Logins may be without a second factor: run up with --refresh");
});

test("fails without its login, and prints no secret", async () => {
    letsIn = false;
    const { code, stdout, stderr } = await bind();
    expect(code).toBe(1);
    expect(stderr).toContain("strata-provisioner is not let in");
    expect(stdout + stderr).not.toContain("a secret");
});
