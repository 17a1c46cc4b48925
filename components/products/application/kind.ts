/** An application: a program that a product's team builds, or its stand-in. */

import { z } from "zod";

import { argument, common } from "../../../model/declaration";
import { PATH } from "../../../model/grammar";
import { REPOSITORY } from "../../../model/image-reference";
import { standInOf } from "../../../model/images";
import type { Instances } from "../../../model/instances";
import type { Declared } from "../../../model/schema/declared";
import { type Advice, text, whole } from "../../../model/schema/leaves";
import { carriesLogin, namesSecret } from "../../../model/secret-names";
import type { StackConfig } from "../../../model/stack-config";
import type { Kind, Probe, Probed } from "../../kind";
import { checkReload } from "./check";

/** Name of the kind. */
export const APPLICATION = "application";

/** Signals that can tell a service to read its secrets again. */
export const RELOAD_SIGNALS = ["SIGHUP", "SIGUSR1", "SIGUSR2"] as const;

const RELOADS = ["watch", "restart", ...RELOAD_SIGNALS] as const;

/** How a service learns that a secret has changed: it watches the files itself, it is restarted, or it gets a signal. */
export type Reload = (typeof RELOADS)[number];

const PLAIN = {
    error: "plain settings: what is in the environment can be read by everyone who can inspect the container",
    params: {
        next: (setting) => `keep the value in Vault and name the file that holds it: ${setting}_FILE`,
        // The value may be a secret, as the name says.
        isHidden: true,
    } satisfies Advice,
};

const setting = text({
    pattern: /^[A-Za-z_][A-Za-z0-9_]*$/,
    accepted: "a name of letters, digits and underscores",
}).refine((name) => !namesSecret(name), PLAIN);

/**
 * Shortest drain in seconds: the edge has then noticed, because it asks every second and waits one second for the answer.
 */
const SHORTEST_DRAIN = 3;

const DRAIN = 5;

const COMMAND = 'a list that begins with the program, for example ["node", "server.js"]';

/** Schema of a registry repository; the digest comes from the environment's configuration. */
export const repository = text({ ...REPOSITORY, accepted: `${REPOSITORY.accepted}: what runs is in strata:releases` });

/** Schema of a program's plain settings. */
export const environment = z.record(
    setting,
    z.string({ error: "a text" }).refine((value) => !carriesLogin(value), PLAIN),
    { error: "a map from name to text" },
);

/** Schema of a program and its arguments. */
export const command = z
    .array(argument, { error: COMMAND })
    .refine(([program = ""]) => program.trim() !== "", { error: COMMAND });

const declaration = common.extend({
    kind: z.literal(APPLICATION),
    /** Registry repository; the digest comes from the environment's configuration. */
    image: repository,
    // Applications are not root and have no capability to bind a port below 1024.
    port: whole("a TCP port from 1024 to 65535", 1024, 65535),
    environment: environment.exactOptional(),
    /** Program and arguments, instead of the image's own entry point and arguments. Never secret. @default the image's own */
    command: command.exactOptional(),
    /**
     * What happens when a file with a secret changes. Anything but `watch` needs {@link command}, and `/bin/sh` with `cksum` and `sleep` in the image.
     * @default "watch"
     */
    reload: z.enum(RELOADS, { error: RELOADS.join(", ") }).exactOptional(),
    /**
     * Path that answers 200 while the service takes requests, and 503 from SIGTERM on. The edge asks each replica every second.
     * @default "/health"
     */
    ready: text(PATH).exactOptional(),
    /**
     * Seconds for which a replica still answers requests after SIGTERM, so that the edge notices; then it finishes its
     * requests. The replica reads the number from `DRAIN_SECONDS`.
     * @default 5
     */
    drain: whole(`whole seconds from ${SHORTEST_DRAIN} to 300`, SHORTEST_DRAIN, 300).exactOptional(),
});

/** An application of a product, as its author writes it. */
export type ApplicationDeclaration = Declared<typeof declaration>;

/** The fields of an application besides those of all services. */
export interface ApplicationSpec {
    /** Program and arguments instead of the image's own. */
    readonly command?: readonly string[];
    /** How it learns that a secret has changed. @default - it watches the files itself */
    readonly reload?: Reload;
}

/** Image of the program that stands in for a product's program without a release. */
export const STAND_IN = "reference-app";

export const application: Kind<ApplicationSpec, ApplicationDeclaration> = {
    role: "application",
    image: STAND_IN,
    ports: {},
    limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
    probe,
    declared: {
        schema: declaration,
        releaseOf: (_, name) => name,
        check: checkReload,
        resolve: (declared, { product, name }, stack) => {
            const { port, environment: settings, command: process, reload = "watch" } = declared;
            const image = stack.releases[`${product}/${name}`] ?? STAND_IN;
            const instances = instancesOf(declared, image);
            return {
                image,
                ports: { http: port },
                environment: {
                    ...portSettings(image, port, stack),
                    ...settings,
                    ...(instances && { DRAIN_SECONDS: String(instances.drain) }),
                },
                ...(instances && { instances }),
                isStandIn: image === STAND_IN,
                spec:
                    image === STAND_IN
                        ? {}
                        : { ...(process && { command: process }), ...(reload !== "watch" && { reload }) },
            };
        },
    },
};

/** The instances of an application. Both stand-ins answer at the same path whether they take requests. */
function instancesOf(
    { replicas = 1, ready = "/health", drain = DRAIN }: ApplicationDeclaration,
    image: string,
): Instances | undefined {
    return replicas === 1 ? undefined : { replicas, ready: image === STAND_IN ? "/healthz" : ready, drain };
}

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
