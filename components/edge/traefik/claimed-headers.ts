/**
 * Headers that proxies set for the services behind them, and that programs therefore trust: who a visitor is, where the
 * request comes from and which page it is for. Nothing behind strata's edge sets them, so a visitor's own must not get
 * through.
 *
 * Traefik's `headers` middleware takes whole names only. On a route that requires a session, Traefik also takes a pattern.
 */

/** The headers by which a service behind a protected route knows its visitor. It may trust them. */
export const IDENTITY_HEADERS = [
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Auth-Request-Preferred-Username",
] as const;

/** Names of identity headers, by the prefix of the proxy or program that uses them. */
const IDENTITIES: Readonly<Record<string, readonly string[]>> = {
    // A visitor's own key is not a claim, because the service checks it. So `X-Auth-Token`, `X-Access-Token` and
    // `X-Api-Key` get through.
    "X-Auth-Request": ["User", "Email", "Groups", "Preferred-Username", "Access-Token", "Id-Token", "Redirect"],
    "X-Auth": ["User", "Userid", "Username", "Name", "Email", "Groups", "Roles", "Tenant", "Subject", "Audience"],
    "X-Authenticated": ["User", "Userid", "Username", "Email", "Groups", "Roles", "Scope", "Consumer"],
    "X-Forwarded": [
        "User",
        "Username",
        "Name",
        "Email",
        "Groups",
        "Roles",
        "Preferred-Username",
        "Access-Token",
        "Id-Token",
        "Tenant",
        "Login",
        "Userid",
        "Uid",
        "Group",
        "Role",
    ],
    // Authelia, Apache, Kubernetes
    Remote: ["User", "Name", "Email", "Groups", "Group", "Roles", "Ident"],
    "X-Remote": ["User", "Name", "Email", "Groups", "Group", "Roles"],
    // Home Assistant
    "X-Remote-User": ["Id", "Name", "Display-Name"],
    Impersonate: ["User", "Group", "Uid"],
    // Grafana, Gitea
    "X-Webauth": ["User", "Login", "Name", "Fullname", "Email", "Groups", "Group", "Role", "Roles"],
    "X-Authentik": [
        ...["Username", "Name", "Email", "Groups", "Entitlements", "Uid", "Jwt"],
        ...["Meta-Jwks", "Meta-Outpost", "Meta-Provider", "Meta-App", "Meta-Version"],
    ],
    "X-Vouch": [
        "User",
        "Success",
        "Idp-Accesstoken",
        "Idp-Idtoken",
        "Idp-Claims-Email",
        "Idp-Claims-Name",
        "Idp-Claims-Groups",
    ],
    "X-Pomerium-Claim": ["User", "Email", "Groups", "Name"],
    // Clouds
    "X-Goog-Authenticated-User": ["Id", "Email"],
    "X-Amzn-Oidc": ["Identity", "Data", "Accesstoken"],
    "X-Ms-Client-Principal": ["Id", "Name", "Idp"],
    "X-Ms-Client": ["Principal"],
    "Cf-Access-Authenticated-User": ["Email"],
    "X-Appengine-User": ["Id", "Email", "Nickname", "Ip"],
    "X-Appengine": ["Cron", "Queuename", "Inbound-Appid"],
    "X-Ms-Token-Aad": ["Id-Token", "Access-Token"],
    "X-Amzn": ["Request-Context"],
    "X-Endpoint-Api": ["Userinfo"],
    "X-Apigateway-Api": ["Userinfo"],
    "X-Kong": ["Consumer"],
    "X-Credential": ["Identifier", "Username"],
    "Tailscale-User": ["Login", "Name", "Profile-Pic"],
    "X-Consumer": ["Id", "Username", "Custom-Id", "Groups"],
    // Signed, but programs often do not check the signature, because they do not expect visitors to send them.
    "X-Jwt": ["Assertion", "Payload"],
    "X-Id": ["Token"],
    "X-Goog-Iap": ["Jwt-Assertion"],
    "X-Pomerium": ["Jwt-Assertion"],
    "Cf-Access": ["Jwt-Assertion"],
    // Service meshes
    L5d: ["Client-Id"],
    "X-Spiffe": ["Id"],
    // Platforms that host many programs
    "X-Token": ["Subject", "User-Name", "User-Email", "User-Roles"],
    "X-Sandstorm": ["User-Id", "Username", "Permissions"],
    Ynh: ["User", "User-Email", "User-Fullname"],
    Kubeflow: ["Userid"],
    "X-Auth-Couchdb": ["Username", "Roles", "Token"],
    // Company portals
    Iv: ["User", "User-L", "Groups", "Creds", "Remote-Address"],
    Sm: ["User", "Userdn", "Universalid", "Authdirname", "Serversessionid"],
    "Oam-Remote": ["User"],
    "Osso-User": ["Dn", "Guid"],
    Cas: ["User"],
    Ct: ["Remote-User"],
    Proxy: ["User", "Remote-User"],
    "X-Sso": ["User", "Email", "Groups"],
    "X-Proxy": ["User", "Remote-User", "Roles"],
    "X-Dex": ["User", "Email", "Groups"],
    "X-Ldap": ["User", "Groups"],
    // Apache's modules for OpenID Connect and SAML
    "Oidc-Claim": ["Sub", "Name", "Email", "Groups", "Roles", "Preferred-Username"],
    Shib: ["Session-Id", "Identity-Provider"],
    Mellon: ["Nameid"],
    Persistent: ["Id"],
    Targeted: ["Id"],
    // Client certificates
    "X-Forwarded-Client": ["Cert"],
    "X-Arr": ["Clientcert"],
    "X-Amzn-Mtls": ["Clientcert", "Clientcert-Subject", "Clientcert-Issuer", "Clientcert-Serial-Number"],
    "X-Ssl-Client": ["Cert", "Verify", "Dn", "S-Dn", "I-Dn", "Cn", "Serial", "Fingerprint"],
    "Ssl-Client": ["Cert", "Verify", "Subject-Dn", "Issuer-Dn", "S-Dn", "I-Dn"],
    "X-Client": ["Cert", "Cert-Dn", "Cert-Chain", "Dn", "Verify", "Ip"],
    Client: ["Cert", "Cert-Chain", "Ip"],
    // Names of no particular program
    "X-User": ["Id", "Name", "Email", "Role", "Roles", "Groups", "Tenant"],
    "X-Tenant": ["Id", "Name"],
    "X-Org": ["Id", "Name"],
    "X-Organization": ["Id", "Name"],
    "X-Scope": ["Orgid"],
    X: [
        ...[
            "User",
            "Userid",
            "Username",
            "Email",
            "Group",
            "Groups",
            "Role",
            "Roles",
            "Identity",
            "Principal",
            "Tenant",
        ],
        ...["Organization", "Impersonate-User", "Userinfo", "Current-User", "Authorized-User", "Trusted-User"],
        ...["Permissions"],
    ],
};

