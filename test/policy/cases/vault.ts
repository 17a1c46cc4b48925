/** Rules over what is inside Vault. */

import type { Platform, Service } from "../../../model/platform";
import { UNKNOWN } from "../../support/engine";
import type { PolicyInput } from "../../support/policy";
import { CONTAINER, PLATFORM_DATA, stack, VOLUME } from "../../support/stack";
import type { RuleCases } from "./case";

const ROLE = {
    roleName: "shop-api",
    bindSecretId: true,
    secretIdBoundCidrs: ["172.30.2.0/24"],
    secretIdTtl: 7_776_000,
    tokenBoundCidrs: ["172.30.2.0/24"],
    tokenMaxTtl: 86_400,
    tokenNoDefaultPolicy: true,
    tokenPeriod: 0,
    tokenPolicies: ["shop-api"],
    tokenTtl: 3600,
};
/** A role that no rule finds anything wrong with. */
export const approle = (changes: Readonly<Record<string, unknown>> = {}): PolicyInput => ({
    type: "vault:appRole/authBackendRole:AuthBackendRole",
    name: "shop-api",
    props: { ...ROLE, ...changes },
});
/** People's login that no rule finds anything wrong with. */
export const oidcRole = (changes: Readonly<Record<string, unknown>> = {}): PolicyInput => ({
    type: "vault:jwt/authBackendRole:AuthBackendRole",
    name: "people",
    props: {
        roleName: "people",
        allowedRedirectUris: ["http://localhost:8250/oidc/callback"],
        boundAudiences: ["vault"],
        boundClaims: { groups: "/Administrators" },
        tokenBoundCidrs: ["172.30.5.0/24"],
        tokenMaxTtl: 3600,
        tokenNoDefaultPolicy: true,
        tokenPolicies: [],
        tokenTtl: 3600,
        verboseOidcLogging: false,
        ...changes,
    },
});
const without = (key: keyof typeof ROLE): PolicyInput => {
    const { [key]: _, ...props } = ROLE;
    return { ...approle(), props };
};
const other = (type: string): PolicyInput => ({ type, name: "shop-api", props: {} });
const unlisted = (type: string): string =>
    `${type} is not among the types in policies/lib/vault.ts, which says why some are left out; add it there when it has been looked at`;

const SECRETS = [{ label: "strata.purpose", value: "secrets" }];
/** A volume for secrets that no rule finds anything wrong with. */
export const secretsVolume = (options: Readonly<Record<string, unknown>> = {}): PolicyInput => ({
    type: VOLUME,
    name: "shop-api-secrets",
    props: {
        name: "test-shop-api-rendered",
        driver: "local",
        labels: SECRETS,
        driverOpts: {
            type: "tmpfs",
            device: "tmpfs",
            o: "size=1m,mode=0750,uid=10001,gid=10001,nosuid,nodev,noexec",
            ...options,
        },
    },
});
const onDisk: PolicyInput = {
    ...secretsVolume(),
    props: { name: "test-shop-api-rendered", driver: "local", labels: SECRETS },
};
const ON_DISK = "its secrets are on a disk; set `type` and `device` in `driverOpts` to tmpfs";
const OPEN =
    "it is open to others, or unlimited; give `o` in `driverOpts` size, mode=0750 or 0700, nosuid, nodev and noexec";

/** The shop with an agent beside its API. */
const [shopApi] = PLATFORM_DATA.services.filter(({ name }) => name === "shop-api");
const withAgent: Platform = {
    ...PLATFORM_DATA,
    services: [
        ...PLATFORM_DATA.services,
        { ...shopApi!, name: "shop-api-agent", kind: "vault-agent", sidecarOf: "shop-api", zones: [] } as Service,
    ],
};
const mount = { type: "volume", source: "test-shop-api-rendered", target: "/run/secrets" };
/** Its containers, with other properties of the API's and of the one that writes the API's files. */
const served = (api: object, writer: object = {}): PolicyInput[] => [
    ...stack(withAgent).map((input) =>
        input.name === "shop-api-container"
            ? { ...input, props: { ...input.props, ...api } }
            : input.name === "shop-api-writer"
              ? { ...input, props: { ...input.props, ...writer } }
              : input,
    ),
    {
        type: CONTAINER,
        name: "shop-api-agent-container",
        props: { name: "test-shop-api-agent", networkMode: "none", mounts: [{ ...mount, readOnly: false }] },
    },
    secretsVolume(),
];
const upload = (file: unknown): object => ({ uploads: [{ file, content: "x" }] });
const reading = { mounts: [{ ...mount, readOnly: true }] };
const WRITES = "the program writes secrets for shop-api, which has an agent; leave them to the agent";
const WRITABLE = "it can write the files of its agent; set `readOnly` of the mount";

