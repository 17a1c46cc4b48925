/** The configuration of a stack: its schema, and the only place that reads it. */

import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { readableParts } from "./config-parts";
import { type PlaceOf, problemsOf, unknownKey } from "./config-problems";
import { HEALTH_INTERVAL } from "./model/defaults";
import type { EngineConnection } from "./model/engine-host";
import { PINNED_IMAGES } from "./model/images";
import { isMadeHere } from "./model/made-here";
import { canEncrypt } from "./model/pgp-key";
import { MIRROR_ACCEPTED, mirrorAddress, type MirrorAddress } from "./model/mirror";
import { ConfigurationError, type Problem } from "./model/problems";
import { isNarrow } from "./model/proxy-range";
import { IMAGES_VARIABLE } from "./model/supply";
import { CONSOLES, DEFAULT_KEYCLOAK_HOST, RISKS, STAND_INS, type StackConfig } from "./model/stack-config";

export type { StackConfig } from "./model/stack-config";
export { ConfigurationError } from "./model/problems";

const NAMESPACE = "strata";

/** Where Docker's packages put the engine's socket. */
const DEFAULT_ENGINE: EngineConnection = { host: "unix:///var/run/docker.sock" };

/** Every leaf carries what it accepts as its error text: that text is the `accepted` of a problem. */
const text = (accepted: string, pattern: RegExp) =>
    z.string({ error: accepted }).regex(pattern, { error: accepted, abort: true });
const whole = (accepted: string, from: number, to: number) =>
    z.number({ error: accepted }).int({ error: accepted }).min(from, { error: accepted }).max(to, { error: accepted });

const DOMAIN = /^(?=.{1,200}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SLUG = /^[a-z]([a-z0-9]|-(?=[a-z0-9]))*$/;
const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/;
const PINNED_OR_ID = /^([^\s@]+@)?sha256:[0-9a-f]{64}$/;

const port = whole("a TCP port from 1 to 65535", 1, 65535);
const slug = text("a name of lower-case letters, digits and single dashes", SLUG);
const address = z.ipv4({ error: "an IPv4 address of the host, for example 0.0.0.0" });
const IMMUTABLE = "a reference pinned by digest (repository:tag@sha256:...) or an image id (sha256:...)";
/** Pinned, or named after its own content as `offline/images` does. */
const image = z
    .string({ error: IMMUTABLE })
    .refine((reference) => PINNED_OR_ID.test(reference) || isMadeHere(reference), { error: IMMUTABLE });

const engineHost = text(
    "unix:///path, ssh://user@host, or tcp://host:port with TLS",
    /^(unix:\/\/\/|ssh:\/\/|tcp:\/\/)\S+$/,
);
const engineApi = text('an API version of the engine in quotes, for example "1.48"', /^1\.\d{2}$/);
const certPath = text("the path of a folder with ca.pem, cert.pem and key.pem", /^\/\S*$/);

const endpoint = (port_: number) =>
    z.strictObject({ address: address.default("0.0.0.0"), port: port.default(port_) }, { error: "{ address, port }" });

/** An OpenPGP public key packet in base64 (RFC 9580, 4.2): a private key begins with another letter. */
const PGP_PUBLIC_KEY = /^[mx][A-Za-z0-9+/]{150,}={0,2}$/;

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
                    .array(
                        text("a PGP public key: gpg --export <id> | base64 --wrap=0", PGP_PUBLIC_KEY).refine(
                            canEncrypt,
                            { error: NO_ENCRYPTION },
                        ),
                        { error: "a list of PGP public keys" },
                    )
                    .min(1, { error: "the PGP public key of at least one operator" }),
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
        protect: z
            .array(text("<product>/<service>", /^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/), {
                error: "a list of <product>/<service>",
            })
            .default([]),
        consoles: z
            .array(z.enum(CONSOLES, { error: `one of ${CONSOLES.join(", ")}` }), {
                error: `a list of ${CONSOLES.join(", ")}`,
            })
            .default([]),
    },
    { error: "{ realm?, host?, protect?, consoles? }" },
);

const PROXIES = "an address range of proxies, for example 203.0.113.0/24 or 2001:db8::/32";
const proxies = z
    .string({ error: PROXIES })
    .refine((value) => z.union([z.cidrv4(), z.cidrv6()]).safeParse(value).success, { error: PROXIES, abort: true })
    .refine(isNarrow, {
        error: "a range of your proxies only, /8 or narrower (IPv6: /20): whoever is in it chooses the address that rate limits count",
    });

