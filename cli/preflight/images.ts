/** Whether the engine can get and run the images that a stack names. */

import { kindOf } from "../../components/kinds";
import { isAmong } from "../../model/environments";
import { isMadeSomewhere } from "../../model/made-here";
import { containerName } from "../../model/names";
import type { Platform } from "../../model/platform";
import committed from "../../policies/configuration.json";
import { registryOf } from "../setup/registry";
import type { Finding } from "./finding";

/** One image that a stack runs. */
export interface ImageFacts {
    /** `postgres`, or `psra/api` for a release. */
    readonly name: string;
    readonly reference: string;
    /** `amd64` as the engine has it; `undefined` when the engine does not have it yet. */
    readonly arch: string | undefined;
    /** Made on this machine, so for its processor. */
    readonly isMadeHere: boolean;
}

/** The docker client's own logins. */
export interface ClientLogins {
    /** Registries of `auths` and `credHelpers` in the client's `config.json`. */
    readonly registries: readonly string[];
}

/** Judges processors, missing ids and logins. Pure. */
export function judgeImages(
    images: readonly ImageFacts[],
    engineArch: string,
    machineArch: string,
    logins: ClientLogins,
): Finding[] {
    const foreign = images.filter(
        ({ arch, isMadeHere }) => (arch ?? (isMadeHere ? machineArch : engineArch)) !== engineArch,
    );
    const lost = images.filter(({ reference, arch }) => arch === undefined && /^sha256:/.test(reference));
    const found: Finding[] = [
        ...foreign.map(({ name, reference, arch }) => ({
            what: `image ${name}`,
            value: `${reference} is for ${arch ?? machineArch}, and the engine runs ${engineArch}`,
            verdict: "bad" as const,
            accepted: `an image for ${engineArch}`,
            fix: "name one in strata:images or strata:releases, or use an engine of the image's processor",
        })),
        ...lost.map(({ name, reference }) => ({
            what: `image ${name}`,
            value: `the engine has no image ${reference}, and an id cannot be pulled`,
            verdict: "bad" as const,
            accepted: "the id of an image that the engine has, or repository:tag@sha256:…",
            fix: `load it: docker load, or name another in the stack file`,
        })),
        ...judgeLogins(images, logins),
    ];
    if (found.length > 0) return found;
    const here = images.filter(({ arch }) => arch !== undefined).length;
    return [
        { what: "images", value: `${here} of ${images.length} are on the engine, for ${engineArch}`, verdict: "good" },
    ];
}

/** What `policies/configuration.json` says about the rule that judges images made here. */
export interface ReleaseSettings {
    /** Environments that may run images made here. */
    readonly madeHere: readonly string[];
    /** Names of containers that may run them, whatever their environment. */
    readonly waivers?: readonly { readonly resource: string }[];
}

const RELEASE_RULE = "container-runs-fixed-release";

/**
 * Judges images whose release cannot be told because they were made on some machine, for programs that let strangers in when they
 * are too old. The policy refuses each such container. This finding comes before, and names all of them at once. Pure.
 */
export function judgeMadeHere(
    environment: string,
    { services }: Pick<Platform, "services">,
    references: Readonly<Record<string, { readonly reference: string }>>,
    { madeHere, waivers = [] }: ReleaseSettings = committed[RELEASE_RULE],
): Finding[] {
    if (isAmong(environment, madeHere)) return [];
    const refused = services.filter((service) => {
        const { name, image } = service;
        const reference = references[image]?.reference ?? "";
        const isUntold = isMadeSomewhere(reference) || reference.startsWith("sha256:");
        const isWaived = waivers.some(({ resource }) => resource === containerName(environment, name));
        return kindOf(service).fixedRelease !== undefined && isUntold && !isWaived;
    });
    if (refused.length === 0) return [];
    const images = [...new Set(refused.map(({ image }) => image))];
    const releases = refused.map((service) => `${service.image} ${kindOf(service).fixedRelease!.join(".")}`);
    const needed = [...new Set(releases)].join(", ");
    const count = refused.length === 1 ? "1 container" : `${refused.length} containers`;
    return [
        {
            what: "images made here",
            value: `${images.join(", ")} (${count}): the release cannot be told, so the policy ${RELEASE_RULE} refuses ${environment}`,
            verdict: "bad",
            accepted: `published images of ${needed} or later; images made here in ${madeHere.join(", ")}`,
            fix:
                "use published images, from the internet or a mirror (docs/mirror.md); or accept the unknown release: add " +
                `"${environment}" to madeHere of ${RELEASE_RULE} in policies/configuration.json`,
        },
    ];
}

/** Judges logins to registries. A registry may serve images without a login, so a missing login is a note. */
function judgeLogins(images: readonly ImageFacts[], { registries }: ClientLogins): Finding[] {
    const wanted = images.filter(({ arch, isMadeHere }) => arch === undefined && !isMadeHere);
    const hosts = new Map<string, string[]>();
    for (const { name, reference } of wanted) {
        const host = registryOf(reference);
        if (host !== undefined && !registries.includes(host)) hosts.set(host, [...(hosts.get(host) ?? []), name]);
    }
    return [...hosts].map(([host, names]) => ({
        what: `registry ${host}`,
        value: `no login of the docker client; ${names.join(", ")} ${names.length === 1 ? "comes" : "come"} from there`,
        verdict: "note" as const,
        fix: `when the images are not public: docker login ${host}`,
    }));
}
