/**
 * Runs the real program (`index.ts`) of a stack without an engine, and records the resources that it registers.
 *
 * Everything that the Node SDK sends to the engine is real: properties as they go over the wire, options, parents, secrecy.
 * {@link respond} makes up the answers. So this does not show what providers do with the inputs.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import { ROOT_TYPE, respond, SECRET_SIGNATURE, SIGNATURE, UNKNOWN } from "./engine";

export type StackName = "local" | "staging" | "production";

/** A resource as the program registered it. */
export interface Registered {
    readonly type: string;
    /** Logical name. */
    readonly name: string;
    readonly urn: string;
    /** URN of the parent. @default - the stack itself has none */
    readonly parent: string | undefined;
    /** Inputs as sent: secrets are {@link Secret}, values that a preview does not know are {@link UNKNOWN}. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The provider's answer; for a component the outputs that it registered. */
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly options: RegisteredOptions;
}

/** Options that reach the engine. */
export interface RegisteredOptions {
    readonly protect: boolean;
    readonly deleteBeforeReplace: boolean | undefined;
    readonly replaceOnChanges: readonly string[];
    readonly ignoreChanges: readonly string[];
    readonly additionalSecretOutputs: readonly string[];
    /** URNs of the resources that it depends on. */
    readonly dependsOn: readonly string[];
    /** URN of the resource whose deletion also deletes this one; empty without one. */
    readonly deletedWith: string;
    /** URN and id of the provider; empty for components. */
    readonly provider: string;
    /** Names of the hooks that run after the provider has updated the resource. */
    readonly afterUpdate: readonly string[];
    /** URNs that the resource had in earlier releases, without those that follow from an alias of its parent. */
    readonly aliases: readonly string[];
}

/** A value that the program declared secret. */
export class Secret {
    constructor(public readonly value: unknown) {}
}

/** Resources, outputs and warnings of a run of the program. */
export interface Program {
    /** In the order of registration. */
    readonly resources: readonly Registered[];
    /** The stack's outputs, with the same conventions as inputs. */
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Warnings to the user; the SDK's stand-in for the engine puts its own words in front. */
    readonly warnings: readonly string[];
}

/** The engine, as the command line passes it: without this key the program reads this process's `DOCKER_HOST`. */
const ENGINE = { "strata:engineFound": JSON.stringify({ host: "unix:///var/run/docker.sock" }) };

const ROOT = join(__dirname, "..", "..");
export const PROJECT = "strata";

/**
 * @param preview - runs a preview: values that an engine or provider would make up are unknown
 * @param config - replaces keys of the stack's file
 */
export async function collectProgram(
    stack: StackName,
    {
        preview = false,
        config = {},
    }: { readonly preview?: boolean; readonly config?: Readonly<Record<string, unknown>> } = {},
): Promise<Program> {
    const recorded = new Map<string, Recording>();
    let outputs: Record<string, unknown> = {};
    const warnings: string[] = [];
    const warn = jest.spyOn(console, "warn").mockImplementation((text: string) => void warnings.push(text));
    // Each run gets its own module registry: the program is a module, and a module runs once.
    await jest
        .isolateModulesAsync(async () => {
            // eslint-disable-next-line @typescript-eslint/no-require-imports -- imports would be hoisted out of the registry
            const sdk = require("@pulumi/pulumi") as typeof pulumi;
            // eslint-disable-next-line @typescript-eslint/no-require-imports
            const { withLocalStorage } = require("@pulumi/pulumi/runtime/state") as RuntimeState;
            // The SDK's state between calls is global, except in a local store, which inline programs use.
            await withLocalStorage(async () => {
                await sdk.runtime.setMocks({ newResource: respond(preview), call: refuse }, PROJECT, stack, preview);
                record(recorded);
                sdk.runtime.setAllConfig({ ...ENGINE, ...readConfig(stack), ...toWire(config) }, []);
                // eslint-disable-next-line @typescript-eslint/no-require-imports
                await sdk.runtime.runInPulumiStack(() => require(join(ROOT, "index.ts")) as Promise<unknown>);
                await sdk.runtime.disconnect();
            });
        })
        .finally(() => warn.mockRestore());
    const resources: Registered[] = [];
    for (const { registered, outputs: own } of recorded.values()) {
        resources.push({ ...registered, outputs: own });
        if (registered.type === ROOT_TYPE) {
            outputs = own;
        }
    }
    return { resources: resources.filter(({ type }) => type !== ROOT_TYPE), outputs, warnings };
}

/** The part of the SDK's runtime that inline programs use and its declarations leave out. */
interface RuntimeState {
    withLocalStorage<T>(body: () => T): T;
}

interface Recording {
    readonly registered: Omit<Registered, "outputs">;
    outputs: Record<string, unknown>;
}

