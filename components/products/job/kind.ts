/** A job: a program that runs to its end before the services that wait for it start, for example a migration. */

import { z } from "zod";

import { common, serviceNames } from "../../../model/declaration";
import { standInOf } from "../../../model/images";
import type { Declared } from "../../../model/schema/declared";
import { whole } from "../../../model/schema/leaves";
import type { StackConfig } from "../../../model/stack-config";
import type { Kind } from "../../kind";
import { command, environment, repository, STAND_IN } from "../application/kind";
import { checkJob } from "./check";

/** Name of the kind. */
export const JOB = "job";

/** Script that runs a job's container to its end. Its arguments are the container, the time limit and further containers. */
export const RUN_JOB = "node components/hardening/run-job.mjs";

/** Longest run in seconds, for a job that names no limit. */
export const TIME_LIMIT = 600;

/** Longest accepted limit in seconds: an update waits for a job, and holds the stack's lock meanwhile. */
const LONGEST = 14_400;

const declaration = common.omit({ healthCheck: true, startsBefore: true, routes: true, replicas: true }).extend({
    kind: z.literal(JOB),
    /** Registry repository of an image of its own. Either this or {@link of}. @default - the image of another service */
    image: repository.exactOptional(),
    /** Application of the product whose image and release it runs, for example `api`. @default - an image of its own */
    of: z.string({ error: "the name of an application of the product" }).exactOptional(),
    /** Program and arguments, instead of the image's own entry point and arguments. Never secret. @default the image's own */
    command: command.exactOptional(),
    environment: environment.exactOptional(),
    /** Applications and jobs that start only after the job has ended with 0. @default none */
    before: serviceNames.exactOptional(),
    /** Longest run in seconds; then the job is stopped, and the update fails. @default 600 */
    timeLimit: whole(`whole seconds from 1 to ${LONGEST}`, 1, LONGEST).exactOptional(),
});

/** A job of a product, as its author writes it. */
export type JobDeclaration = Declared<typeof declaration>;

/** The fields of a job besides those of all services. */
export interface JobSpec {
    /** Program and arguments instead of the image's own. */
    readonly command?: readonly string[];
    /** Longest run in seconds. @default 600 */
    readonly timeLimit?: number;
}

/** A job listens on no port, and its end is the proof that it has worked. So its health check is switched off. */
export const job: Kind<JobSpec, JobDeclaration> = {
    role: "job",
    // The platform's own jobs name their images.
    image: STAND_IN,
    ports: {},
    limits: { memoryMiB: 256, cpus: 0.5, processes: 4096 },
    // The engine replaces a start period of 0 by the image's own, which every preview would then report.
    probe: () => ({ test: ["NONE"], startPeriod: 1 }),
    declared: {
        schema: declaration,
        releaseOf: ({ of }, name) => of ?? name,
        before: ({ before = [] }) => before,
        check: checkJob,
        resolve: ({ of, command: process, environment: settings = {}, timeLimit }, { product, name }, stack) => {
            const release = stack.releases[`${product}/${of ?? name}`];
            const program = release === undefined ? standIn(stack) : process;
            return {
                image: release ?? STAND_IN,
                ports: {},
                environment: settings,
                isStandIn: release === undefined,
                spec: { ...(program && { command: program }), ...(timeLimit !== undefined && { timeLimit }) },
            };
        },
    },
};

/** What stands in for a job: it asks the stores of the job once, where the stand-in can, and ends. */
function standIn(stack: StackConfig): readonly string[] {
    return standInOf(stack) === "podinfo" ? ["podcli", "version"] : ["/reference-app", "--once"];
}
