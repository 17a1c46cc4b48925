/**
 * The script that brings an object store to its buckets, against a server that does what it is told to. Cannot show what a
 * real server thinks of the signatures and policies: `test/integration/object-store.test.ts` does.
 */

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

const FOLDER = join(__dirname, "../../../components/foundation/object-store");
const IDENTITY = "420d59b7-ec5c-11f1-8ec1-02fc00000001";

/** Stands for `docker exec -i <container> <program>`: a way into the server's container. */
const DOCKER = `#!${process.execPath}
const [exec, i, container, program, ...args] = process.argv.slice(2);
if (container !== "test-shop-files") process.exit(1);
if (program === "cat") process.stdout.write("${IDENTITY}\\n");
else {
    const socket = require("node:net").connect(Number(args[1]), args[0]);
    process.stdin.pipe(socket).pipe(process.stdout);
    socket.on("close", () => process.exit());
}
`;

let folder: string;
let server: Server;
let buckets: Map<string, Record<string, string>>;
let asked: string[];
let refuses: string | undefined;

beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "strata-docker-"));
    writeFileSync(join(folder, "docker"), DOCKER, { mode: 0o755 });
    server = createServer((request, response) => {
        void text(request).then((body) => {
            const { method, url = "" } = request;
            asked.push(`${method} ${url}`);
            if (url === refuses) {
                response.writeHead(403).end("<Error><Code>AccessDenied</Code><Key>a secret</Key></Error>");
                return;
            }
            const [, name = "", part] = /^\/([^?]*)(?:\?(.*))?$/.exec(url) ?? [];
            if (method === "PUT" && part === undefined) buckets.set(name, {});
            if (method === "PUT" && part !== undefined) buckets.get(name)![part] = body;
            if (method === "DELETE") delete buckets.get(name)![part!];
            const list = [...buckets.keys()].map((one) => `<Bucket><Name>${one}</Name></Bucket>`);
            response.writeHead(method === "DELETE" ? 204 : 200).end(name === "" ? list.join("") : "");
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

beforeEach(() => {
    buckets = new Map();
    asked = [];
    refuses = undefined;
});

afterAll(async () => {
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => server.close(resolve));
});

function apply(declared: readonly object[], container = "test-shop-files") {
    const { port } = server.address() as AddressInfo;
    const key = { access: "strata", secret: "a secret" };
    const input = { container, port, region: "us-east-1", key, identity: "/objects/identity", buckets: declared };
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}` };
        const child = execFile(process.execPath, [join(FOLDER, "apply.mjs")], { env }, (error, stdout, stderr) =>
            resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
        );
        child.stdin?.end(JSON.stringify(input));
    });
}

const POLICY = { Version: "2012-10-17", Statement: [] };

test("creates what is missing, sets who may do what, and prints the number of the data", async () => {
    const declared = [{ name: "shop-up-test", policy: POLICY, cors: "<CORS/>" }, { name: "shop-in-test" }];
    expect(await apply(declared)).toEqual({ code: 0, stdout: `identity=${IDENTITY}\n`, stderr: "" });
    expect(Object.fromEntries(buckets)).toEqual({
        "shop-up-test": { policy: JSON.stringify(POLICY), cors: "<CORS/>" },
        "shop-in-test": {},
    });
});

test("sets again what a hand has changed, and creates nothing twice", async () => {
    buckets.set("shop-up-test", { policy: "open", cors: "all" });
    expect((await apply([{ name: "shop-up-test", policy: POLICY }])).code).toBe(0);
    expect(Object.fromEntries(buckets)).toEqual({ "shop-up-test": { policy: JSON.stringify(POLICY) } });
    expect(asked).not.toContain("PUT /shop-up-test");
});

test("closes a bucket that is not declared any more, and leaves its objects", async () => {
    buckets.set("shop-old-test", { policy: JSON.stringify(POLICY) });
    expect((await apply([])).code).toBe(0);
    expect(Object.fromEntries(buckets)).toEqual({ "shop-old-test": {} });
});

test("fails with what the server said, and without any secret", async () => {
    refuses = "/shop-up-test?policy";
    const { code, stdout, stderr } = await apply([{ name: "shop-up-test", policy: POLICY }]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("test-shop-files: PUT /shop-up-test?policy was answered 403: AccessDenied\n");
    expect((await apply([], "test-other")).stderr).toContain("docker exec test-other nc ended with 1");
});

test("signs as S3's documentation does", () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Bucket Lifecycle"
    const request = {
        method: "GET",
        host: "examplebucket.s3.amazonaws.com",
        target: "/?lifecycle",
        body: "",
        key: { access: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY" },
        region: "us-east-1",
    };
    const program = `import { signedHeaders } from ${JSON.stringify(join(FOLDER, "signed-request.mjs"))};
        const request = ${JSON.stringify(request)};
        console.log(signedHeaders({ ...request, at: new Date("2013-05-24T00:00:00Z") }).authorization);`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
    expect(printed).toContain("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543\n");
});
