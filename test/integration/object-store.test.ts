/**
 * A product with an object store on a real engine: an application that reads, writes and presigns, people who use presigned URLs
 * through the edge, and what is left when the data is gone. The parts build on each other and run in this order. What each key may
 * do is tried in `object-store-server.test.ts`.
 *
 * Needs a Docker engine, and root for the network of the containers' processes.
 */

import { OBJECT_DATA } from "../../components/foundation/object-store/data";
import { RENDERED_SECRETS } from "../../components/identity/vault-agent/kind";
import { eventually } from "../support/eventually";
import { fileInside } from "../support/eyes";
import { expectHealthy } from "../support/health";
import { type Answer, ask } from "../support/http";
import { imageOf } from "../support/images";
import { asGuestOf, docker, type Ended } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectCode, expectSuccess, needStart } from "../support/outcome";

jest.setTimeout(600_000);

const ENV = "test-s3";
const SERVER = `${ENV}-orders-files`;
const VOLUME = `${SERVER}-data`;
const WEB = `${ENV}-orders-web`;
const UPLOADS = `orders-uploads-${ENV}`;

const stack = new LiveStack({
    name: ENV,
    addressBase: "10.212",
    port: 32_200,
    config: {
        // As little as shows it: no Keycloak, and one application.
        "strata:products": [{ name: "orders", services: ["web"] }],
        "strata:identity": undefined,
        "strata:vault": { seal: { kind: "local" }, renderInterval: 5 },
        "strata:protectData": true,
    },
});
const FILES = `files.orders.${stack.domain}`;

const FIRST = "up starts the server with its buckets, and the application gets its key";
let first: Ended;
let authority: string;

beforeAll(async () => {
    await stack.removeLeftovers();
    first = await stack.strata("up");
    if (first.code === 0) authority = String((await stack.outputs())["authority"]);
});

needStart(() => first, FIRST);

afterAll(() => stack.remove());

/** Asks the application within its zones. @param text - is sent, if there is one */
async function asks(path: string, text?: string): Promise<string> {
    const send = text === undefined ? [] : [`--post-data=${text}`];
    const { code, stdout, stderr } = await asGuestOf({
        environment: ENV,
        of: WEB,
        image: await imageOf("versitygw"),
        entrypoint: "wget",
        command: ["-q", "-O", "-", ...send, `http://127.0.0.1:3000${path}`],
    });
    return code === 0 ? stdout : stderr;
}

/** A presigned URL of the application, without its origin. */
async function presigned(method: "get" | "put", object: string): Promise<string> {
    const { url } = JSON.parse(await asks(`/presigned/${method}/${object}`)) as { url: string };
    const { host, pathname, search } = new URL(url);
    expect(host).toBe(`${FILES}:${stack.ports.https}`);
    return pathname + search;
}

/** Asks the edge as a browser does. */
function browse(path: string, method = "GET", body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const host = `${FILES}:${stack.ports.https}`;
    const send = { method, headers: { Host: host, ...headers }, ...(body !== undefined && { body }) };
    return ask({ host: FILES, port: stack.ports.https, path, authority, ...send });
}

const number = async (): Promise<string> => (await docker(["exec", SERVER, "cat", OBJECT_DATA.identity])).trim();

test(FIRST, async () => {
    expectSuccess(first);
    await expectHealthy(stack.declared().platform);
    const settings = JSON.parse(await docker(["inspect", "--format", "{{json .Config.Env}}", WEB])) as string[];
    expect(settings).toEqual(
        expect.arrayContaining([
            `AWS_ENDPOINT_URL_S3=http://orders-files:7070`,
            "AWS_REGION=us-east-1",
            `AWS_SHARED_CREDENTIALS_FILE=${RENDERED_SECRETS}/object-store`,
            `S3_BUCKET_UPLOADS=${UPLOADS}`,
            `S3_PUBLIC_URL_UPLOADS=https://${FILES}:${stack.ports.https}`,
        ]),
    );
    const keys = (await fileInside(WEB, `${RENDERED_SECRETS}/object-store`)) ?? "";
    expect(keys).toMatch(/^\[default\]\naws_access_key_id = orders-web\naws_secret_access_key = \w{40}\n$/);
    expectSuccess(await stack.gate());
});

