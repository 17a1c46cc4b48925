/** An update that ends at the gate before what is inside Vault: what is said, and what the gate's program itself does. */

import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { waitedForOperators } from "../../../cli/pulumi/operators";
import { operatorsLines } from "../../../components/identity/vault-configuration/operators-gate";

const SCRIPT = join(__dirname, "..", "..", "..", "components", "identity", "vault-configuration", "ask-login.mjs");
const { sealed, closed } = operatorsLines({ environment: "production", server: "vault" });

const GATE = "urn:pulumi:x::strata::strata:identity:VaultConfiguration$command:local:Command::vault-operators";

/** @param more - what else happened. @default the gate failed and nothing else */
function waited(
    errors: readonly string[],
    { failed = [GATE], policyViolated = false }: { failed?: readonly string[]; policyViolated?: boolean } = {},
): ReturnType<typeof waitedForOperators> {
    const resources = failed.map((urn) => ({ urn, label: urn, container: undefined }));
    return waitedForOperators({ errors: [...errors], failed: resources, policyViolated });
}

describe("what up says", () => {
    const wrapped = (lines: readonly string[]) =>
        `vault-operators: exit status 1: running "node ask-login.mjs":\n${lines.join("\n")}\n`;

    test("of a sealed Vault: the lines of docs/vault.md, and that the same command goes on", () => {
        expect(waited([wrapped(sealed)])).toMatchObject({
            message: "Vault waits for its operators: it is sealed. What was built stays. Open it:",
            next: expect.stringMatching(/^run the same command again/) as string,
            exitCode: 2,
            details: [
                "  docker exec production-vault cat /vault/file/seal/init.json",
                "  echo <share> | base64 -d | gpg -dq",
                "  docker exec -it production-vault vault operator unseal",
                "and after the first opening, once:",
                "  docker exec -it production-vault sh -c 'vault login -no-print && sh /etc/strata/provision.sh'",
            ],
        });
    });

    test("of other errors: those, too", () => {
        const failure = waited(["psra-web: deprecated", wrapped(closed)]);
        expect(failure?.message).toContain("it is open and does not let the program in");
        expect(failure?.details).toContain("  psra-web: deprecated");
    });

    test("of an update in which something else failed, or which a policy refuses: nothing, it is broken", () => {
        expect(waited([wrapped(sealed)], { failed: [GATE, "urn:pulumi:x::strata::t::psra-web"] })).toBeUndefined();
        expect(waited([wrapped(sealed)], { policyViolated: true })).toBeUndefined();
    });

    test.each([
        ["another resource", ["vault-container: it is sealed"]],
        ["a gate that got no answer", ["vault-operators: exit status 1\nVault does not answer at http://127.0.0.1:1"]],
        ["another text of the gate's words", ["psra-web: Vault waits for its operators"]],
    ])("of %s: nothing", (_, errors) => {
        expect(waited(errors)).toBeUndefined();
    });

    test("of OpenBao: its own program and path", () => {
        const bao = operatorsLines({ environment: "x", server: "openbao" }).sealed.join("\n");
        expect(bao).toContain("docker exec -it x-vault bao operator unseal");
        expect(bao).toContain("/openbao/file/seal/init.json");
    });
});

describe("the gate", () => {
    let server: Server;
    let statuses: number[];
    let bodies: string[];
    beforeEach(async () => {
        bodies = [];
        server = createServer((request, response) => {
            let body = "";
            request.on("data", (chunk) => (body += String(chunk)));
            request.on("end", () => {
                bodies.push(`${request.method} ${request.url} ${body}`);
                response.writeHead((statuses.length > 1 ? statuses.shift() : statuses[0])!).end("{}");
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    function run(): Promise<{ readonly code: number; readonly stderr: string; readonly stdout: string }> {
        const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/auth/approle/login`;
        const input = { url, login: { role_id: "provisioner", secret_id: "s3cret" }, server: "c1", sealed, closed };
        return new Promise((resolve) => {
            const child = execFile(process.execPath, [SCRIPT], (error, stdout, stderr) =>
                resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
            );
            child.stdin?.end(JSON.stringify(input));
        });
    }

    test.each([
        ["lets the program in", [200], 0, ""],
        ["is sealed", [503], 1, `${sealed.join("\n")}\n`],
        ["knows nobody yet", [400], 1, `${closed.join("\n")}\n`],
        ["has not the login yet", [403], 1, `${closed.join("\n")}\n`],
        ["is not behind the edge at first", [502, 200], 0, ""],
    ])("asks for the program's login; a Vault that %s", async (_, answers, code, stderr) => {
        statuses = [...answers];
        expect(await run()).toEqual({ code, stderr, stdout: "" });
        expect(bodies[0]).toBe('PUT /v1/auth/approle/login {"role_id":"provisioner","secret_id":"s3cret"}');
    });
});
