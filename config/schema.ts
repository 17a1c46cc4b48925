/** The schema of a stack's configuration, used by `config/load.ts`. */

import { z } from "zod";

import { HEALTH_INTERVAL } from "../model/defaults";
import { DOMAIN, OUTSIDE_HOST, SERVICE_OF_PRODUCT, SLUG } from "../model/grammar";
import { isImageId, isPinned, PINNED } from "../model/image-reference";
import { PINNED_IMAGES } from "../model/images";
import { isMadeHere } from "../model/made-here";
import { canEncrypt } from "../model/pgp-key";
import { MIRROR_ACCEPTED, mirrorAddress, type MirrorAddress } from "../model/mirror";
import { isNarrow } from "../model/proxy-range";
import { replicas } from "../model/instances";
import { text, whole } from "../model/schema/leaves";
import { CONSOLES, DEFAULT_KEYCLOAK_HOST, RISKS, STAND_INS } from "../model/stack-config";

const port = whole("a TCP port from 1 to 65535", 1, 65535);
const slug = text(SLUG);
const address = z.ipv4({ error: "an IPv4 address of the host, for example 0.0.0.0" });
/** What {@link image} accepts. */
export const IMMUTABLE = "a reference pinned by digest (repository:tag@sha256:...) or an image id (sha256:...)";
/** An image reference that is pinned, or named after its own content as `offline/images` does. */
export const image = z
    .string({ error: IMMUTABLE })
    .refine((it) => isPinned(it) || isImageId(it) || isMadeHere(it), { error: IMMUTABLE });

const engineHost = text({
    pattern: /^(unix:\/\/\/|ssh:\/\/|tcp:\/\/)\S+$/,
    accepted: "unix:///path, ssh://user@host, or tcp://host:port with TLS",
});
const engineApi = text({
    pattern: /^1\.\d{2}$/,
    accepted: 'an API version of the engine in quotes, for example "1.48"',
});
const certPath = text({ pattern: /^\/\S*$/, accepted: "the path of a folder with ca.pem, cert.pem and key.pem" });

const endpoint = (port_: number) =>
    z.strictObject({ address: address.default("0.0.0.0"), port: port.default(port_) }, { error: "{ address, port }" });

/** An OpenPGP public key packet in base64 (RFC 9580, 4.2): a private key begins with another letter. */
const PGP_PUBLIC_KEY = {
    pattern: /^[mx][A-Za-z0-9+/]{150,}={0,2}$/,
    accepted: "a PGP public key: gpg --export <id> | base64 --wrap=0",
};

const NO_ENCRYPTION =
    "a PGP key that encrypts, or one with a subkey for it: gpg --quick-gen-key <e-mail> default default never, " +
    "or gpg --quick-add-key <fingerprint> rsa3072 encr for a key that has none";

const seal = z.discriminatedUnion(
    "kind",
    [
        z.strictObject({ kind: z.literal("local") }),
        z
            .strictObject({
                kind: z.literal("operators"),
                pgpKeys: z
                    .array(text(PGP_PUBLIC_KEY).refine(canEncrypt, { error: NO_ENCRYPTION }), {
                        error: "a list of PGP public keys",
                    })
                    .min(1, { error: "the PGP public key of at least one operator" })
                    .refine((keys) => new Set(keys).size === keys.length, {
                        error: "a key of each operator, none twice",
                    }),
                threshold: whole("how many operators open Vault together, at least 1", 1, 255),
            })
            .refine(({ pgpKeys, threshold }) => threshold <= pgpKeys.length, {
                error: "at most as many as there are pgpKeys",
                path: ["threshold"],
            }),
    ],
    { error: '{ kind: "local" } or { kind: "operators", pgpKeys, threshold }' },
);

const keycloak = z.strictObject(
    {
        realm: slug.default("sevensa"),
        host: slug.default(DEFAULT_KEYCLOAK_HOST),
        protect: z.array(text(SERVICE_OF_PRODUCT), { error: `a list of ${SERVICE_OF_PRODUCT.accepted}` }).default([]),
        consoles: z
            .array(z.enum(CONSOLES, { error: `one of ${CONSOLES.join(", ")}` }), {
                error: `a list of ${CONSOLES.join(", ")}`,
            })
            .default([]),
    },
    { error: "{ realm?, host?, protect?, consoles? }" },
);

const temporal = z.strictObject(
    { shards: whole("a whole number from 1 to 16384, fixed once Temporal has run", 1, 16_384).default(512) },
    { error: "{ shards? }" },
);

const PROXIES = "an address range of proxies, for example 203.0.113.0/24 or 2001:db8::/32";
const proxies = z
    .string({ error: PROXIES })
    .refine((value) => z.union([z.cidrv4(), z.cidrv6()]).safeParse(value).success, { error: PROXIES, abort: true })
    .refine(isNarrow, {
        error: "a range of your proxies only, /8 or narrower (IPv6: /20): every client in it can choose the address that rate limits count",
    });

