/** The environment in which `pulumi` works on a stack, for this command line's own calls and for `strata env`. */

import { join } from "node:path";

import { clientVariables, ENGINE_VARIABLE } from "../../model/engine-host";
import { carriesLogin } from "../../model/secret-names";
import { clientEnvironment, type EngineChoice } from "../../engine/choice";
import { childEnvironment, projectRoot } from "../places";
import { IMAGES_VARIABLE, ORIGIN_VARIABLE, WAY_VARIABLE } from "../../model/supply";
import type { Foundations } from "../setup/setup";
import type { StateAccess } from "./access";
import { type Backend, ENV_MARKER, isService } from "./backend";
import { PROJECT, type Stack } from "./stack";

/** The mandatory policy pack. */
export const POLICY_PACK = join(projectRoot, "policies");

/** Settings of its policies. */
export const POLICY_CONFIGURATION = join(POLICY_PACK, "configuration.json");

/** Options of every run that goes through the policies. */
export const POLICY_OPTIONS = ["--policy-pack", POLICY_PACK, "--policy-pack-config", POLICY_CONFIGURATION] as const;

/** The plugins and images of a stack. */
type Supplied = Pick<Foundations, "toolchain" | "images" | "origin">;

/** An engine, with its identity where it is told. */
type KnownEngine = EngineChoice & { readonly identity?: string | undefined };

/** Variables to set on top of the caller's. `PATH` holds only what goes in front. */
export function pulumiVariables(
    { toolchain, images, origin }: Supplied,
    access: StateAccess,
    { identity = "" }: KnownEngine,
): NodeJS.ProcessEnv {
    return {
        // Plugins come from here; the operator's login comes from PULUMI_CREDENTIALS_PATH.
        PULUMI_HOME: toolchain.home,
        // For the program, which records them with the environment.
        [WAY_VARIABLE]: toolchain.way,
        [ORIGIN_VARIABLE]: origin,
        [ENGINE_VARIABLE]: identity,
        // Always set, so that the images of another run in this shell do not count.
        [IMAGES_VARIABLE]: JSON.stringify(images),
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        PULUMI_SUPPRESS_NEO_LINK: "true",
        ...access.variables,
    };
}

/** The complete environment for a `pulumi` of this command line. Options come as flags, so none come as variables. */
export function pulumiEnvironment(
    supplied: Supplied,
    access: StateAccess,
    engine: KnownEngine,
    caller: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
    const variables = pulumiVariables(supplied, access, engine);
    const inherited = Object.entries(clientEnvironment(engine, childEnvironment(caller))).filter(
        ([name]) => !name.startsWith("PULUMI_OPTION_") && !name.startsWith("PULUMI_CONFIG_PASSPHRASE"),
    );
    const base = Object.fromEntries(inherited);
    return {
        ...base,
        ...variables,
        // Without it, `pulumi` does not know `--event-log`. The Automation API sets it for the same reason.
        PULUMI_DEBUG_COMMANDS: "true",
        PATH: `${supplied.toolchain.bin}:${base.PATH ?? ""}`,
    };
}

/**
 * Shell lines that make plain `pulumi preview`, `up` and `refresh` work on the stack, with the same policy pack.
 *
 * @param configFile - what {@link refreshCopy} returned
 */
export function shellLines(
    stack: Stack,
    supplied: Supplied,
    access: StateAccess,
    configFile: string,
    engine: KnownEngine,
    caller: NodeJS.ProcessEnv,
): string[] {
    const node = childEnvironment({ PATH: "" }).PATH ?? "";
    const variables: NodeJS.ProcessEnv = {
        [ENV_MARKER]: stack.name,
        ...pulumiVariables(supplied, access, engine),
        PULUMI_OPTION_STACK: qualifiedName(stack, access.backend),
        PULUMI_OPTION_CONFIG_FILE: configFile,
        PULUMI_OPTION_POLICY_PACK: POLICY_PACK,
        PULUMI_OPTION_POLICY_PACK_CONFIG: POLICY_CONFIGURATION,
        NODE_COMPILE_CACHE: caller.NODE_COMPILE_CACHE,
        ...clientVariables(engine),
    };
    // A passphrase that the caller already has in its environment needs no second mention, least of all in a terminal.
    delete variables.PULUMI_CONFIG_PASSPHRASE;
    // Nor does a backend whose URL has a password.
    const url = variables.PULUMI_BACKEND_URL;
    if (url !== undefined && url === caller.PULUMI_BACKEND_URL && carriesLogin(url)) {
        delete variables.PULUMI_BACKEND_URL;
    }
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value ?? "")}`);
    // Pulumi takes the phrase before the file.
    const unset = variables.PULUMI_CONFIG_PASSPHRASE_FILE === undefined ? [] : ["PULUMI_CONFIG_PASSPHRASE"];
    // The provider would follow a context or certificates that are meant for another engine.
    unset.push(...engine.ignored.filter((name) => !(name in variables)));
    if (engine.source === "context") unset.push("DOCKER_CONTEXT");
    const path = `export PATH=${quoted(`${supplied.toolchain.bin}:${node}`)}"$PATH"`;
    return [...unset.map((name) => `unset ${name}`), path, ...lines];
}

/**
 * The stack's name for plain `pulumi`. Pulumi Cloud has organisations: there the short name means the operator's default one, for
 * plain `pulumi` as for this command line. Every other backend has one organisation, called `organization`.
 */
function qualifiedName(stack: Stack, backend: Backend): string {
    return isService(backend) ? stack.name : `organization/${PROJECT}/${stack.name}`;
}

/** Safe for `eval` in any POSIX shell. */
function quoted(value: string): string {
    return `'${value.replaceAll("'", `'\\''`)}'`;
}
