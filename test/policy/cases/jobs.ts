/** Rules over jobs: what a container that ends may do, and that the plan's jobs are run. */

import type { Platform, Service } from "../../../model/platform";
import { UNKNOWN } from "../../support/engine";
import { change, companion, container, job, PLATFORM_DATA, stack } from "../../support/stack";
import type { RuleCases } from "./case";

const subject = "test-shop-migrate";
const RUN = "node components/hardening/run-job.mjs test-shop-migrate 600";
const COMMAND = "command:local:Command";
const STARTED = "the provider starts it and expects it to keep running; set `start` to false";
const NO_CHECK = 'its end is its health check; set `healthcheck.tests` to ["NONE"]';
const NOBODY = "no command runs this job; make it with `Job` of components/hardening/job.ts";

/** The stack with a migration, which may have a companion. */
const services = (others: readonly Service[]): Platform => {
    const api = PLATFORM_DATA.services.find(({ name }) => name === "shop-api")!;
    const migrate = { ...api, name: "shop-migrate", kind: "job" } as Service;
    return { ...PLATFORM_DATA, services: [...PLATFORM_DATA.services, migrate, ...others] };
};
const run = (create: unknown = RUN) => ({ type: COMMAND, name: "shop-migrate-run", props: { create } });
const withJob = [...stack(services([])), job(), run()];
const agent = {
    ...PLATFORM_DATA.services.find(({ name }) => name === "club-api")!,
    name: "shop-migrate-agent",
    kind: "vault-agent",
    sidecarOf: "shop-migrate",
} as Service;
const withCompanion = [...stack(services([agent])), job(), run(`${RUN} test-shop-migrate-agent`), companion()];

export const jobs: Readonly<Record<string, RuleCases>> = {
    "job-runs-once": {
        subject,
        compliant: {
            job: job(),
            "what runs with a job, and has a health check": companion(),
            "a service may do all that a job may not": container({ ports: [{ internal: 1, external: 1 }] }),
        },
        violating: {
            "another word": [
                container({ labels: [{ label: "strata.runs", value: "twice" }] }),
                [
                    "test-shop-api",
                    "the label strata.runs says something else than once or with-job; correct or remove it",
                ],
            ],
            "started by the provider": [job({ start: undefined }), STARTED],
            "expected to run": [job({ mustRun: true }), STARTED.replace("start` to", "mustRun` to")],
            restarts: [job({ restart: "always" }), 'the engine starts it again and again; set `restart` to "no"'],
            "says nothing about restarts": [
                job({ restart: undefined }),
                'the engine starts it again and again; set `restart` to "no"',
            ],
            "publishes a port": [
                job({ ports: [{ internal: 1, external: 1, ip: "127.0.0.1" }] }),
                "it publishes a port and serves nobody; remove `ports`",
            ],
            "the image's health check": [job({ healthcheck: undefined }), NO_CHECK],
            "a health check": [job({ healthcheck: { tests: ["CMD", "true"] } }), NO_CHECK],
            "a companion that the engine restarts": [
                companion({ restart: "always" }),
                ["test-shop-migrate-agent", 'the engine starts it again and again; set `restart` to "no"'],
            ],
        },
        unknown: {
            restart: [job({ restart: UNKNOWN, start: true }), "test-shop-migrate restart", STARTED],
        },
        wrongType: { start: [job({ start: "false" }), "`start` has the wrong type; write true or false"] },
    },
    "job-belongs-to-plan": {
        subject,
        compliant: { "no job": stack(), job: withJob, "a job with a companion": withCompanion },
        violating: {
            "a service that says it ends": [
                change(stack(), "test-shop-api", { labels: [{ label: "strata.runs", value: "once" }] }),
                ["test-shop-api", "it is no job of the plan and says that it ends; remove the label strata.runs"],
            ],
            "a job that says nothing": [
                change(withJob, subject, { labels: [] }),
                "the plan has it as a container that ends; set its label strata.runs to once",
            ],
            "a job that says it serves one": [
                change(withJob, subject, { labels: [{ label: "strata.runs", value: "with-job" }] }),
                "the plan has it as a container that ends; set its label strata.runs to once",
            ],
            "a companion that says nothing": [
                change(withCompanion, "test-shop-migrate-agent", { labels: [] }),
                [
                    "test-shop-migrate-agent",
                    "the plan has it as a container that ends; set its label strata.runs to with-job",
                ],
            ],
            "nothing runs it": [withJob.filter(({ type }) => type !== COMMAND), NOBODY],
            "the run is another job's": [
                [...withJob.filter(({ type }) => type !== COMMAND), run(RUN.replace("migrate", "migrate-more"))],
                NOBODY,
            ],
        },
        unknown: {
            "the run": [[...withJob.filter(({ type }) => type !== COMMAND), run(UNKNOWN)], "shop-migrate-run create"],
        },
        wrongType: {
            "the run": [
                [...withJob.filter(({ type }) => type !== COMMAND), run(1)],
                "`create` has the wrong type; write a string",
            ],
        },
    },
};
