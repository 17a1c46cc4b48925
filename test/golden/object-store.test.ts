/** A product with an object store: what the program makes of it, and that this breaks no rule. */

import { judgeProgram } from "../support/policy";
import { collectProgram, type Program, type Registered, Secret } from "../support/program";
import { CONTAINER, VOLUME } from "../support/stack";

let program: Program;
beforeAll(async () => {
    const config = { "strata:products": [{ name: "orders" }], "strata:identity": {}, "strata:protectData": true };
    program = await collectProgram("local", { config });
});

function made(type: string, name: string): Registered {
    return program.resources.find((one) => one.type === type && one.name === name)!;
}

test("breaks no rule", async () => {
    expect(await judgeProgram(program)).toEqual({});
});

test("the server runs as a user of its own on a volume that is kept, and nothing secret is in its settings", () => {
    const { inputs } = made(CONTAINER, "orders-files-container");
    expect(inputs).toMatchObject({
        entrypoints: ["/bin/sh", "/etc/strata/start.sh"],
        envs: ["GOMEMLIMIT=192MiB"],
        user: expect.stringMatching(/^[2-5]\d{4}:/) as string,
        readOnly: true,
    });
    expect(inputs["networksAdvanced"]).toHaveLength(2);
    expect(made(VOLUME, "orders-files-data").options.protect).toBe(true);
});

test("its keys reach it in a file that is secret", () => {
    const uploads = made(CONTAINER, "orders-files-writer").inputs["uploads"];
    const all = uploads instanceof Secret ? (uploads.value as object[]) : (uploads as object[]);
    const users = all.find((upload) => JSON.stringify(upload).includes("users.json"))!;
    const content = (users as { content: unknown }).content;
    expect(content instanceof Secret || uploads instanceof Secret).toBe(true);
});

test("the buckets are applied again when the server has another container", () => {
    const { inputs, parent } = made("command:local:Command", "orders-files-buckets");
    expect(parent).toContain("strata:foundation:ObjectStore::orders-files");
    expect(inputs).toMatchObject({ create: "node components/foundation/object-store/apply.mjs", logging: "none" });
    const { triggers, stdin } = inputs as { triggers: unknown[]; stdin: Secret };
    expect(triggers).toHaveLength(1);
    const { buckets, key } = JSON.parse(stdin.value as string) as {
        buckets: { name: string; policy: object; cors?: string }[];
        key: { access: string };
    };
    expect(key.access).toBe("strata");
    expect(buckets.map(({ name }) => name)).toEqual(["orders-uploads-local", "orders-exports-local"]);
    expect(JSON.stringify(buckets[0]!.policy)).toContain('{"AWS":["orders-web","orders-worker"]}');
    expect(buckets[0]!.cors).toContain("<AllowedOrigin>https://orders.strata.localhost");
});

test("Vault holds each client's own key, and the client is told where its file is", () => {
    const secret = made("vault:generic/secret:Secret", "orders/kv/storage/keys/web").inputs["dataJson"] as Secret;
    expect(JSON.parse(secret.value as string)).toEqual({
        credentials: expect.stringMatching(/^\[default\]\naws_access_key_id = orders-web\n/) as string,
    });
    const { envs } = made(CONTAINER, "orders-web-container").inputs as { envs: string[] };
    expect(envs).toEqual(
        expect.arrayContaining([
            "AWS_SHARED_CREDENTIALS_FILE=/run/secrets/object-store",
            "AWS_ENDPOINT_URL_S3=http://orders-files:7070",
            "S3_BUCKET_EXPORTS=orders-exports-local",
        ]),
    );
});
