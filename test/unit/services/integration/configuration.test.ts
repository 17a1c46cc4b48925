/** Settings of the integration service. */

import {
    ConfigurationError,
    readApiSettings,
    readMigrationSettings,
    readWorkerSettings,
} from "../../../../services/integration/src/configuration";

const api = { TEMPORAL_ADDRESS: "temporal:7233", WEBHOOK_KEY_FILE: "/run/secrets/key" };
const worker = { TEMPORAL_ADDRESS: "temporal:7233", POSTGRES_URL_FILE: "/run/pg", REDIS_URL_FILE: "/run/redis" };

function problems(read: () => unknown): readonly string[] {
    try {
        read();
    } catch (error) {
        if (error instanceof ConfigurationError) return error.problems;
        throw error;
    }
    return [];
}

test("the API's defaults", () => {
    expect(readApiSettings(api)).toEqual({
        port: 8009,
        drain: 0,
        temporal: {
            address: "temporal:7233",
            namespace: "default",
            taskQueue: "integration",
            login: { kind: "none" },
        },
        webhookKeyFile: "/run/secrets/key",
        waits: { delay: 5, decision: 86_400 },
    });
});

test("the worker's defaults", () => {
    const { port, outgoing, redisPrefix } = readWorkerSettings(worker);
    expect({ port, outgoing, redisPrefix }).toEqual({ port: 8010, outgoing: undefined, redisPrefix: "integration:" });
});

test("an empty variable counts as missing", () => {
    expect(readApiSettings({ ...api, PORT: "", TEMPORAL_NAMESPACE: "" }).port).toBe(8009);
});

test.each([
    [{ TEMPORAL_TOKEN_FILE: "/run/token" }, { kind: "token", file: "/run/token" }],
    [
        {
            TEMPORAL_OIDC_TOKEN_URL: "http://keycloak:8080/token",
            TEMPORAL_CLIENT_ID: "integration",
            TEMPORAL_CLIENT_SECRET_FILE: "/run/secret",
        },
        {
            kind: "client",
            tokenUrl: "http://keycloak:8080/token",
            clientId: "integration",
            secretFile: "/run/secret",
        },
    ],
])("a login by %j", (login, expected) => {
    expect(readApiSettings({ ...api, ...login }).temporal.login).toEqual(expected);
});

test("mutual TLS", () => {
    const tls = {
        TEMPORAL_TLS_CERT_FILE: "/tls/crt",
        TEMPORAL_TLS_KEY_FILE: "/tls/key",
        TEMPORAL_TLS_CA_FILE: "/tls/ca",
    };
    const files = { certificate: "/tls/crt", key: "/tls/key", authority: "/tls/ca" };
    expect(readApiSettings({ ...api, ...tls }).temporal.tls).toEqual(files);
    const named = readApiSettings({ ...api, ...tls, TEMPORAL_TLS_SERVER_NAME: "temporal" }).temporal.tls;
    expect(named).toEqual({ ...files, serverName: "temporal" });
});

test("where decided events go", () => {
    const outgoing = { OUTGOING_WEBHOOK_URL: "https://example.com/in", OUTGOING_WEBHOOK_KEY_FILE: "/run/out" };
    const expected = { url: "https://example.com/in", keyFile: "/run/out" };
    expect(readWorkerSettings({ ...worker, ...outgoing }).outgoing).toEqual(expected);
});

test("all problems are reported together", () => {
    const wrong = { PORT: "70000", DELAY_SECONDS: "soon", WEBHOOK_KEY_FILE: "key" };
    expect(problems(() => readApiSettings(wrong))).toEqual([
        "PORT is 70000: expected a whole number from 1 to 65535",
        "TEMPORAL_ADDRESS is missing",
        "WEBHOOK_KEY_FILE is key: expected an absolute path",
        "DELAY_SECONDS is soon: expected a whole number from 0 to 86400",
    ]);
});

test.each<[NodeJS.ProcessEnv, string]>([
    [
        { TEMPORAL_TOKEN_FILE: "/run/token", TEMPORAL_OIDC_TOKEN_URL: "http://keycloak" },
        "TEMPORAL_TOKEN_FILE and TEMPORAL_OIDC_TOKEN_URL are both set: set one",
    ],
    [{ TEMPORAL_OIDC_TOKEN_URL: "http://keycloak", TEMPORAL_CLIENT_ID: "a" }, "TEMPORAL_CLIENT_SECRET_FILE is missing"],
    [
        { TEMPORAL_OIDC_TOKEN_URL: "file:///etc", TEMPORAL_CLIENT_ID: "a", TEMPORAL_CLIENT_SECRET_FILE: "/s" },
        "TEMPORAL_OIDC_TOKEN_URL is file:///etc: expected an http or https URL",
    ],
    [{ TEMPORAL_TLS_CERT_FILE: "/c", TEMPORAL_TLS_KEY_FILE: "/k" }, "TEMPORAL_TLS_CA_FILE is missing"],
    [{ OUTGOING_WEBHOOK_URL: "http://receiver" }, "OUTGOING_WEBHOOK_KEY_FILE is missing"],
])("%j is refused", (environment, problem) => {
    expect(problems(() => readWorkerSettings({ ...worker, ...environment }))).toEqual([problem]);
});

test("the migration needs the database only", () => {
    expect(readMigrationSettings({ POSTGRES_URL_FILE: "/run/pg" })).toEqual({ postgresUrlFile: "/run/pg" });
    expect(problems(() => readMigrationSettings({}))).toEqual(["POSTGRES_URL_FILE is missing"]);
});
