/** Rules over what is inside Vault. */

import { UNKNOWN } from "../../support/engine";
import type { PolicyInput } from "../../support/policy";
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
