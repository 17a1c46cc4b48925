import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";
import { boundedLives, boundedNetworks, OIDC_ROLE } from "../lib/vault";

/** An account at the identity provider alone does not give access to Vault (requirement E3). */
export const oidcRoleAdmitsMembers = resourceRule({
    name: "oidc-role-admits-members",
    description:
        "People's logins are for members of groups, return to whole URLs, and give policies by group, for a limited time, in one network.",
    severity: "critical",
    types: [OIDC_ROLE],
    clauses: [members, redirects, policies, lives, networks],
});

function* members({ properties }: Subject): Iterable<string> {
    if ([...properties.texts("boundAudiences")].length === 0) {
        yield "it takes tokens that were made for others; set `boundAudiences` to its own client";
    }
    if ((properties.object("boundClaims")?.text("groups") ?? "") === "") {
        yield "it lets in everybody who has an account; set `groups` in `boundClaims` to the groups that have a policy";
    }
    if (properties.flag("verboseOidcLogging") === true) {
        yield "it writes tokens to the log; set `verboseOidcLogging` to false";
    }
}

function* redirects({ properties }: Subject): Iterable<string> {
    const uris = [...properties.texts("allowedRedirectUris")];
    if (uris.length === 0 || uris.some((uri) => uri.includes("*"))) {
        yield "its logins can end anywhere; set `allowedRedirectUris` to whole URLs, without wildcards";
    }
}

function* policies({ properties }: Subject): Iterable<string> {
    if ([...properties.texts("tokenPolicies")].length > 0) {
        yield "it gives policies to everybody it lets in; leave `tokenPolicies` empty and give policies to groups";
    }
    if (properties.flag("tokenNoDefaultPolicy") !== true) {
        yield "its tokens also have Vault's built-in policy; set `tokenNoDefaultPolicy` to true";
    }
}

function lives({ properties }: Subject): Iterable<string> {
    return boundedLives(properties, ["tokenTtl", "tokenMaxTtl"]);
}

function networks({ properties }: Subject): Iterable<string> {
    return boundedNetworks(properties, ["tokenBoundCidrs"], "the zone that people come through");
}
