/** The platform that a stack file declares, for checks before anything is touched and for the table after it. */

import { ConfigurationError, parseConfig, type StackConfig } from "../../config/load";
import { setCommand } from "../../config/problems";
import type { EngineConnection } from "../../model/engine-host";
import { imageReference } from "../../model/images";
import { isMadeHere } from "../../model/made-here";
import type { ImageName } from "../../model/images";
import type { Platform } from "../../model/platform";
import { resolveStack, stackProblems } from "../../model/resolve";
import { IMAGE_NAMES, NOT_MADE } from "../../offline/build/image-recipes";
import { products } from "../../products";
import { ExitCode, Failure } from "../failure";
import { registryOf } from "../setup/registry";
import { lockedImages } from "../setup/locked-images";
import type { Foundations } from "../setup/setup";
import { effectiveFile, type StackFile } from "./copy";
import { isSecret } from "./merge";
import { PROJECT, type Stack } from "./stack";

/** Sets the variables without which `pulumi config set` writes to another file. */
const SHELL = 'eval "$(npm run -s strata -- env)"';

/** What a stack declares. */
export interface Declared {
    readonly config: StackConfig;
    readonly platform: Platform;
    /** Names of the images that its services run and that the set-up provides. */
    readonly images: readonly string[];
    /** Paths of settings that only this checkout has, see {@link effectiveFile}. */
    readonly own: readonly string[];
    /** What its containers are started from, by image name or `<product>/<service>` of a release. */
    readonly references: Readonly<Record<string, DeclaredImage>>;
    /** Those of {@link references} that a registry serves. */
    readonly pulls: Readonly<Record<string, string>>;
}

/** The image of some of a stack's containers. */
export interface DeclaredImage {
    readonly reference: string;
    /** Whether the set-up makes it on this machine; it is in no registry. */
    readonly isMadeHere: boolean;
}

/**
 * Validates a stack's configuration with the program's own schema and model.
 *
 * @param found - which way is taken, and the references that come with it
 * @param engine - the chosen engine; without it, what the stack file says or the default
 * @throws Failure that lists every problem
 */
export function declaredBy(
    stack: Stack,
    found: Pick<Foundations, "decision" | "images" | "mirror">,
    engine?: EngineConnection,
): Declared {
    const { host, certPath } = engine ?? {};
    const connection = host === undefined ? undefined : { host, ...(certPath !== undefined && { certPath }) };
    const { file, own } = effectiveFile(stack, connection);
    const isPrivate = (setting: string): boolean =>
        stack.source === stack.copy ||
        own.some((it) => setting === it || setting.startsWith(`${it}.`) || setting.startsWith(`${it}[`));
    // The stack file is named once, below all problems.
    const placeOf = (setting: string): string => (isPrivate(setting) ? `with ${SHELL}; ${setCommand(setting)}` : "");
    try {
        const environment = stack.name;
        const config = parseConfig(plainSettings(file), [], {
            images: found.images,
            placeOf,
            meaning: (readable) => stackProblems({ environment, config: readable, products }),
        });
        const platform = resolveStack({ environment, config, products });
        const used = new Set(platform.services.map(({ image }) => image));
        refuseWhatIsNotSupplied(stack, config, used, found);
        const provided = [...IMAGE_NAMES, ...Object.keys(NOT_MADE)].filter((name) => used.has(name));
        const references = referencesOf(config, used);
        return {
            config,
            platform,
            own,
            images: provided.filter((name) => references[name]?.isMadeHere || isLocked(config, name)),
            references,
            pulls: Object.fromEntries(
                Object.entries(references)
                    .filter(([, { reference, isMadeHere }]) => !isMadeHere && registryOf(reference) !== undefined)
                    .map(([name, { reference }]) => [name, reference]),
            ),
        };
    } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const [first = "", ...details] = error.message.split("\n");
        const copy = own.length > 0 ? ` (${own.join(", ")}: ${stack.copy})` : "";
        throw new Failure(
            first,
            `mend ${stack.source}${copy}, then run it again; nothing was touched`,
            ExitCode.unknown,
            details,
        );
    }
}

/** Settings as the program gets them: without secrets, which only the program can read, and each key with its namespace. */
function plainSettings({ config }: StackFile): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
        Object.entries(config ?? {})
            .filter(([, value]) => !isSecret(value))
            .map(([key, value]) => [key.includes(":") ? key : `${PROJECT}:${key}`, value]),
    );
}

/** Whether the stack's reference is the one of `images.lock.json`, and not one of its own. */
function isLocked({ images }: StackConfig, name: string): boolean {
    return (images as Readonly<Record<string, string>>)[name] === lockedImages[name];
}

/** The images that services use. A service names an image of the platform, or carries the reference of its release itself. */
function referencesOf(config: StackConfig, used: ReadonlySet<string>): Record<string, DeclaredImage> {
    const releases = new Map(Object.entries(config.releases).map(([name, reference]) => [reference, name]));
    return Object.fromEntries(
        [...used].map((image) => {
            const reference = imageReference(config.images, { image });
            return [releases.get(image) ?? image, { reference, isMadeHere: isMadeHere(reference) }];
        }),
    );
}

/** Refuses a published image when all images come from this machine or a mirror. A stack's own image is taken as it is. */
function refuseWhatIsNotSupplied(
    stack: Stack,
    { images }: StackConfig,
    used: ReadonlySet<string>,
    { decision, mirror }: Pick<Foundations, "decision" | "mirror">,
): void {
    const upstream = mirror ? lockedImages : decision.way === "offline" ? NOT_MADE : {};
    const name = Object.keys(upstream).find((it) => used.has(it) && images[it as ImageName] === lockedImages[it]);
    if (name === undefined) return;
    const own = `name an image that the engine has in strata:images.${name} of ${stack.source}`;
    const [reason, other] = mirror
        ? [`the mirror ${mirror.url} has no image of it`, "fill the mirror with it"]
        : [NOT_MADE[name], "take another server in strata:vault"];
    throw new Failure(
        `the stack ${stack.name} runs ${name}, and ${reason}`,
        `${own}, or ${other}; nothing was touched`,
    );
}