const OWN_POLICY = "its `tokenPolicies` are empty, or built in; give it the policy that is generated for its service";
const ANYWHERE = (field: string): string =>
    `it is good from anywhere; set \`${field}\` to the subnets of its service's zones`;
const NO_LIMIT = (field: string): string => `it sets no limit with \`${field}\`; set it to seconds`;

const EVERYBODY =
    "it lets in everybody who has an account; set `groups` in `boundClaims` to the groups that have a policy";
const ANY_END = "its logins can end anywhere; set `allowedRedirectUris` to whole URLs, without wildcards";

export const vault: Readonly<Record<string, RuleCases>> = {
    "vault-type-is-known": {
        subject: "shop-api",
        compliant: { mount: other("vault:index/mount:Mount"), role: approle() },
        violating: {
            token: [other("vault:index/token:Token"), unlisted("vault:index/token:Token")],
            audit: [other("vault:index/audit:Audit"), unlisted("vault:index/audit:Audit")],
            "blind secret": [other("vault:kv/secretV2:SecretV2"), unlisted("vault:kv/secretV2:SecretV2")],
        },
        unknown: {},
        wrongType: {},
    },
    "secrets-volume-stays-in-memory": {
        subject: "test-shop-api-rendered",
        compliant: {
            memory: secretsVolume(),
            "closed to its group": secretsVolume({ o: "nodev,noexec,nosuid,size=64k,mode=700" }),
            "another volume": { ...onDisk, props: { name: "test-shop-api-config", driver: "local" } },
        },
        violating: {
            "a disk": [onDisk, ON_DISK, OPEN],
            "another device": [secretsVolume({ device: "/srv" }), ON_DISK],
            "another file system": [secretsVolume({ type: "nfs" }), ON_DISK],
            unlimited: [secretsVolume({ o: "mode=0750,nosuid,nodev,noexec" }), OPEN],
            "open to others": [secretsVolume({ o: "size=1m,mode=0755,nosuid,nodev,noexec" }), OPEN],
            executable: [secretsVolume({ o: "size=1m,mode=0750,nosuid,nodev" }), OPEN],
        },
        unknown: {
            device: [secretsVolume({ device: UNKNOWN, o: "" }), "test-shop-api-rendered driverOpts.device", OPEN],
        },
        wrongType: {
            options: [secretsVolume({ o: 1 }), "`driverOpts.o` has the wrong type; write a string"],
        },
    },
    "agent-delivers-secrets": {
        subject: "test-shop-api",
        compliant: {
            "no agents": stack(),
            "an agent": served(reading),
            "files that are no secrets": served(reading, upload("/etc/strata/reload.sh")),
        },
        violating: {
            "a file of the program": [
                served(reading, upload("/etc/strata/secrets/postgres")),
                ["test-shop-api-writer", WRITES],
            ],
            "a service that writes": [served({ mounts: [mount] }), WRITABLE],
        },
        unknown: {
            "what is written": [
                served({ mounts: [mount] }, upload(UNKNOWN)),
                "test-shop-api-writer uploads[0].file",
                WRITABLE,
            ],
        },
        wrongType: {
            mounts: [served({ mounts: "x" }), "`mounts` has the wrong type; write a list"],
        },
    },
    "approle-limits-logins": {
        subject: "shop-api",
        compliant: { limited: approle() },
        violating: {
            "no policy": [approle({ tokenPolicies: [] }), OWN_POLICY],
            "root's policy": [approle({ tokenPolicies: ["shop-api", "root"] }), OWN_POLICY],
            "built-in policy": [
                approle({ tokenNoDefaultPolicy: false }),
                "its tokens also have Vault's built-in policy; set `tokenNoDefaultPolicy` to true",
            ],
            "no secret-id": [
                approle({ bindSecretId: false }),
                "whoever knows its name can log in; set `bindSecretId` to true",
            ],
            "endless secret-id": [approle({ secretIdTtl: 0 }), NO_LIMIT("secretIdTtl")],
            "undeclared lives": [without("tokenTtl"), NO_LIMIT("tokenTtl")],
            "endless token": [approle({ tokenMaxTtl: 0 }), NO_LIMIT("tokenMaxTtl")],
            "periodic token": [
                approle({ tokenPeriod: 60 }),
                "its tokens can be renewed for ever; set `tokenPeriod` to 0",
            ],
            "token from anywhere": [approle({ tokenBoundCidrs: [] }), ANYWHERE("tokenBoundCidrs")],
            "login from anywhere": [approle({ secretIdBoundCidrs: ["0.0.0.0/0"] }), ANYWHERE("secretIdBoundCidrs")],
        },
        unknown: {
            "a range": [approle({ tokenBoundCidrs: UNKNOWN }), "shop-api tokenBoundCidrs"],
            "a policy": [
                approle({ tokenPolicies: [UNKNOWN], tokenPeriod: 60 }),
                "shop-api tokenPolicies[0]",
                "its tokens can be renewed for ever; set `tokenPeriod` to 0",
            ],
        },
        wrongType: {
            policies: [approle({ tokenPolicies: "root" }), "`tokenPolicies` has the wrong type; write a list"],
        },
    },
    "oidc-role-admits-members": {
        subject: "people",
        compliant: { members: oidcRole() },
        violating: {
            "no groups": [oidcRole({ boundClaims: {} }), EVERYBODY],
            "other claims": [oidcRole({ boundClaims: { email: "x" } }), EVERYBODY],
            "no claims": [oidcRole({ boundClaims: undefined }), EVERYBODY],
            "tokens of other clients": [
                oidcRole({ boundAudiences: [] }),
                "it takes tokens that were made for others; set `boundAudiences` to its own client",
            ],
            "tokens in the log": [
                oidcRole({ verboseOidcLogging: true }),
                "it writes tokens to the log; set `verboseOidcLogging` to false",
            ],
            "a wildcard": [oidcRole({ allowedRedirectUris: ["https://vault.example.com/*"] }), ANY_END],
            "no address": [oidcRole({ allowedRedirectUris: [] }), ANY_END],
            "a policy for everybody": [
                oidcRole({ tokenPolicies: ["people-shop"] }),
                "it gives policies to everybody it lets in; leave `tokenPolicies` empty and give policies to groups",
            ],
            "built-in policy": [
                oidcRole({ tokenNoDefaultPolicy: false }),
                "its tokens also have Vault's built-in policy; set `tokenNoDefaultPolicy` to true",
            ],
            "endless token": [oidcRole({ tokenMaxTtl: 0 }), NO_LIMIT("tokenMaxTtl")],
            "undeclared life": [oidcRole({ tokenTtl: undefined }), NO_LIMIT("tokenTtl")],
            "periodic token": [
                oidcRole({ tokenPeriod: 60 }),
                "its tokens can be renewed for ever; set `tokenPeriod` to 0",
            ],
            "from anywhere": [
                oidcRole({ tokenBoundCidrs: ["0.0.0.0/0"] }),
                "it is good from anywhere; set `tokenBoundCidrs` to the zone that people come through",
            ],
        },
        unknown: {
            "a range": [oidcRole({ tokenBoundCidrs: [UNKNOWN] }), "people tokenBoundCidrs[0]"],
            claims: [oidcRole({ boundClaims: { groups: UNKNOWN } }), "people boundClaims.groups"],
        },
        wrongType: {
            claims: [oidcRole({ boundClaims: "x" }), "`boundClaims` has the wrong type; write an object"],
        },
    },
};