/** Let's Encrypt's production directory. */
const LETS_ENCRYPT = "https://acme-v02.api.letsencrypt.org/directory";

const keys = {
    domain: text("a domain name in lower case with at least one dot, for example example.com", DOMAIN),
    addressBase: text('two octets in quotes, for example "10.120"', /^\d{1,3}\.\d{1,3}$/),
    products: z
        .array(
            z.strictObject(
                {
                    name: slug,
                    services: z
                        .array(slug, { error: "a list of service names" })
                        .min(1, { error: "at least one service, or no `services` at all" })
                        .optional(),
                },
                { error: "{ name, services? }" },
            ),
            { error: "a list of { name, services? }" },
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
            { error: "what the command line found; nobody writes it" },
        )
        .prefault({}),
    vault: z.strictObject(
        { server: z.enum(["vault", "openbao"], { error: "vault or openbao" }).default("vault"), seal },
        { error: "{ server?, seal }" },
    ),
    protectData: z.boolean({ error: "true or false" }).default(true),
    releases: z
        .record(
            text("<product>/<service>", /^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/),
            text("a reference pinned by digest: repository:tag@sha256:...", PINNED),
            { error: "a map from <product>/<service> to reference" },
        )
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
    platformDatabases: z.array(slug, { error: "a list of names" }).default(["temporal", "vault"]),
    identity: z
        .strictObject(
            {
                vault: z
                    .strictObject(
                        {
                            credentialTtl: whole("seconds from 60 to 86400", 60, 86_400).default(3600),
                            renderInterval: whole("seconds from 5 to 3600", 5, 3600).default(300),
                        },
                        { error: "{ credentialTtl?, renderInterval? }, or {} for the defaults" },
                    )
                    .optional(),
                keycloak: keycloak.optional(),
            },
            { error: "{ vault?, keycloak? }" },
        )
        .prefault({}),
};

const schema = z.strictObject(keys);

/** Declared keys, without the namespace. */
export const CONFIG_KEYS: readonly string[] = Object.keys(keys);

/** Keys whose value is a plain string; all others are JSON when they come from the engine. */
const STRINGS: readonly string[] = ["domain", "addressBase", "unreleased", "standIn"];

/** What comes from where the program runs. */
export interface Surroundings {
    /** Of a stack that names none and for which the command line found none. @default the socket of Docker's packages */
    readonly engine?: EngineConnection;
    /** References by image name, of images made on this machine or kept by a mirror. @default those of `images.lock.json` */
    readonly images?: Readonly<Record<string, string>>;
    /** Where a person corrects a setting. @default in the stack file, whatever its name */
    readonly placeOf?: PlaceOf;
    /**
     * What else is wrong with a configuration of which some settings cannot be read: asking for one of these throws `Unreadable`.
     *
     * @default not looked at
     */
    readonly meaning?: (readable: StackConfig) => readonly Problem[];
}

/**
 * Checks configuration as the engine or a stack file gives it.
 *
 * @param raw - by key with its namespace, for example `strata:domain`; values are JSON texts or already objects. Keys of other
 * namespaces are not looked at.
 * @param secretKeys - keys whose values are never quoted in a problem
 * @param surroundings - what the stack need not say itself
 * @throws {@link ConfigurationError} with every problem
 */