/** Let's Encrypt's production directory. */
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

const keys = {
    domain: text(DOMAIN),
    addressBase: text({ pattern: /^\d{1,3}\.\d{1,3}$/, accepted: 'two octets in quotes, for example "10.120"' }),
    products: z
        .array(
            z.strictObject(
                {
                    name: slug,
                    services: z
                        .array(slug, { error: "a list of service names" })
                        .min(1, { error: "at least one service, or no `services` at all" })
                        .optional(),
                    replicas: z
                        .record(slug, replicas, { error: "a map from service to its number of replicas" })
                        .optional(),
                },
                { error: "{ name, services?, replicas? }" },
            ),
            { error: "a list of { name, services?, replicas? }" },
        )
        .min(1, { error: "at least one product" }),
    images: z
        .strictObject(Object.fromEntries(Object.keys(PINNED_IMAGES).map((name) => [name, image.optional()])), {
            error: "a map from image name to reference",
        })
        .prefault({}),
    edge: z
        .strictObject(
            {
                http: endpoint(80).prefault({}),
                https: endpoint(443).prefault({}),
                acme: z
                    .strictObject(
                        {
                            email: z.email({ error: "the e-mail address of the account at the authority" }),
                            directory: z
                                .url({ protocol: /^https$/, error: "the https URL of an ACME directory" })
                                .default(LETS_ENCRYPT),
                        },
                        { error: "{ email, directory? }" },
                    )
                    .optional(),
                trustedProxies: z.array(proxies, { error: "a list of address ranges" }).default([]),
                requestTimeout: whole("seconds from 1 to 86400", 1, 86_400).default(600),
            },
            { error: "{ http, https, acme?, trustedProxies?, requestTimeout? }" },
        )
        .prefault({}),
    egress: z
        .strictObject(
            {
                hosts: z
                    .record(text(OUTSIDE_HOST), z.ipv4({ error: "an IPv4 address, for example 203.0.113.7" }), {
                        error: "a map from host to IPv4 address",
                    })
                    .default({}),
            },
            { error: "{ hosts? }" },
        )
        .prefault({}),
    management: z
        .strictObject({ port: whole("a TCP port from 1 to 65500", 1, 65500).default(9400) }, { error: "{ port }" })
        .prefault({}),
    engine: z
        .strictObject(
            { host: engineHost.optional(), certPath: certPath.optional(), api: engineApi.optional() },
            { error: "{ host?, certPath?, api? }" },
        )
        .prefault({}),
    engineFound: z
        .strictObject(
            { host: engineHost.optional(), certPath: certPath.optional(), api: engineApi.optional() },
            { error: "settings that only the command line writes" },
        )
        .prefault({}),
    vault: z.strictObject(
        {
            server: z.enum(["vault", "openbao"], { error: "vault or openbao" }).default("vault"),
            seal,
            credentialTtl: whole("seconds from 60 to 86400", 60, 86_400).default(3600),
            renderInterval: whole("seconds from 5 to 3600", 5, 3600).default(300),
        },
        { error: "{ server?, seal, credentialTtl?, renderInterval? }" },
    ),
    protectData: z.boolean({ error: "true or false" }).default(true),
    releases: z
        .record(text(SERVICE_OF_PRODUCT), text(PINNED), {
            error: `a map from ${SERVICE_OF_PRODUCT.accepted} to reference`,
        })
        .default({}),
    mirror: z
        .custom<MirrorAddress>((it) => isNothing(it) || mirrorAddress(it) !== undefined, { error: MIRROR_ACCEPTED })
        .optional(),
    unreleased: z.enum(["refuse", "reference-app"], { error: "refuse or reference-app" }).default("refuse"),
    standIn: z.enum(["auto", ...STAND_INS], { error: `auto, ${STAND_INS.join(" or ")}` }).default("auto"),
    acceptedRisks: z
        .array(z.enum(RISKS, { error: `one of ${RISKS.join(", ")}` }), { error: `a list of ${RISKS.join(", ")}` })
        .default([]),
    healthCheckInterval: whole("seconds from 1 to 3600", 1, 3600).default(HEALTH_INTERVAL),
    identity: z.strictObject({ keycloak: keycloak.optional() }, { error: "{ keycloak? }" }).prefault({}),
    orchestration: z.strictObject({ temporal: temporal.optional() }, { error: "{ temporal? }" }).prefault({}),
};

/** All keys, without the namespace. */
export const schema = z.strictObject(keys);

/** Declared keys, without the namespace. */
export const CONFIG_KEYS: readonly string[] = Object.keys(keys);

/** Keys whose value is a plain string; all others are JSON when they come from the engine. */
export const STRINGS: readonly string[] = ["domain", "addressBase", "unreleased", "standIn"];

/** Whether a value is `{}`, the default in `Pulumi.yaml`: Pulumi has no optional keys. */
function isNothing(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
