/** Secrets that change while the integration service runs. */

import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fetchToken, tokenSource } from "../../../../services/integration/src/access-token";
import { secretFile } from "../../../../services/integration/src/secret-file";
import { tlsFiles } from "../../../../services/integration/src/temporal-tls";

let folder: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "integration-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function put(name: string, text: string): string {
    const path = join(folder, name);
    // As an agent does it: the new file takes the place of the old one.
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
}

test("a secret is read again when its file has changed, also to one of the same length", () => {
    const path = put("secret", "first\n");
    const secret = secretFile(path);
    expect([secret(), secret()]).toEqual(["first", "first"]);
    put("secret", "other\n");
    expect(secret()).toBe("other");
});

test("a file that is missing or empty is an error that names it", () => {
    expect(secretFile(join(folder, "none"))).toThrow("none");
    expect(secretFile(put("empty", "\n"))).toThrow(/empty is empty$/);
});

test("certificates are the same object until a file changes", () => {
    const files = {
        certificate: put("crt", "a certificate"),
        key: put("key", "a key"),
        authority: put("ca", "an authority"),
    };
    const read = tlsFiles({ ...files, serverName: "temporal" });
    const before = read();
    expect(before?.serverNameOverride).toBe("temporal");
    expect(before?.clientCertPair.key.toString()).toBe("a key");
    expect(read()).toBe(before);
    put("key", "b key");
    expect(read()).not.toBe(before);
    expect(read()?.clientCertPair.key.toString()).toBe("b key");
    expect(tlsFiles(undefined)()).toBeUndefined();
});

describe("a token by client credentials", () => {
    let server: Server;
    let requests: { authorization: string | undefined; body: string }[];
    let answer: { status: number; body: unknown };
    let tokenUrl: string;

    beforeEach(async () => {
        requests = [];
        answer = { status: 200, body: { access_token: "a token", expires_in: 3600 } };
        server = createServer((request, response) => {
            let body = "";
            request.on("data", (part: Buffer) => (body += part.toString()));
            request.on("end", () => {
                requests.push({ authorization: request.headers.authorization, body });
                response.writeHead(answer.status, { connection: "close" }).end(JSON.stringify(answer.body));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
    });

    afterEach(() => new Promise((resolve) => server.close(resolve)));

    const login = () => ({ kind: "client", tokenUrl, clientId: "int", secretFile: put("secret", "s:1") }) as const;

    test("is asked for as the standard says", async () => {
        expect(await fetchToken(login(), "s:1")).toEqual({ token: "a token", life: 3600 });
        expect(requests).toEqual([
            {
                // The secret is encoded before it is joined: it may hold the colon.
                authorization: `Basic ${Buffer.from("int:s%3A1").toString("base64")}`,
                body: "grant_type=client_credentials",
            },
        ]);
    });

    test.each([
        [{ status: 401, body: { error: "s:1 is wrong" } }, "the token server answered 401"],
        [{ status: 200, body: {} }, "the token server's answer has no access_token"],
    ])("an answer of %j is an error without the secret", async (given, message) => {
        answer = given;
        await expect(fetchToken(login(), "s:1")).rejects.toThrow(new Error(message));
    });

    test("is kept, and fetched again before it ends", async () => {
        answer = { status: 200, body: { access_token: "short", expires_in: 1 } };
        const source = tokenSource(login(), () => undefined);
        await source.ready;
        expect(source.current()).toBe("short");
        answer = { status: 200, body: { access_token: "next", expires_in: 3600 } };
        while (requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
        while (source.current() === "short") await new Promise((resolve) => setTimeout(resolve, 10));
        expect(source.current()).toBe("next");
        source.stop();
    });

    test("that cannot be fetched is tried again", async () => {
        answer = { status: 500, body: {} };
        const said: unknown[] = [];
        const source = tokenSource(login(), (level, message, fields) => said.push([level, message, fields]));
        while (said.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        expect(source.current()).toBeUndefined();
        expect(said).toEqual([
            ["warn", "no token for Temporal", { url: tokenUrl, reason: "the token server answered 500" }],
        ]);
        answer = { status: 200, body: { access_token: "late", expires_in: 3600 } };
        await source.ready;
        expect(source.current()).toBe("late");
        source.stop();
    });
});

test("a token from a file, and no login", () => {
    const source = tokenSource({ kind: "token", file: put("token", "one") }, () => undefined);
    expect(source.current()).toBe("one");
    put("token", "two");
    expect(source.current()).toBe("two");
    expect(tokenSource({ kind: "none" }, () => undefined).current()).toBeUndefined();
});
