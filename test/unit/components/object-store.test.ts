/** What the rest of the program asks of the kind. */

import { bucketName, bucketPolicy, corsRules } from "../../../components/foundation/object-store/buckets";
import {
    objectStore,
    type ObjectStoreDeclaration,
    type ObjectStoreSpec,
} from "../../../components/foundation/object-store/kind";
import { credentialsFile, usersFile } from "../../../components/foundation/object-store/users";
import { agentConfig } from "../../../components/identity/vault-agent/config";
import { storeSettings } from "../../../model/logins";
import type { Product } from "../../../model/product";
import { isAllowed, reachablePairs } from "../../../model/reachability";
import { resolvePlatform } from "../../../model/resolve";
import { deliveriesOf } from "../../../model/secrets/delivery";
import { configOf, problemsOf, resolve, shop } from "../model/fixtures";

const config = configOf();
const files: ObjectStoreDeclaration = {
    kind: "object-store",
    zones: ["data"],
    buckets: {
        uploads: { clients: ["api", "worker"], presigned: { host: "files.shop" } },
        "month-ends": { clients: ["worker"] },
    },
};
const credentials = { name: "keys", engine: "kv", path: "files/keys", rotation: "manual", perReader: true } as const;
const withFiles = (changes: Partial<ObjectStoreDeclaration> = {}, more: Product["services"] = {}): Product => ({
    ...shop,
    services: {
        worker: shop.services.worker,
        api: shop.services.api,
        web: shop.services.web,
        files: { ...files, ...changes },
        ...more,
    },
    secrets: [{ ...credentials, readers: ["api", "worker"], source: "object-store" }],
});
const platform = resolve([withFiles()], config);
const server = platform.services.find(({ name }) => name === "shop-files")!;
const keys = (product: Product, environment = "test"): string[] =>
    problemsOf(() => resolvePlatform({ environment, config, products: [product] })).map(({ key }) => key);

test("a bucket has its product and its environment in its name", () => {
    expect(server).toMatchObject({ image: "versitygw", ports: { s3: 7070 } });
    expect(server.spec).toEqual({
        buckets: [
            {
                short: "uploads",
                name: "shop-uploads-local",
                clients: ["shop-api", "shop-worker"],
                publicUrl: "https://files.shop.example.com",
            },
            { short: "month-ends", name: "shop-month-ends-local", clients: ["shop-worker"] },
        ],
        origins: ["https://api.shop.example.com", "https://shop.example.com"],
    });
});

test("a stack that leaves out a bucket's clients keeps the bucket, without their keys", () => {
    const few = resolve([withFiles()], configOf({ products: [{ name: "shop", services: ["api"] }] }));
    const { spec } = few.services.find(({ name }) => name === "shop-files")! as typeof server & {
        spec: ObjectStoreSpec;
    };
    expect(spec.buckets.map(({ name, clients }) => [name, clients])).toEqual([
        ["shop-uploads-local", ["shop-api"]],
        ["shop-month-ends-local", []],
    ]);
});

test("its clients reach it in the data zone, the edge in a zone of their own, and nobody else", () => {
    expect(platform.flows.filter(({ to }) => to === "shop-files")).toEqual([
        { from: "shop-worker", to: "shop-files", port: 7070, zone: "shop-db-net" },
        { from: "shop-api", to: "shop-files", port: 7070, zone: "shop-db-net" },
        { from: "edge", to: "shop-files", port: 7070, zone: "shop-files-net" },
    ]);
    const met = platform.services.filter(({ zones }) => zones.includes("shop-files-net")).map(({ name }) => name);
    expect(met.sort()).toEqual(["edge", "shop-files"]);
    expect(platform.zones.find(({ name }) => name === "shop-files-net")).toMatchObject({
        tier: "web",
        subnet: "172.22.241.128/26",
        internal: true,
    });
    const pairs = reachablePairs(platform.services.map(({ name, zones }) => ({ name, networks: zones })));
    expect(pairs.filter(([a, b]) => !isAllowed(platform, a, b))).toEqual([]);
});

test("the edge serves the buckets that are open to presigned URLs, and no other path", () => {
    expect(server.routes).toEqual([
        expect.objectContaining({
            host: "files.shop.example.com",
            path: "/shop-uploads-local",
            port: 7070,
            auth: false,
            encodedCharacters: true,
        }),
    ]);
    const closed = resolve([withFiles({ buckets: { uploads: { clients: ["api", "worker"] } } })], config);
    expect(closed.zones.map(({ name }) => name)).not.toContain("shop-files-net");
    expect(closed.services.find(({ name }) => name === "shop-files")?.routes).toEqual([]);
});

test("a client finds server, buckets and keys as the SDKs of AWS look for them", () => {
    const api = platform.services.find(({ name }) => name === "shop-api")!;
    const deliveries = deliveriesOf(platform.secrets, platform.services, api).filter(({ login }) => login);
    expect(deliveries).toEqual([
        expect.objectContaining({ file: "object-store", path: "shop/kv/data/files/keys/api", from: "credentials" }),
    ]);
    const text = agentConfig({ application: "shop-api", handsToken: false, renderInterval: 300, deliveries });
    expect(text).toContain("{{ with .Data.data.credentials }}{{ . }}{{ end }}");
    expect(storeSettings([{ ...deliveries[0]!.login!, file: "/run/secrets/object-store" }])).toEqual({
        AWS_SHARED_CREDENTIALS_FILE: "/run/secrets/object-store",
        AWS_ENDPOINT_URL_S3: "http://shop-files:7070",
        AWS_REGION: "us-east-1",
        S3_BUCKET_UPLOADS: "shop-uploads-local",
        S3_PUBLIC_URL_UPLOADS: "https://files.shop.example.com",
    });
    const [login] = objectStore.store.logins(server as never);
    expect(objectStore.store.fileText({ ...login!, host: "shop-files", password: "s3cret" })).toBe(
        "[default]\naws_access_key_id = shop-api\naws_secret_access_key = s3cret\n",
    );
    expect(credentialsFile({ access: "a", secret: "b" })).toMatch(/^\[default\]\n/);
});

