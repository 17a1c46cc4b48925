/** Reads the configuration of a stack: the only place that does. */

import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

import { CONFIG_KEYS, image, IMMUTABLE, schema, STRINGS } from "./schema";
import { readableParts } from "./parts";
import { lostKeys } from "./lost-keys";
import { type PlaceOf, problemsOf, unknownKey } from "./problems";
import type { EngineConnection } from "../model/engine-host";
import { PINNED_IMAGES } from "../model/images";
import { ConfigurationError, type Problem } from "../model/problems";
import type { StackConfig } from "../model/stack-config";
import { IMAGES_VARIABLE } from "../model/supply";

export { ConfigurationError } from "../model/problems";
export type { StackConfig } from "../model/stack-config";

const NAMESPACE = "strata";

/** Where Docker's packages put the engine's socket. */
const DEFAULT_ENGINE: EngineConnection = { host: "unix:///var/run/docker.sock" };

/** Values that a stack may leave out, because they depend on where the program runs. */
export interface Surroundings {
    /**
     * The engine of a stack that names none, when the command line found none either.
     * @default the socket of Docker's packages
     */
    readonly engine?: EngineConnection;
    /** References by image name: images made on this machine or kept by a mirror. @default those of `images.lock.json` */
    readonly images?: Readonly<Record<string, string>>;
    /** Where a person corrects a setting. @default in the stack file, whatever its name */
    readonly placeOf?: PlaceOf;
    /**
     * Finds further problems of a configuration of which some settings are unreadable. Reading such a setting throws
     * `Unreadable`.
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
 * @param surroundings - values that the stack may leave out
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
    for (const [name, value] of Object.entries(values)) {
        const lost = lostKeys(`${NAMESPACE}:${name}`, value, placeOf);
        problems.push(...lost.filter(({ key }) => !problems.some((problem) => problem.key === key)));
    }
    if (!result.success || problems.length > 0) {
        const secret = CONFIG_KEYS.filter((name) => secretKeys.includes(`${NAMESPACE}:${name}`));
        const parts = readableParts(schema, { ...values, ...unknown }, secret) as z.output<typeof schema>;
        // Copies the property descriptors: reading a value here would throw for an unreadable setting.
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
 * @param meaning - see {@link Surroundings.meaning}
 * @throws {@link ConfigurationError} with every problem
 */
export function loadConfig(meaning?: Surroundings["meaning"]): StackConfig {
    // `Config.get` reads one key by its name, so it misses unknown keys, such as mistyped ones. `allConfig` has every key.
    const raw = pulumi.runtime.allConfig();
    const surroundings = {
        engine: surroundingEngine(process.env),
        images: suppliedImages(process.env),
        ...(meaning && { meaning }),
    };
    return parseConfig(raw, Object.keys(raw).filter(isSecret), surroundings);
}

/** @throws {@link ConfigurationError} when the variable is not as the command line writes it */
export function suppliedImages({ [IMAGES_VARIABLE]: value = "{}" }: NodeJS.ProcessEnv): Record<string, string> {
    const parsed = z.record(z.string(), image).safeParse(fromJson(value));
    if (parsed.success) return parsed.data;
    const next = `unset ${IMAGES_VARIABLE}, or: eval "$(npm run -s strata -- env)"`;
    const problem = { key: IMAGES_VARIABLE, value, accepted: `a JSON map from image name to ${IMMUTABLE}`, next };
    throw new ConfigurationError("the environment of the program", [problem]);
}

/** The engine that a docker client would use, for a `pulumi` that was started without the command line. */
function surroundingEngine({
    DOCKER_HOST: host,
    DOCKER_TLS_VERIFY: verify,
    DOCKER_CERT_PATH: certPath,
}: NodeJS.ProcessEnv): EngineConnection {
    if (host === undefined || host === "") return DEFAULT_ENGINE;
    return host.startsWith("tcp:") && verify !== undefined && certPath !== undefined ? { host, certPath } : { host };
}

/**
 * Whether a value is secret. `isConfigSecret` exists at run time but is missing from the SDK's types. If it disappears,
 * every value counts as secret.
 */
function isSecret(key: string): boolean {
    const { isConfigSecret } = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
    return isConfigSecret?.(key) ?? true;
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

/**
 * The pinned references, with the supplied ones in their place. Supplied images that a stack cannot name, such as the
 * isolation probe, are left out.
 */
function withSupplied(
    pinned: StackConfig["images"],
    supplied: Readonly<Record<string, string>>,
): Record<keyof StackConfig["images"], string> {
    const entries = Object.entries(pinned).map(([name, reference]) => [name, supplied[name] ?? reference]);
    return Object.fromEntries(entries) as Record<keyof StackConfig["images"], string>;
}

/** The settings without keys whose value is undefined. */
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