/** Puts a recorder between the program and the SDK's own stand-in for the engine. */
function record(recorded: Map<string, Recording>): void {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { getMonitor } = require("@pulumi/pulumi/runtime/settings") as { getMonitor(): Monitor };
    const monitor = getMonitor();
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = async (request, callback) => {
        await register(request, (error, response) => {
            if (response) {
                const urn = response.getUrn();
                if (recorded.has(urn)) {
                    throw new Error(`${urn} is registered twice`);
                }
                const registered = read(request, urn);
                const isComponent = !request.getCustom();
                const answer = isComponent ? {} : decodeAll(response.getObject().toJavaScript());
                recorded.set(urn, {
                    registered,
                    outputs: isComponent ? {} : { ...answer, ...(response.getId() && { id: response.getId() }) },
                });
            }
            callback(error, response);
        });
    };
    // The SDK's stand-in lacks this method. Nothing is ever updated here, so no hook is called.
    monitor.registerResourceHook = (_request, callback) => callback(null, {});
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, callback) => {
        const recording = recorded.get(request.getUrn());
        if (recording) {
            recording.outputs = decodeAll(request.getOutputs().toJavaScript());
        }
        registerOutputs(request, callback);
    };
}

function read(request: RegisterRequest, urn: string): Omit<Registered, "outputs"> {
    return {
        type: request.getType(),
        name: request.getName(),
        urn,
        parent: request.getParent() || undefined,
        inputs: decodeAll(request.getObject().toJavaScript()),
        options: {
            protect: request.getProtect(),
            deleteBeforeReplace: request.getDeletebeforereplacedefined() ? request.getDeletebeforereplace() : undefined,
            replaceOnChanges: request.getReplaceonchangesList(),
            ignoreChanges: request.getIgnorechangesList(),
            additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
            dependsOn: request.getDependenciesList(),
            deletedWith: request.getDeletedwith(),
            provider: request.getProvider(),
            afterUpdate: request.getHooks()?.getAfterUpdateList() ?? [],
            aliases: request.getAliasesList().map((alias) => aliasUrn(urn, alias)),
        },
    };
}

/** The URN that an alias of a resource stands for. */
function aliasUrn(urn: string, alias: Alias): string {
    const spec = alias.getSpec();
    if (spec === undefined) return alias.getUrn();
    const [stack, project, types = "", name = ""] = urn.split("::");
    const own = types.split("$");
    const type = spec.getType() || own.at(-1)!;
    const above = spec.getNoparent()
        ? []
        : (spec.getParenturn().split("::")[2]?.split("$") ?? own.slice(0, -1)).filter((it) => it !== ROOT_TYPE);
    return [stack, project, [...above, type].join("$"), spec.getName() || name].join("::");
}

/** Properties from the wire, with {@link Secret} where the wire says so. */
function decode(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(decode);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    const record = value as Record<string, unknown>;
    return record[SIGNATURE] === SECRET_SIGNATURE ? new Secret(decode(record["value"])) : decodeAll(record);
}

function decodeAll(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, decode(value)]));
}

/** The values without their secrecy, as policies get them. */
export function reveal(value: unknown): unknown {
    if (value instanceof Secret) {
        return reveal(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(reveal);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, reveal(inner)]))
        : value;
}

/** The values with every secret replaced by `[secret]`, and every unknown value by `[unknown]`. */
export function redact(value: unknown): unknown {
    if (value instanceof Secret) {
        return "[secret]";
    }
    if (value === UNKNOWN) {
        return "[unknown]";
    }
    if (Array.isArray(value)) {
        return value.map(redact);
    }
    return typeof value === "object" && value !== null
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redact(inner)]))
        : value;
}

/** The stack's committed configuration as the engine hands it to programs. */
function readConfig(stack: StackName): Record<string, string> {
    const file = parse(readFileSync(join(ROOT, `Pulumi.${stack}.yaml`), "utf8")) as { config: Record<string, unknown> };
    return toWire(file.config);
}

function toWire(config: Readonly<Record<string, unknown>>): Record<string, string> {
    return Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
}

function refuse({ token }: pulumi.runtime.MockCallArgs): never {
    throw new Error(`the program calls ${token}, which test/support/engine.ts does not know`);
}

interface Struct {
    toJavaScript(): Record<string, unknown>;
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getCustom(): boolean;
    getObject(): Struct;
    getProtect(): boolean;
    getDeletebeforereplace(): boolean;
    getDeletebeforereplacedefined(): boolean;
    getReplaceonchangesList(): string[];
    getIgnorechangesList(): string[];
    getAdditionalsecretoutputsList(): string[];
    getDependenciesList(): string[];
    getProvider(): string;
    getDeletedwith(): string;
    getAliasesList(): Alias[];
    getHooks(): { getAfterUpdateList(): string[] } | undefined;
}

interface Alias {
    getUrn(): string;
    getSpec(): { getName(): string; getType(): string; getNoparent(): boolean; getParenturn(): string } | undefined;
}

interface RegisterResponse {
    getUrn(): string;
    getId(): string;
    getObject(): Struct;
}

/** The used parts of the SDK's stand-in, whose own declarations say `any`. */
interface Monitor {
    registerResource(
        request: RegisterRequest,
        callback: (error: unknown, response?: RegisterResponse) => void,
    ): Promise<void>;
    registerResourceOutputs(
        request: { getUrn(): string; getOutputs(): Struct },
        callback: (error: unknown, response?: unknown) => void,
    ): void;
    registerResourceHook?(request: unknown, callback: (error: unknown, response?: unknown) => void): void;
}