test("an application writes and reads with its key, and only within its zones", async () => {
    await asks("/objects/uploads/notes/one.txt", "first");
    expect(await asks("/objects/uploads/notes/one.txt")).toBe("first");
    expect(await asks("/readyz")).toContain('"object-store": {\n    "status": "ok"');
    const host = `orders.${stack.domain}`;
    const outside = { host, port: stack.ports.https, path: "/objects/uploads/notes/one.txt", authority };
    expect((await ask(outside)).status).toBe(403);
});

test("a person sends and fetches files with presigned URLs through the edge", async () => {
    const up = await browse(await presigned("put", "uploads/scan%201.txt"), "PUT", "scanned");
    expect([up.status, up.body]).toEqual([200, ""]);
    expect((await browse(await presigned("get", "uploads/scan%201.txt"))).body).toBe("scanned");
    const origin = `https://orders.${stack.domain}:${stack.ports.https}`;
    const asked = { Origin: origin, "Access-Control-Request-Method": "PUT" };
    const preflight = await browse(`/${UPLOADS}/scan.txt`, "OPTIONS", undefined, asked);
    expect(preflight.headers["access-control-allow-origin"]).toBe(origin);
});

test("nobody gets anything through the edge without a signature for it", async () => {
    expect((await browse(`/${UPLOADS}/notes/one.txt`)).status).toBe(403);
    expect((await browse(`/${UPLOADS}/notes/one.txt`, "PUT", "x")).status).toBe(403);
    expect((await browse(`/${UPLOADS}`)).status).toBe(403);
    const signed = await presigned("get", "uploads/notes/one.txt");
    expect((await browse(signed)).body).toBe("first");
    expect((await browse(signed.replace("one.txt", "scan%201.txt"))).status).toBe(403);
    expect((await browse(signed.replace(UPLOADS, `orders-exports-${ENV}`))).status).toBe(403);
    expect((await browse(signed, "DELETE")).status).toBe(403);
    // Nothing else of the server is served: neither its list of buckets, nor its health, nor a bucket that is not open.
    for (const path of ["/", "/health", `/${UPLOADS}x/one.txt`, "/orders-other/one.txt", "/list-users"]) {
        expect([path, (await browse(path)).status]).toEqual([path, 404]);
    }
});

test("the edge meets the server and nothing else of the data zone", async () => {
    expectSuccess(await stack.strata("verify"));
});

test("a new container finds buckets and objects", async () => {
    const before = await number();
    await docker(["rm", "--force", SERVER]);
    expectSuccess(await stack.strata("up"));
    expect(await number()).toBe(before);
    expect(await asks("/objects/uploads/notes/one.txt")).toBe("first");
});

test("a lost volume is refused, and once that is accepted one up makes buckets and keys again", async () => {
    const before = await number();
    await docker(["rm", "--force", SERVER, `${SERVER}-owner`]);
    await docker(["volume", "rm", VOLUME]);
    const refused = await stack.strata("up");
    expectCode(refused, 2);
    expect(refused.stdout + refused.stderr).toContain(`${VOLUME} (orders-files`);

    expectSuccess(await stack.strata("up", "--accept-data-loss", VOLUME));
    await expectHealthy(stack.declared().platform);
    expect(await number()).not.toBe(before);
    await eventually("the application writes again", async () => {
        await asks("/objects/uploads/notes/two.txt", "second");
        return (await asks("/objects/uploads/notes/two.txt")) === "second";
    });
    expect((await stack.strata("up")).stdout).toMatch(/\n0 changes, /);
});

test("data that was begun anew in the same volume is not taken for the same", async () => {
    const other = "cat /proc/sys/kernel/random/uuid > $0";
    await docker(["exec", SERVER, "sh", "-c", other, OBJECT_DATA.identity]);
    const refused = await stack.strata("up");
    expectCode(refused, 2);
    expect(refused.stdout + refused.stderr).toContain(`${VOLUME} holds other data than the state knows`);
});
