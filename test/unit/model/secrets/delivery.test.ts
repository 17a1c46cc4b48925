import { isOf } from "../../../../components/kinds";
import { parseConfig } from "../../../../config/load";
import type { Service } from "../../../../model/platform";
import { resolvePlatform } from "../../../../model/resolve";
import { asksVault, deliveriesOf } from "../../../../model/secrets/delivery";
import type { ResolvedSecret } from "../../../../model/secrets/secret";
import { products } from "../../../../products";

const platform = resolvePlatform({
    environment: "test",
    config: parseConfig({
        "strata:domain": "example.com",
        "strata:addressBase": "172.25",
        "strata:products": [{ name: "psra" }, { name: "bizosaas" }],
        "strata:vault": { seal: { kind: "local" } },
        "strata:unreleased": "reference-app",
    }),
    products,
});
const secrets = platform.secrets;
const filesOf = (
    name: string,
    matrix: readonly ResolvedSecret[] = secrets,
    services: readonly Service[] = platform.services,
): string[] =>
    deliveriesOf(
        matrix,
        services,
        services.find((service) => service.name === name)!,
    ).map(({ file, from, path }) => `${file}: ${from} at ${path}`);

test("one file for each secret, named after it, and after the store that it opens", () => {
    expect(filesOf("psra-api")).toEqual([
        "platform.smtp: written at platform/kv/data/shared/smtp/credentials",
        "postgres: login at psra/database/creds/psra",
        "redis: url at psra/kv/data/database/redis-password/api",
        "taric-key: written at psra/kv/data/api/keys",
        "partner-keys: written at psra/kv/data/api/partner-keys",
        "jwt-secret: value at psra/kv/data/config/jwt-secret",
        "certificate: certificate at psra/pki/issue/psra",
    ]);
});

test("the login that never changes is delivered where there is no leased one", () => {
    const without = secrets.filter(({ engine }) => engine !== "database");
    expect(filesOf("psra-api", without)).toContain("postgres: url at psra/kv/data/database/credentials");
});

test("two logins of a kind have names of their own", () => {
    const [database] = secrets.filter(({ engine, owner }) => engine === "database" && owner === "psra");
    const two = [...secrets, { ...database!, name: "psra/archive", path: "archive" }];
    const archive = { name: "archive_test", role: "archive", extensions: [], clients: ["psra-api"] };
    const services = platform.services.map((service) =>
        isOf("postgres")(service) && service.name === "psra-postgres"
            ? { ...service, spec: { databases: [...service.spec.databases, archive] } }
            : service,
    );
    expect(filesOf("psra-api", two, services).filter((file) => file.startsWith("postgres"))).toEqual([
        "postgres-database: login at psra/database/creds/psra",
        "postgres-archive: login at psra/database/creds/archive",
    ]);
});

test("a login is for the database of its name on the product's own server", () => {
    const of = (name: string) =>
        deliveriesOf(
            secrets,
            platform.services,
            platform.services.find((service) => service.name === name)!,
        ).find(({ from }) => from === "login")?.login;
    expect(of("psra-api")).toMatchObject({ server: "psra-postgres", database: "psra_test" });
    expect(of("bizosaas-saleor")).toMatchObject({ server: "bizosaas-postgres", database: "saleor_test" });
});

test("encryption is no file", () => {
    expect(asksVault(secrets, "psra-api")).toBe(true);
    expect(asksVault(secrets, "psra-web")).toBe(false);
    expect(filesOf("psra-api").some((file) => file.includes("transit"))).toBe(false);
});

test("no application has two files of one name", () => {
    for (const service of platform.services.filter(isOf("application"))) {
        const names = deliveriesOf(secrets, platform.services, service).map(({ file }) => file);
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeGreaterThan(0);
    }
});
