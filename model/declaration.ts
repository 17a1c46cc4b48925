/** What an author may write about a service of any kind. Each kind adds its own fields, see `DeclaredKind` in `components/kind.ts`. */

import { z } from "zod";

import type { KindName } from "../components/kinds";
import { HOST, OUTSIDE_HOST, PATH, slug } from "./grammar";
import { replicas } from "./instances";
import type { Declared } from "./schema/declared";
import { type Advice, flag, text, whole } from "./schema/leaves";
import { carriesLogin } from "./secret-names";

/** A service's name. Its length leaves room for the other parts of a container's name. */
export const SERVICE_NAME = slug(30);

/** Zone roles in the order in which a call between two services that share several zones takes them. */
export const ZONE_ROLES = ["app", "web", "data"] as const;

/** The zones a product can have: `<product>-web-net`, `<product>-net`, `<product>-db-net`. */
export type ZoneRole = (typeof ZONE_ROLES)[number];

/** Accepted values of a route's `frames`. */
export const FRAMES = ["deny", "same-origin", "own"] as const;

/**
 * Which pages may show a route's pages in a frame: none, pages of the same origin, or those that the service's own headers
 * name.
 */
export type Frames = (typeof FRAMES)[number];

const route = z.strictObject(
    {
        /** Host label(s) in front of the environment's domain, for example `api.psra`. @default the product's name */
        host: text(HOST).exactOptional(),
        /** Path with everything below it, in whole segments: `/admin` is not `/administrator`. @default "/" */
        path: text(PATH).exactOptional(),
        /** Requests per second and client. @default 100 */
        rateLimit: whole("whole requests per second, at least 1", 1).exactOptional(),
        /**
         * Requires a session at the identity provider, with a role of the product. Needs `strata:identity.keycloak`. All
         * routes of a service at one host have the same value.
         * @default false
         */
        auth: flag.exactOptional(),
        /**
         * Which pages may show these pages in a frame. The edge's `X-Frame-Options` replaces the service's own header. With
         * `own` the edge sets none, so the service must.
         * @default "deny"
         */
        frames: z.enum(FRAMES, { error: FRAMES.join(", ") }).exactOptional(),
        /**
         * Lets `%2F`, `%5C`, `%00`, `%3B`, `%25`, `%3F` and `%23` through in paths, for services with such names in their
         * URLs (`/projects/group%2Fname`). Refused on a host where some paths need a session and others do not.
         * @default false: answered with 400
         */
        encodedCharacters: flag.exactOptional(),
    },
    { error: "{ host?, path?, rateLimit?, auth?, frames?, encodedCharacters? }" },
);

/** An HTTP route: `<host>.<domain>`, or the product's own host when `host` is missing. */
export type ProductRoute = Declared<typeof route>;

const outside = z.strictObject(
    {
        /** Its whole name, for example `api.openai.com`. Hosts below it are other hosts. */
        host: text(OUTSIDE_HOST),
        /** @default 443 */
        port: whole("a TCP port from 1 to 65535", 1, 65535).exactOptional(),
    },
    { error: "{ host, port? }" },
);

/** A host and port outside the platform. */
export type Outside = Required<Declared<typeof outside>>;

/** Port of a host outside for which an author names none. */
export const OUTSIDE_PORT = 443;

const limits = z.strictObject(
    {
        /** Memory in MiB; swap is never added to it. At least 16. */
        memoryMiB: whole("whole MiB, at least 16", 16).exactOptional(),
        /** CPU cores, for example 0.5. */
        cpus: z
            .number({ error: "cores from 0.05 to 128" })
            .min(0.05, { error: "cores from 0.05 to 128" })
            .max(128, { error: "cores from 0.05 to 128" })
            .exactOptional(),
        /**
         * Processes and threads of the service's user, at least 256. The kernel counts them for the user, over all containers of the
         * engine (`RLIMIT_NPROC`); an application and its agent are one user.
         * @default 4096
         */
        processes: whole(
            "a whole number, at least 256: the threads of the service, of its agent and of both health checks count",
            256,
        ).exactOptional(),
    },
    { error: "{ memoryMiB?, cpus?, processes? }" },
);

/** Upper bounds of one container. */
export type Limits = Required<Declared<typeof limits>>;

const TEST = '["CMD", program, ...] or ["CMD-SHELL", line]: every service has a health check';

/** An argument of a program that a container runs. */
export const argument = z.string({ error: "a text" }).refine((it) => !carriesLogin(it), {
    error: "no URL with a login: everyone who can inspect the container can read it",
    params: {
        next: () => "keep the value in Vault, and let the program read it from a file",
        isHidden: true,
    } satisfies Advice,
});

/** Seconds of a day. */
const LONGEST_TIME = 86_400;

const SECONDS = `whole seconds from 1 to ${LONGEST_TIME}`;

const healthCheck = z.strictObject(
    {
        /** `["CMD", ...]` or `["CMD-SHELL", line]`. */
        test: z
            .array(argument, { error: TEST })
            .refine(([how = "", what]) => ["CMD", "CMD-SHELL"].includes(how) && what !== undefined, { error: TEST })
            .exactOptional(),
        /** @default 30 */
        interval: whole(SECONDS, 1, LONGEST_TIME).exactOptional(),
        /** @default 10 */
        timeout: whole(SECONDS, 1, LONGEST_TIME).exactOptional(),
        /** @default 3 */
        retries: whole("a whole number, at least 1", 1).exactOptional(),
        /** Seconds after the start in which failures do not count. */
        startPeriod: whole(`whole seconds from 0 to ${LONGEST_TIME}`, 0, LONGEST_TIME).exactOptional(),
    },
    { error: "{ test?, interval?, timeout?, retries?, startPeriod? }" },
);

/** Durations are seconds. Defaults are requirement A4's. */
export type HealthCheck = Required<Declared<typeof healthCheck>>;

const SERVICES = "a list of names of services";

/** A list of names of services. Another check compares them with the services that exist. */
export const serviceNames = z.array(z.string({ error: "the name of a service" }), { error: SERVICES });

/** Fields of a service of any kind. */
export const common = z.strictObject({
    /** Zones it joins. */
    zones: z.array(z.enum(ZONE_ROLES, { error: ZONE_ROLES.join(", ") }), { error: "a list of zones" }),
    /** @default the kind's own */
    limits: limits.exactOptional(),
    /** @default the kind's own */
    healthCheck: healthCheck.exactOptional(),
    /** Services of the product that it connects to, for example `api`. Stores call no services. */
    calls: serviceNames.exactOptional(),
    /**
     * Services among `calls` for which it does not wait at start, for pairs that call each other.
     * @default none
     */
    startsBefore: serviceNames.exactOptional(),
    routes: z.array(route, { error: "a list of routes" }).exactOptional(),
    /**
     * Containers that run at the same time; only for applications. An update replaces them one by one, each after the
     * previous one is healthy.
     * @default 1
     */
    replicas: replicas.exactOptional(),
    /**
     * Hosts outside the platform that it connects to, through the egress proxy; only for applications. The service finds
     * the proxy in `HTTPS_PROXY`.
     * @default none: no zone of a product has a way out
     */
    egress: z.array(outside, { error: "a list of hosts outside the platform" }).exactOptional(),
});

/** What an author writes about a service of any kind. */
export interface CommonDeclaration extends Declared<typeof common> {
    readonly kind: KindName;
}
