/** An application: what a product's team builds, or a program that stands in for it. */

import { standInOf } from "../../../model/images";
import type { CommonDeclaration } from "../../../model/product";
import type { StackConfig } from "../../../model/stack-config";
import type { Kind, Probe, Probed } from "../../kind";
import { checkApplication } from "./check";

/** Signals by which a service can be told to read its secrets again. */
export const RELOAD_SIGNALS = ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

/** How a service learns that a secret has changed: it looks itself, it is started anew, or it gets a signal. */
export type Reload = "watch" | "restart" | (typeof RELOAD_SIGNALS)[number];

/** An application of a product, as its author writes it. */
export interface ApplicationDeclaration extends CommonDeclaration {
    readonly kind: "application";
    /** Registry repository; the digest comes from the environment's configuration. */
    readonly image: string;
    readonly port: number;
    readonly environment?: Readonly<Record<string, string>>;
    /** Program and arguments, instead of the image's own entry point and arguments. Never secret. @default the image's own */
    readonly command?: readonly string[];
    /**
     * What happens when a file with a secret changes, in stacks with `strata:identity.vault`. Anything but `watch` needs
     * {@link command}, and `/bin/sh` with `cksum` and `sleep` in the image.
     * @default "watch"
     */
    readonly reload?: Reload;
}

/** What an application has besides what all services have. */
export interface ApplicationSpec {
    /** Program and arguments instead of the image's own. */
    readonly command?: readonly string[];
    /** How it learns that a secret has changed. @default - it looks itself */
    readonly reload?: Reload;
}

/** Image of the program that stands in for an application without a release. */
const STAND_IN = "reference-app";

export const application: Kind<ApplicationSpec, ApplicationDeclaration> = {
    role: "application",
    image: STAND_IN,
    ports: {},
    limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
    probe,
    declared: {
        check: checkApplication,
        resolve: ({ port, environment, command, reload = "watch" }, { product, name }, stack) => {
            const image = stack.releases[`${product}/${name}`] ?? STAND_IN;
            return {
                image,
                ports: { http: port },
                environment: { ...portSettings(image, port, stack), ...environment },
                isStandIn: image === STAND_IN,
                spec: image === STAND_IN ? {} : { ...(command && { command }), ...(reload !== "watch" && { reload }) },
            };
        },
    },
};

/** Settings that make an image listen on the declared port. */
function portSettings(image: string, port: number, stack: StackConfig): Readonly<Record<string, string>> {
    return image === STAND_IN && standInOf(stack) === "podinfo"
        ? { PODINFO_PORT: String(port) }
        : { PORT: String(port) };
}

function probe({ image, ports }: Probed<ApplicationSpec>, stack: StackConfig): Probe {
    const at = `127.0.0.1:${ports["http"]}`;
    if (image !== STAND_IN) {
        return { test: ["CMD-SHELL", `wget -q -O /dev/null http://${at}/health`], startPeriod: 60 };
    }
    return {
        test:
            standInOf(stack) === "podinfo"
                ? ["CMD", "podcli", "check", "http", `${at}/healthz`]
                : ["CMD", "/reference-app", "--healthcheck"],
        startPeriod: 15,
    };
}
