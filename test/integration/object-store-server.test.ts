/**
 * The object store's own container without the rest: what each key may do with each bucket, and what nobody may. The container is
 * started as a stack starts it, and the script of the program brings it to its buckets. Needs a Docker engine.
 */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { bucketPolicy, corsRules } from "../../components/foundation/object-store/buckets";
import { OBJECT_DATA } from "../../components/foundation/object-store/data";
import { objectStore, OBJECT_STORE_PORT, REGION } from "../../components/foundation/object-store/kind";
import { serverStart } from "../../components/foundation/object-store/start";
import { type AccessKey, STRATA_KEY, usersFile } from "../../components/foundation/object-store/users";
import { LABEL } from "../../model/names";
import { eventually } from "../support/eventually";
import { type Answer, ask } from "../support/http";
import { imageOf } from "../support/images";
import { docker, type Ended, networkOf, removeLabelled, run } from "../support/live-engine";
import { expectCode, expectSuccess } from "../support/outcome";
import { codeIn, presigned, type Signed } from "../support/s3-client";

jest.setTimeout(300_000);

const ENV = "test-s3-server";
const SERVER = `${ENV}-shop-files`;
const PORT = 32_210;
const ORIGIN = "https://shop.example.com";
const USER = "23456:23456";

const key = (access: string): AccessKey => ({ access, secret: `${access}-secret-of-this-test` });
const STRATA = key(STRATA_KEY);
const WEB = key("shop-web");
const WORKER = key("shop-worker");
const UPLOADS = { name: "shop-uploads-test", clients: [WEB.access, WORKER.access] };
const INNER = { name: "shop-inner-test", clients: [WORKER.access] };

