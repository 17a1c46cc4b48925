/** What the rest of the program asks of the kind. */

import { databaseName, databaseUser } from "../../../components/foundation/databases";
import { LEASES } from "../../../components/foundation/mariadb/leases";
import { mariadb } from "../../../components/foundation/mariadb/kind";
import { clientRole } from "../../../components/foundation/mariadb/names";
import { agentConfig } from "../../../components/identity/vault-agent/config";
import { storeSettings } from "../../../model/logins";
import type { Product } from "../../../model/product";
import { resolvePlatform } from "../../../model/resolve";
import { deliveriesOf } from "../../../model/secrets/delivery";
import { configOf, problemsOf, resolve, shop } from "../model/fixtures";

const config = configOf();
const blog = (database: string, ...more: Product["secrets"] & object): Product => ({
    ...shop,
    services: {
        api: { ...shop.services.api, calls: [] },
        mariadb: { kind: "mariadb", zones: ["data"], databases: { [database]: { clients: ["api"] } } },
    },
    secrets: [{ name: "login", engine: "database", path: database, rotation: "lease", readers: ["api"] }, ...more],
});
const platform = resolve([blog("blog-posts")], config);
const server = platform.services.find(({ name }) => name === "shop-mariadb")!;
const api = platform.services.find(({ name }) => name === "shop-api")!;

test("a database has the environment's name in its own, and a user for its clients", () => {
    expect(server).toMatchObject({
        image: "mariadb",
        ports: { sql: 3306 },
        spec: { databases: [{ name: "blog_posts_local", user: "blog_posts", clients: ["shop-api"] }] },
    });
    expect(platform.users?.["shop-mariadb"]).toBeUndefined();
});

test("its clients and Vault reach it, and nobody else", () => {
    expect(platform.flows.filter(({ to }) => to === "shop-mariadb")).toEqual([
        { from: "shop-api", to: "shop-mariadb", port: 3306, zone: "shop-db-net" },
        { from: "vault", to: "shop-mariadb", port: 3306, zone: "shop-vault-net" },
    ]);
});

test("a client is told where the URL with its leased login is", () => {
    const deliveries = deliveriesOf(platform.secrets, platform.services, api);
    const [delivery] = deliveries.filter(({ file }) => file === "mariadb");
    expect(delivery).toMatchObject({
        login: { kind: "mariadb" },
        path: "shop/database/creds/blog-posts",
        from: "login",
    });
    const text = agentConfig({ application: "shop-api", handsToken: false, renderInterval: 300, deliveries });
    expect(text).toContain(
        "mysql://{{ .Data.username }}:{{ .Data.password }}@shop-mariadb:3306/blog_posts_local{{ end }}",
    );
    expect(storeSettings([{ ...delivery!.login!, file: "/run/secrets/mariadb" }])).toEqual({
        MARIADB_URL_FILE: "/run/secrets/mariadb",
    });
});

test("a leased login calls the procedures for its database's clients", () => {
    expect(LEASES.creation("blog_posts")).toEqual([
        "CALL strata.begin_login('{{name}}', '{{password}}', 'blog_posts');",
    ]);
    expect(LEASES.connectionUrl("shop-mariadb", 3306)).toBe(
        "{{username}}:{{password}}@tcp(shop-mariadb:3306)/?tls=skip-verify",
    );
});

test("names that MariaDB cannot have, or has itself, are problems", () => {
    const keys = (product: Product): string[] =>
        problemsOf(() => resolvePlatform({ environment: "test", config, products: [product] })).map(({ key }) => key);
    expect(keys(blog("Blog"))).toContain("shop/mariadb databases");
    expect(keys(blog("root"))).toEqual(["shop/mariadb databases.root database role"]);
    expect(keys(blog("vault-manager"))).toEqual(["shop/mariadb databases.vault_manager database role"]);
});

test("the longest names that a product and a stack can have fit", () => {
    const [product, stack] = ["a".repeat(40), "e".repeat(20)];
    expect(databaseName(product, stack).length).toBeLessThanOrEqual(64);
    expect(clientRole(databaseUser(product)).length).toBeLessThanOrEqual(80);
    expect(() => resolvePlatform({ environment: stack, config, products: [blog(product)] })).not.toThrow();
});

describe("the number of its data", () => {
    const { command, read } = mariadb.numberedData!;
    const printed = (code: number, stdout: string, stderr = "") => read({ code, stdout, stderr });

    test("is in a text file of the volume", () => {
        expect(command).toEqual(["cat", "/var/lib/mysql/strata/identity.CSV"]);
        expect(printed(0, '"420d59b7-ec5c-11f1-8ec1-02fc00000001"\n')).toBe("420d59b7-ec5c-11f1-8ec1-02fc00000001");
    });

    test("is none in an empty volume, and not known when nobody could look", () => {
        const missing = "cat: /var/lib/mysql/strata/identity.CSV: No such file or directory\n";
        expect(printed(1, "", missing)).toBe("");
        expect(printed(0, "")).toBe("");
        expect(printed(1, "", "cat: x: Permission denied\n")).toEqual({ unsure: "cat: x: Permission denied" });
        expect(printed(137, "")).toEqual({ unsure: "cat ended with 137" });
    });
});