export function parseConfig(
    raw: Readonly<Record<string, unknown>>,
    secretKeys: readonly string[] = [],
    {
        engine: defaultEngine = DEFAULT_ENGINE,
        images: supplied = {},
        placeOf = () => "in the stack file",
        meaning = () => [],
    }: Surroundings = {},
): StackConfig {
    const problems: Problem[] = [];
    const values: Record<string, unknown> = {};
    const unknown: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(raw)) {
        const name = key.startsWith(`${NAMESPACE}:`) ? key.slice(NAMESPACE.length + 1) : undefined;
        if (name === undefined) {
            continue;
        }
        if (CONFIG_KEYS.includes(name)) {
            values[name] = STRINGS.includes(name) ? value : fromJson(value);
        } else {
            unknown[name] = value;
            problems.push(unknownKey(`${NAMESPACE}:`, name, CONFIG_KEYS));
        }
    }
    const completed = (read: z.output<typeof schema>): Pick<StackConfig, "images" | "engine"> => ({
        get images() {
            return { ...withSupplied(PINNED_IMAGES, supplied), ...defined(read.images) };
        },
        get engine() {
            return { ...defaultEngine, ...given(read.engineFound), ...given(read.engine) };
        },
    });

    const result = schema.safeParse(values);
    if (!result.success) {
        problems.push(
            ...result.error.issues.flatMap((issue) =>
                problemsOf(issue, values, NAMESPACE, schema, secretKeys, placeOf),
            ),
        );
    }
    if (!result.success || problems.length > 0) {
        const secret = CONFIG_KEYS.filter((name) => secretKeys.includes(`${NAMESPACE}:${name}`));
        const parts = readableParts(schema, { ...values, ...unknown }, secret) as z.output<typeof schema>;
        // Copied as they are: whoever reads one that is wrong is stopped, and here nobody reads any.
        const readable = Object.defineProperties({} as StackConfig, {
            ...Object.getOwnPropertyDescriptors(parts),
            ...Object.getOwnPropertyDescriptors(completed(parts)),
        });
        throw new ConfigurationError("the stack's configuration", [...problems, ...meaning(readable)]);
    }
    const { engineFound: _found, mirror: _mirror, ...rest } = result.data;
    return { ...rest, ...completed(result.data) };
}

/**
 * Reads the configuration of the running stack.
 *
 * @param meaning - as {@link Surroundings} has it
 * @throws {@link ConfigurationError} with every problem
 */
export function loadConfig(meaning?: Surroundings["meaning"]): StackConfig {
    // `Config.get` answers one key at a time, so it can never see a key that nobody asks for, such as a mistyped one.
    const raw = pulumi.runtime.allConfig();
    const surroundings = {
        engine: surroundingEngine(process.env),
        images: suppliedImages(process.env),
        ...(meaning && { meaning }),
    };
    return parseConfig(raw, Object.keys(raw).filter(isSecret), surroundings);
}

/** @throws {@link ConfigurationError} when somebody else than the command line has written the variable */
export function suppliedImages({ [IMAGES_VARIABLE]: value = "{}" }: NodeJS.ProcessEnv): Record<string, string> {
    const parsed = z.record(z.string(), image).safeParse(fromJson(value));
    if (parsed.success) return parsed.data;
    const next = `unset ${IMAGES_VARIABLE}, or: eval "$(npm run -s strata -- env)"`;
    const problem = { key: IMAGES_VARIABLE, value, accepted: `a JSON map from image name to ${IMMUTABLE}`, next };
    throw new ConfigurationError("the environment of the program", [problem]);
}

/** The engine that a docker client would use by itself, for a `pulumi` that nobody prepared. */
function surroundingEngine({
    DOCKER_HOST: host,
    DOCKER_TLS_VERIFY: verify,
    DOCKER_CERT_PATH: certPath,
}: NodeJS.ProcessEnv): EngineConnection {
    if (host === undefined || host === "") return DEFAULT_ENGINE;
    return host.startsWith("tcp:") && verify !== undefined && certPath !== undefined ? { host, certPath } : { host };
}

/** The SDK knows which values are secret and does not declare the function that says so: without it, all are. */
function isSecret(key: string): boolean {
    const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
    return isConfigSecret?.(key) ?? true;
}

/** The default in `Pulumi.yaml`: Pulumi knows no keys that may be missing. */
function isNothing(value: unknown): boolean {
    return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

function fromJson(value: unknown): unknown {
    if (typeof value !== "string") {
        return value;
    }
    try {
        return JSON.parse(value);
    } catch {
        // Not JSON: the schema says what it should have been.
        return value;
    }
}

/** Whoever supplies images may have more than a stack can name, such as the isolation probe. */
function withSupplied(
    pinned: StackConfig["images"],
    supplied: Readonly<Record<string, string>>,
): Record<keyof StackConfig["images"], string> {
    const entries = Object.entries(pinned).map(([name, reference]) => [name, supplied[name] ?? reference]);
    return Object.fromEntries(entries) as Record<keyof StackConfig["images"], string>;
}

/** Without keys that are there and hold nothing. */
function given<T extends object>(settings: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
    return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as {
        [K in keyof T]?: Exclude<T[K], undefined>;
    };
}

function defined(images: Readonly<Record<string, string | undefined>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(images).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
}