/** A policy that opens a bucket to everybody. */
const OPEN = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
        { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${UPLOADS.name}/*` },
    ],
});

let folder: string;

/** Starts the container as `Service` does, with these clients. */
async function start(clients: readonly AccessKey[]): Promise<void> {
    const { entrypoint, command, files } = serverStart(usersFile(STRATA.secret, clients));
    for (const { path, content } of files) {
        mkdirSync(dirname(join(folder, path)), { recursive: true, mode: 0o755 });
        writeFileSync(join(folder, path), content as string, { mode: 0o444 });
    }
    const [program, ...args] = entrypoint;
    await docker([
        ...["run", "--detach", `--label=${LABEL.environment}=${ENV}`, `--name=${SERVER}`, "--init"],
        ...[`--user=${USER}`, "--cap-drop=ALL", "--security-opt=no-new-privileges:true", "--read-only"],
        ...[`--tmpfs=/tmp:uid=23456,gid=23456`, `--network=${ENV}`, `--publish=127.0.0.1:${PORT}:${OBJECT_STORE_PORT}`],
        ...[`--volume=${ENV}-data:${OBJECT_DATA.volume}`, `--volume=${folder}:/etc/strata:ro`, "--memory=256m"],
        ...[`--entrypoint=${program!}`, await imageOf("versitygw"), ...args, ...command],
    ]);
    const { test } = objectStore.probe(
        { image: "versitygw", ports: {}, spec: { buckets: [], origins: [] } },
        {} as never,
    );
    await eventually("the server is healthy", async () => {
        return (await run("docker", ["exec", SERVER, "/bin/sh", "-c", test[1]!])).code === 0;
    });
}

/** Runs the script of the program. */
function apply(buckets: readonly { name: string; clients: string[] }[], cors?: string): Promise<Ended> {
    const declared = buckets.map((bucket) => ({ name: bucket.name, policy: bucketPolicy(bucket), cors }));
    const settings = { container: SERVER, port: OBJECT_STORE_PORT, region: REGION, identity: OBJECT_DATA.identity };
    return run("node", ["components/foundation/object-store/apply.mjs"], {
        input: JSON.stringify({ ...settings, key: STRATA, buckets: declared }),
    });
}

beforeAll(async () => {
    await removeLabelled(ENV);
    folder = mkdtempSync(join(tmpdir(), "strata-objects-"));
    chmodSync(folder, 0o755);
    await networkOf(ENV);
    await docker(["volume", "create", `--label=${LABEL.environment}=${ENV}`, `${ENV}-data`]);
    const owned = [`--volume=${ENV}-data:${OBJECT_DATA.volume}`, "--user=0:0", "--network=none", "--entrypoint=chown"];
    await docker(["run", "--rm", ...owned, await imageOf("versitygw"), USER, OBJECT_DATA.volume]);
    await start([WEB, WORKER]);
    expectSuccess(await apply([UPLOADS, INNER], corsRules([ORIGIN])));
});

afterAll(async () => {
    await removeLabelled(ENV);
    rmSync(folder, { recursive: true, force: true });
});

const HOST = `127.0.0.1:${PORT}`;

/** Sends a request as it is: nothing of the path is tidied up. */
function send(path: string, method = "GET", body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    return ask({ host: HOST, port: PORT, path, method, headers, ...(body !== undefined && { body }) });
}

/** Sends a signed request. */
function as(who: AccessKey, method: string, path: string, body?: string, more: Partial<Signed> = {}): Promise<Answer> {
    return send(presigned({ method, host: HOST, path: `/${path}`, key: who, ...more }), method, body);
}

/** `ok`, or the code of S3's error. */
async function said(
    who: AccessKey,
    method: string,
    path: string,
    body?: string,
    more?: Partial<Signed>,
): Promise<string> {
    const answer = await as(who, method, path, body, more);
    return answer.status < 300 ? "ok" : codeIn(answer.body) || String(answer.status);
}

test("a client reads, lists, writes and deletes objects of its buckets, and of no others", async () => {
    const allowed: Record<string, string[]> = {};
    for (const who of [WEB, WORKER]) {
        for (const { name } of [UPLOADS, INNER]) {
            const path = `${name}/${who.access}.txt`;
            allowed[`${who.access} ${name}`] = [
                await said(who, "PUT", path, "text"),
                await said(who, "GET", path),
                await said(who, "GET", name, undefined, { query: { "list-type": "2" } }),
                await said(who, "DELETE", path),
            ];
        }
    }
    expect(allowed).toEqual({
        "shop-web shop-uploads-test": ["ok", "ok", "ok", "ok"],
        "shop-web shop-inner-test": ["AccessDenied", "AccessDenied", "AccessDenied", "AccessDenied"],
        "shop-worker shop-uploads-test": ["ok", "ok", "ok", "ok"],
        "shop-worker shop-inner-test": ["ok", "ok", "ok", "ok"],
    });
});

test("a request without a signature, or with a wrong one, is refused", async () => {
    const path = `${UPLOADS.name}/signed.txt`;
    expect(await said(WEB, "PUT", path, "text", {})).toBe("ok");
    for (const method of ["GET", "PUT", "DELETE", "HEAD"]) {
        expect([method, (await send(`/${path}`, method)).status]).toEqual([method, 403]);
    }
    expect((await send(`/${UPLOADS.name}`)).status).toBe(403);
    expect((await send("/")).status).toBe(403);
    expect(await said({ ...WEB, secret: "another" }, "GET", path)).toBe("SignatureDoesNotMatch");
    expect(await said(key("shop-stranger"), "GET", path)).toBe("InvalidAccessKeyId");
    const hour = 3600 * 1000;
    expect(await said(WEB, "GET", path, undefined, { at: new Date(Date.now() - hour), expires: 60 })).toBe(
        "AccessDenied",
    );
    // A URL is for one method, one object and one host.
    const target = presigned({ method: "GET", host: HOST, path: `/${path}`, key: WEB });
    expect((await send(target)).body).toBe("text");
    expect((await send(target, "PUT", "other")).status).toBe(403);
    expect((await send(target.replace("signed.txt", "other.txt"))).status).toBe(403);
    expect((await send(target, "GET", undefined, { Host: `localhost:${PORT}` })).status).toBe(403);
});

test("no spelling of a key leads out of its bucket", async () => {
    expect(await said(WORKER, "PUT", `${INNER.name}/secret.txt`, "inner")).toBe("ok");
    for (const out of [
        `../${INNER.name}/secret.txt`,
        `%2e%2e/${INNER.name}/secret.txt`,
        `..%2f${INNER.name}%2fsecret.txt`,
        `%2e%2e%2f${INNER.name}%2fsecret.txt`,
        `a/%2e%2e/%2e%2e/${INNER.name}/secret.txt`,
        "..%2f..%2fidentity",
    ]) {
        const ways = ["GET", "PUT"].flatMap((method) =>
            [out, decodeURIComponent(out)].map((read) => ({ method, read })),
        );
        for (const { method, read } of ways) {
            const body = method === "PUT" ? "overwritten" : undefined;
            const answer = await as(WEB, method, `${UPLOADS.name}/${out}`, body, { read: `/${UPLOADS.name}/${read}` });
            expect([method, out, answer.body]).not.toEqual([method, out, "inner"]);
            expect([method, out, answer.status >= 400]).toEqual([method, out, true]);
        }
    }
    expect((await as(WORKER, "GET", `${INNER.name}/secret.txt`)).body).toBe("inner");
});

test("no client changes who may do what, opens an object, or makes or removes a bucket", async () => {
    const { name } = UPLOADS;
    for (const part of ["policy", "acl", "cors", "ownershipControls", "versioning", "tagging"]) {
        expect([part, await said(WEB, "PUT", name, OPEN, { query: { [part]: "" } })]).not.toEqual([part, "ok"]);
        expect([part, await said(WEB, "DELETE", name, undefined, { query: { [part]: "" } })]).not.toEqual([part, "ok"]);
    }
    expect(await said(WEB, "PUT", "shop-more-test")).toBe("AccessDenied");
    expect(await said(WORKER, "DELETE", INNER.name)).toBe("AccessDenied");
    const target = presigned({ method: "PUT", host: HOST, path: `/${name}/public.txt`, key: WEB });
    await send(target, "PUT", "text", { "x-amz-acl": "public-read" });
    expect((await send(`/${name}/public.txt`)).status).toBe(403);
    expect(await said(WEB, "GET", "")).toBe("ok");
    expect((await as(WEB, "GET", "")).body).not.toContain("<Name>");
});

test("a large file goes up in parts", async () => {
    const path = `${UPLOADS.name}/large.bin`;
    const begun = await as(WEB, "POST", path, "", { query: { uploads: "" } });
    const uploadId = /<UploadId>(.+)<\/UploadId>/.exec(begun.body)![1]!;
    const parts = ["a".repeat(5 * 1024 ** 2), "b"];
    const sums: string[] = [];
    for (const [index, part] of parts.entries()) {
        const query = { partNumber: String(index + 1), uploadId };
        sums.push((await as(WEB, "PUT", path, part, { query })).headers["etag"] as string);
    }
    const list = sums.map((sum, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${sum}</ETag></Part>`);
    const whole = `<CompleteMultipartUpload>${list.join("")}</CompleteMultipartUpload>`;
    expect(await said(WEB, "POST", path, whole, { query: { uploadId } })).toBe("ok");
    expect((await as(WEB, "GET", path)).body.length).toBe(5 * 1024 ** 2 + 1);
});

test("scripts of the product's pages may send what is presigned, and those of other pages may not", async () => {
    const preflight = async (origin: string): Promise<[status: number, allowed: unknown]> => {
        const asks = {
            Origin: origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type",
        };
        const { status, headers } = await send(`/${UPLOADS.name}/new.txt`, "OPTIONS", undefined, asks);
        return [status, headers["access-control-allow-origin"]];
    };
    expect(await preflight(ORIGIN)).toEqual([200, ORIGIN]);
    expect((await preflight("https://evil.example.com"))[1]).toBeUndefined();
});

test("the interface for administration is on no port that others reach, and nothing secret is in the container's settings", async () => {
    for (const path of ["list-users", "create-user", "list-buckets"]) {
        expect([path, (await as(STRATA, "PATCH", path)).status >= 400]).toEqual([path, true]);
    }
    const listening = await docker(["exec", SERVER, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6"]);
    const ports = [...listening.matchAll(/: ([0-9A-F]+):([0-9A-F]{4}) [0-9A-F]+:0000 0A/g)].map(
        ([, address, port]) => `${/^0+$/.test(address!) ? "all" : address!} ${parseInt(port!, 16)}`,
    );
    expect(ports.filter((one) => one.startsWith("all"))).toEqual(["all 7070"]);
    const settings = await docker(["inspect", SERVER]);
    expect(settings).not.toContain("secret-of-this-test");
    expect(settings).not.toContain("ROOT_SECRET_KEY");
    expect(await docker(["logs", SERVER])).not.toContain("X-Amz-Signature");
});

test("the script sets again what a hand has changed, and closes what is no longer declared", async () => {
    const path = `${UPLOADS.name}/signed.txt`;
    expect(await said(STRATA, "PUT", UPLOADS.name, OPEN, { query: { policy: "" } })).toBe("ok");
    // The positive control: the tests would notice an open bucket.
    expect((await send(`/${path}`)).body).toBe("text");

    const first = await apply([UPLOADS]);
    expectSuccess(first);
    expect((await send(`/${path}`)).status).toBe(403);
    expect(await said(WEB, "GET", path)).toBe("ok");
    expect(await said(WORKER, "GET", `${INNER.name}/secret.txt`)).toBe("AccessDenied");
    expect(await said(STRATA, "GET", `${INNER.name}/secret.txt`)).toBe("ok");

    const again = await apply([UPLOADS, INNER]);
    expectSuccess(again);
    expect([again.stdout, await said(WORKER, "GET", `${INNER.name}/secret.txt`)]).toEqual([first.stdout, "ok"]);
});

test("a new container finds the data and its number, and does not know a key that was taken out", async () => {
    const { stdout: number } = await apply([UPLOADS, INNER]);
    await docker(["rm", "--force", SERVER]);
    await start([WORKER]);
    expect((await apply([{ ...UPLOADS, clients: [WORKER.access] }, INNER])).stdout).toBe(number);
    expect(await said(WORKER, "GET", `${UPLOADS.name}/signed.txt`)).toBe("ok");
    expect(await said(WEB, "GET", `${UPLOADS.name}/signed.txt`)).toBe("InvalidAccessKeyId");
});

test("the script ends with an error that names what the server refused", async () => {
    const refused = await apply([{ name: "shop-uploads-test", clients: ["shop-nobody"] }]);
    expectCode(refused, 1);
    expect(refused.stderr).toContain("PUT /shop-uploads-test?policy was answered 400: MalformedPolicy");
});