/**
 * Names of headers that say where a request comes from and which page it is for, except those that the edge itself sets
 * (`X-Forwarded-For`, `X-Real-Ip`).
 */
const ORIGINS = [
    ...["Forwarded", "Forwarded-For", "X-Forwarded", "X-Forwarded-By", "X-Forwarded-Ip", "X-Forwarded-Path"],
    ...["X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Url-Scheme", "Front-End-Https"],
    ...["X-Original-Url", "X-Original-Uri", "X-Original-Host", "X-Original-Forwarded-For", "X-Rewrite-Url", "X-Host"],
    ...["X-Remote-Ip", "X-Remote-Addr", "X-Originating-Ip", "X-Cluster-Client-Ip", "True-Client-Ip"],
    ...["Cf-Connecting-Ip", "Cf-Connecting-Ipv6", "Fastly-Client-Ip", "Fly-Client-Ip", "Do-Connecting-Ip"],
    ...["X-Azure-Clientip", "X-Azure-Socketip", "X-Nf-Client-Connection-Ip", "X-Vercel-Forwarded-For"],
    ...["X-Envoy-External-Address", "X-Envoy-Original-Path"],
];

/** Headers that are removed from every visitor's request. The entry point removes other spellings of them. */
export const CLAIMED_HEADERS: readonly string[] = [
    ...Object.entries(IDENTITIES).flatMap(([prefix, names]) => names.map((name) => `${prefix}-${name}`)),
    ...["User", "Auth-User", "Authenticated-User", "Tenant", "Tenant-Id", "Eppn", "Affiliation", "Entitlement"],
    ...ORIGINS,
];

/** Words in a header's name that announce a person, a role or a tenant. */
const WORDS =
    "User|User-?Id|User-?Info|User-?Name|Login|E-?mail|Groups?|Roles?|Tenant|Principal|Identity|Subject|Claims?|Org-?Id|" +
    "Permissions?|Consumer|Id-?Token|Jwt-?(?:Assertion|Payload)";

/** The same as a pattern in Go's syntax: whole families, and any `X-` name that contains one of the words. */
export const CLAIMED_PATTERN = [
    "(?i)^(?:",
    [
        "(?:X-)?Remote-.+",
        "(?:X-)?Impersonate-.+",
        "(?:Ynh|Osso|Cas|Ct|Proxy)-(?:.+-)?User(?:-.+)?",
        "X-(?:Auth-Request|Authentik|Authenticated|Webauth|Vouch|Pomerium-Claim|Amzn-Oidc|Ms-Client|Consumer|Sso)-.+",
        "(?:Oidc-Claim|(?:X-)?Shib|Mellon)-.+",
        "(?:Auth|Authenticated)-User",
        "X-(?:.+-)?Client-?Cert(?:-.+)?",
        "(?:Tailscale-User|Cf-Access-Authenticated|Iv|Sm|Oam|(?:X-)?Ssl-Client|(?:X-)?Client-Cert)(?:-.+)?",
        `X-(?:.+-)?(?:${WORDS})(?:-.+)?`,
        "Forwarded",
    ].join("|"),
    ")$",
].join("");
