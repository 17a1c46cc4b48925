/** Stand-in for the providers: their answers, as far as the program can tell the difference. */

import type * as pulumi from "@pulumi/pulumi";

/** Keys and values by which the SDK marks secrets on the wire. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
/** The SDK's mark on the wire for a value of any type that a preview does not know. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const ROOT_TYPE = "pulumi:pulumi:Stack";

type Answer = (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;

const secret = (value: unknown): object => ({ [SIGNATURE]: SECRET_SIGNATURE, value });

/** Computed outputs by type. A type that is missing here is a mistake in the test, or a resource that still needs an answer. */
const COMPUTED: Readonly<Record<string, Answer>> = {
    "docker:index/container:Container": () => ({}),
    "docker:index/network:Network": () => ({ scope: "local" }),
    "docker:index/volume:Volume": () => ({ mountpoint: "/var/lib/docker/volumes/x/_data" }),
    "pulumi:providers:docker": () => ({}),
    "pulumi:providers:command": () => ({}),
    "pulumi:providers:random": () => ({}),
    "pulumi:providers:vault": () => ({}),
    "vault:index/mount:Mount": () => ({ accessor: "accessor" }),
    "vault:index/authBackend:AuthBackend": () => ({ accessor: "accessor" }),
    "vault:index/policy:Policy": () => ({}),
    "vault:index/quotaRateLimit:QuotaRateLimit": () => ({}),
    "vault:appRole/authBackendRole:AuthBackendRole": () => ({}),
    "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId": ({ name }) => ({
        accessor: "accessor",
        secretId: secret(`canary-${name}`),
    }),
    "vault:database/secretBackendConnection:SecretBackendConnection": () => ({}),
    "vault:database/secretBackendRole:SecretBackendRole": () => ({}),
    "vault:generic/endpoint:Endpoint": () => ({ writeData: {} }),
    "vault:generic/secret:Secret": () => ({ data: secret({}) }),
    "vault:identity/group:Group": () => ({}),
    "vault:identity/groupAlias:GroupAlias": () => ({}),
    "vault:jwt/authBackend:AuthBackend": () => ({ accessor: "accessor" }),
    "vault:jwt/authBackendRole:AuthBackendRole": () => ({}),
    "vault:kv/secretBackendV2:SecretBackendV2": () => ({}),
    "vault:transit/secretBackendKey:SecretBackendKey": () => ({ latestVersion: 1 }),
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": () => ({ certificate: "root certificate" }),
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": () => ({
        csr: "request",
    }),
    "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate": () => ({
        certificate: "certificate",
        certificateBundle: "certificate bundle",
    }),
    "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned": () => ({
        importedIssuers: ["issuer", "root"],
    }),
    "vault:pkiSecret/secretBackendRole:SecretBackendRole": () => ({}),
    "pulumi:providers:keycloak": () => ({}),
    "random:index/randomPassword:RandomPassword": ({ name, inputs }) => ({
        // Has the right length, differs for each resource, and is easy to find where it has leaked.
        result: secret(`canary-${name}-`.padEnd(Number((inputs as { length: number }).length), "x")),
        bcryptHash: secret(`canary-hash-${name}`),
    }),
    "command:local:Command": ({ inputs }) => ({
        stdout: secret(printed(String((inputs as { create?: string }).create))),
        stderr: secret(""),
    }),
};

/** Identity of every database server's data. */
export const IDENTITY = "7713557934794678303";

/** Output of the commands for the edge's own certificates and for databases, which the program reads. */
function printed(command: string): string {
    if (command.includes(" psql ")) return `identity=${IDENTITY}\n`;
    const what = /certificates\.mjs (\w+)$/.exec(command)?.[1];
    return what === undefined
        ? ""
        : JSON.stringify({
              certificate: what === "authority" ? "canary-ca" : "canary-certificate",
              key: `canary-key-${what}`,
              ends: "2036-01-01T00:00:00.000Z",
          });
}

/**
 * Answers registrations.
 *
 * @param preview - answers as in a preview: inputs are known, computed values are not
 */
export function respond(
    preview: boolean,
): (args: pulumi.runtime.MockResourceArgs) => pulumi.runtime.MockResourceResult {
    return (args) => {
        const inputs = args.inputs as Record<string, unknown>;
        if (args.custom !== true) {
            return { id: undefined, state: inputs };
        }
        const compute = COMPUTED[args.type] ?? (args.type.startsWith("keycloak:") ? () => ({}) : undefined);
        if (compute === undefined) {
            throw new Error(`test/support/engine.ts does not know what ${args.type} answers`);
        }
        const computed = compute(args);
        return preview
            ? { id: undefined, state: { ...inputs, ...mapValues(computed, forget) } }
            : { id: `${args.name}-id`, state: { ...inputs, ...computed } };
    };
}

/** An unknown value in place of a known one; a secret stays secret. */
function forget(value: unknown): unknown {
    const isSecret = typeof value === "object" && value !== null && SIGNATURE in value;
    return isSecret ? secret(UNKNOWN) : UNKNOWN;
}

function mapValues(
    record: Readonly<Record<string, unknown>>,
    map: (value: unknown) => unknown,
): Record<string, unknown> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