test("a bucket is open to its clients' keys, for objects, and to nobody for its own settings", () => {
    const policy = bucketPolicy({ name: "b", clients: ["shop-api", "shop-worker"] }) as {
        Statement: { Effect: string; Principal: object; Action: string[]; Resource: string }[];
    };
    expect(policy.Statement.map(({ Resource }) => Resource)).toEqual(["arn:aws:s3:::b", "arn:aws:s3:::b/*"]);
    for (const { Effect, Principal, Action } of policy.Statement) {
        expect([Effect, Principal]).toEqual(["Allow", { AWS: ["shop-api", "shop-worker"] }]);
        expect(Action.filter((one) => /\*|Acl|Policy|CORS|Bucket(?!Location|MultipartUploads|$)/.test(one))).toEqual(
            [],
        );
    }
    expect(bucketPolicy({ name: "b", clients: [] })).toBeUndefined();
});

test("scripts of the product's pages may use presigned URLs, and those of other pages may not", () => {
    expect(corsRules(["https://shop.example.com"])).toContain(
        "<AllowedOrigin>https://shop.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>",
    );
});

test("the server knows strata's key and those of its clients", () => {
    expect(JSON.parse(usersFile("own", [{ access: "shop-api", secret: "s" }]))).toEqual({
        accessAccounts: {
            strata: { access: "strata", secret: "own", role: "admin", userID: 0, groupID: 0, projectID: 0 },
            "shop-api": { access: "shop-api", secret: "s", role: "user", userID: 0, groupID: 0, projectID: 0 },
        },
    });
});

describe("what does not fit is a problem", () => {
    test("a name that S3 cannot have", () => {
        expect(keys(withFiles({ buckets: { "b-": { clients: [] } } }))).toContain("shop/files buckets");
        expect(keys(withFiles({ buckets: { Up: { clients: [] } } }))).toContain("shop/files buckets");
    });

    test("the longest names that a product and a stack can have fit", () => {
        expect(bucketName({ product: "p".repeat(20) }, "b".repeat(20), "e".repeat(20)).length).toBeLessThanOrEqual(63);
        expect(keys(withFiles({ buckets: { ["b".repeat(21)]: { clients: [] } } }))).toContain("shop/files buckets");
    });

    test("a host on which a service serves pages: uploaded files would act for its visitors", () => {
        for (const host of ["shop", "api.shop"]) {
            expect(keys(withFiles({ buckets: { up: { clients: ["api", "worker"], presigned: { host } } } }))).toEqual([
                "shop/files buckets.up.presigned.host",
            ]);
        }
    });

    test("a host of another product", () => {
        const club = {
            ...withFiles({ buckets: { up: { clients: ["api", "worker"], presigned: { host: "shop" } } } }),
            name: "club",
            zones: { web: { subnet: 43 }, app: { subnet: 44 }, data: { subnet: 45, peers: true } },
        };
        const both = configOf({ products: [{ name: "shop" }, { name: "club" }] });
        const found = problemsOf(() =>
            resolvePlatform({ environment: "test", config: both, products: [withFiles(), club] }),
        );
        expect(found.map(({ key }) => key)).toContain("club/files routes[0] host");
    });

    test("a service with two object stores: the SDKs' settings name one", () => {
        const more: ObjectStoreDeclaration = { ...files, buckets: { more: { clients: ["worker"] } } };
        const product = withFiles({}, { more });
        const secrets = [
            { ...credentials, readers: ["api", "worker"], source: "object-store", store: "files" } as const,
            {
                ...credentials,
                name: "more",
                path: "m",
                readers: ["worker"],
                source: "object-store",
                store: "more",
            } as const,
        ];
        expect(keys({ ...product, secrets })).toEqual(["shop/more clients"]);
    });

    test("one secret for several clients: each has a key of its own", () => {
        const { perReader: _, ...shared } = credentials;
        const secrets = [{ ...shared, readers: ["api", "worker"], source: "object-store" } as const];
        expect(keys({ ...withFiles(), secrets })).toEqual(["shop secret keys perReader"]);
    });

    test("an app zone whose meeting zones do not fit", () => {
        const zones = { web: { subnet: 56 }, app: { subnet: 57 }, data: { subnet: 42, peers: true } };
        expect(keys({ ...withFiles(), zones })).toEqual(["shop zone app subnet"]);
    });
});

describe("the number of its data", () => {
    const { command, read } = objectStore.numberedData!;
    const printed = (code: number, stdout: string, stderr = "") => read({ code, stdout, stderr });

    test("is in a text file of the volume", () => {
        expect(command).toEqual(["cat", "/objects/identity"]);
        expect(printed(0, "420d59b7-ec5c-11f1-8ec1-02fc00000001\n")).toBe("420d59b7-ec5c-11f1-8ec1-02fc00000001");
    });

    test("is none in an empty volume, and not known when nobody could look", () => {
        expect(printed(1, "", "cat: can't open '/objects/identity': No such file or directory\n")).toBe("");
        expect(printed(1, "", "cat: /objects/identity: No such file or directory\n")).toBe("");
        expect(printed(0, "")).toBe("");
        expect(printed(1, "", "cat: x: Permission denied\n")).toEqual({ unsure: "cat: x: Permission denied" });
        expect(printed(137, "")).toEqual({ unsure: "cat ended with 137" });
    });
});
