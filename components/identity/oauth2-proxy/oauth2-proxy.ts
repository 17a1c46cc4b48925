import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import {
    FORWARD_AUTH_CLIENT,
    FORWARD_AUTH_PATH,
    protectedHosts,
    SESSION_COOKIE,
    type Realm,
} from "../../../model/identity/realm";
import type { Service as ServiceModel } from "../../../model/platform";
import type { Deployment } from "../../hardening/deployment";
import { FILES } from "../../hardening/files";
import { Service } from "../../hardening/service";
import { KEYCLOAK_INTERNAL } from "../keycloak/kind";
import { OAUTH2_PROXY_PORT } from "./kind";

/** Inputs for {@link OAuth2Proxy}. */
export interface OAuth2ProxyArgs {
    readonly deployment: Deployment;
    readonly service: ServiceModel;
    readonly realm: Realm;
    readonly clientSecret: pulumi.Output<string>;
    /** Addresses whose forwarded headers the proxy trusts: the edge's zone. CIDR. */
    readonly trustedProxies: string;
}

/** The service that the edge asks before it passes a request on to a protected route. It serves no pages of its own. */
export class OAuth2Proxy extends pulumi.ComponentResource {
    public readonly service: Service;

    constructor(name: string, args: OAuth2ProxyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:identity:OAuth2Proxy", name, {}, opts);

        const { deployment, service, realm } = args;
        const cookieSecret = new random.RandomPassword(
            `${name}-cookie`,
            { length: 32, special: false },
            { parent: this },
        ).result;
        const port = new URL(realm.issuer).port;
        const hosts = protectedHosts(deployment.platform.services).map((host) => (port ? `${host}:${port}` : host));
        this.service = new Service(
            name,
            {
                deployment,
                service,
                command: [`--config=${FILES}/secrets/oauth2-proxy.cfg`],
                // A variable, not a line of the file: versions before 7.15.2 refuse a file with unknown options, but ignore
                // an unknown variable.
                environment: { OAUTH2_PROXY_TRUSTED_PROXY_IPS: args.trustedProxies },
                files: [
                    { path: "secrets/client", content: args.clientSecret },
                    {
                        path: "secrets/oauth2-proxy.cfg",
                        content: pulumi.secret(
                            cookieSecret.apply((secret) => proxyConfiguration(realm, hosts, secret)),
                        ),
                    },
                ],
            },
            { parent: this },
        );
        this.registerOutputs({});
    }
}

/**
 * The proxy's configuration file (TOML). The proxy fetches everything inside the zone: the public name leads to the edge,
 * which the proxy cannot reach. It must skip neither a path nor a client, and has no user agent for health checks
 * (GHSA-5hvv-m4w4-gf6v, GHSA-7x63-xv5r-3p2x).
 *
 * @param hosts - protected hosts, with the port if it is not 443
 * @see https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
 */
export function proxyConfiguration(realm: Realm, hosts: readonly string[], cookieSecret: string): string {
    const inside = `${KEYCLOAK_INTERNAL}/realms/${realm.name}/protocol/openid-connect`;
    const settings: Readonly<Record<string, string | boolean | readonly string[]>> = {
        http_address: `0.0.0.0:${OAUTH2_PROXY_PORT}`,
        reverse_proxy: true,
        real_client_ip_header: "X-Forwarded-For",
        proxy_prefix: FORWARD_AUTH_PATH,
        // Answers the edge's requests with 202; no page is ever served from here.
        upstreams: ["static://202"],
        provider: "keycloak-oidc",
        provider_display_name: "Keycloak",
        skip_provider_button: true,
        client_id: FORWARD_AUTH_CLIENT,
        client_secret_file: `${FILES}/secrets/client`,
        code_challenge_method: "S256",
        scope: "openid profile email",
        oidc_issuer_url: realm.issuer,
        skip_oidc_discovery: true,
        login_url: `${realm.issuer}/protocol/openid-connect/auth`,
        redeem_url: `${inside}/token`,
        oidc_jwks_url: `${inside}/certs`,
        profile_url: `${inside}/userinfo`,
        validate_url: `${inside}/userinfo`,
        backend_logout_url: `${inside}/logout?id_token_hint={id_token}`,
        insecure_oidc_allow_unverified_email: false,
        email_domains: ["*"],
        whitelist_domains: hosts,
        set_xauthrequest: true,
        pass_access_token: false,
        set_authorization_header: false,
        cookie_name: SESSION_COOKIE,
        cookie_secret: cookieSecret,
        cookie_path: "/",
        cookie_secure: true,
        cookie_httponly: true,
        cookie_samesite: "lax",
        cookie_expire: "8h",
        // Longest time for which a removed role still gives access.
        cookie_refresh: "5m",
        // One cookie, for the login that began last. With one cookie for each login, a page that polls without a session
        // collects cookies until services refuse its requests (431). Later versions have an option that limits them;
        // earlier versions do not know it.
        cookie_csrf_per_request: false,
        cookie_csrf_expire: "5m",
        skip_jwt_bearer_tokens: false,
        request_logging: false,
        silence_ping_logging: true,
    };
    return Object.entries(settings)
        .map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`)
        .join("");
}
