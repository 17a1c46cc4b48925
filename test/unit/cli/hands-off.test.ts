/** What `up` and `down` start with: who is asked what, in which order, and what is removed. */

import { hostname } from "node:os";

import type { RunningContainer } from "../../../engine/containers";
import { Progress } from "../../../cli/output/progress";
import type { Lock } from "../../../cli/pulumi/locks";
import type { Creation } from "../../../cli/pulumi/pulumi";
import { clearAway, lookAtEngine } from "../../../cli/pulumi/clear-away";
import { Deeds } from "../../../cli/pulumi/deeds";
import { recover } from "../../../cli/pulumi/recover";
import { readState } from "../../../cli/pulumi/state";
import type { Session } from "../../../cli/session";
import type { Backend } from "../../../cli/stacks/backend";

const orphan = { id: "c9", name: "production-api", labels: {}, state: "running" } as unknown as RunningContainer;
const known = { urn: "urn:x::random", type: "random:index/randomPassword:RandomPassword" };

/** A session that writes down what is asked of it. */
function session(
    backend: Backend,
    answers: { created?: Creation; progress?: string },
    deployment: object = { resources: [known] },
): { it: Session; asked: string[] } {
    const asked: string[] = [];
    const answer = <T>(what: string, value: T): Promise<T> => {
        asked.push(what);
        return Promise.resolve(value);
    };
    const copied = {
        state: () => Promise.resolve(readState({ deployment })),
        rewrite: () => Promise.resolve(),
        operate: () => Promise.resolve({ code: 0, logFile: "" }),
    };
    const it = {
        stack: { name: "unit-hands-off", stateFolder: "/nowhere/state" },
        access: { backend, variables: {} },
        engine: {
            containers: () => answer("engine", [orphan]),
            networks: () => Promise.resolve([]),
            volumes: () => Promise.resolve([]),
            remove: (kind: string, objects: readonly { name: string }[]) =>
                answer(`remove ${kind} ${objects.map(({ name }) => name).join()}`, undefined),
        },
        pulumi: {
            configFile: `${__dirname}/../../../Pulumi.local.yaml`,
            state: () => answer("state", readState({ deployment })),
            exported: () => Promise.resolve({ deployment }),
            // What is planned on the copy asks nobody.
            onCopy: (_: unknown, work: (copy: object) => Promise<unknown>) => work({ ...it.pulumi, ...copied }),
            createStack: () => answer("lock", answers.created),
            rewrite: (edit: (exported: unknown) => unknown) => {
                const { volumes } = readState(edit({ deployment }));
                return answer(`rewrite ${volumes.map(({ name }) => name).join()}`, undefined);
            },
            operate: (verb: string, args: readonly string[]) =>
                answer([verb, ...args].join(" "), { code: 0, logFile: "" }),
            ask: (args: readonly string[]) =>
                answer(args[0] === "stack" ? "lock" : args.join(" "), {
                    code: 0,
                    stdout: answers.progress ?? "",
                    stderr: "",
                }),
        },
    };
    return { it: it as unknown as Session, asked };
}

const willing = () => Promise.resolve();

/** Looks, and does what was found after consent. @returns what was asked meanwhile */
async function lookAndDo(it: Session, asked: string[]): Promise<{ looking: string[]; doing: string[] }> {
    const { plan } = await recover(it, quiet, willing);
    const looking = asked.splice(0);
    const deeds = new Deeds(it, [...clearAway(plan, quiet), lookAtEngine(plan, quiet)]);
    await deeds.foresee(() => Promise.resolve());
    expect(asked.splice(0)).toEqual([]);
    await deeds.fulfil(quiet);
    return { looking, doing: asked.splice(0) };
}
const quiet = new Progress(process.stdout, { quiet: true });
const bucket: Backend = { kind: "bucket", url: "s3://states" };
const shared: Backend = { kind: "folder", url: "file:///srv/states", folder: "/srv/states" };
const service: Backend = { kind: "service", url: "https://api.pulumi.com" };
const lock: Lock = { user: "anna", host: hostname(), pid: 999_999_999, since: "2026-01-01T00:00:00Z" };
const busy = "    Update in progress:\n\tStarted: 5 minutes ago\n\tRequested By: anna\n";

test.each([
    ["a bucket", bucket, { created: { outcome: "locked", locks: [lock] } as const }],
    ["a shared folder", shared, { created: { outcome: "locked", locks: [lock] } as const }],
    ["Pulumi Cloud", service, { progress: busy }],
])("nothing is removed while somebody holds the lock in %s", async (_, backend, answers) => {
    const { it, asked } = session(backend, answers);
    await expect(recover(it, quiet, willing)).rejects.toMatchObject({
        message: expect.stringContaining("anna") as string,
        exitCode: 2,
    });
    expect(asked).toEqual(["engine", "lock"]);
});

const cutOffUp = {
    resource: {
        urn: "urn:x::docker:index/container:Container::api",
        type: "docker:index/container:Container",
        inputs: { name: orphan.name },
    },
    type: "creating",
};

test.each([
    ["a bucket", bucket, { created: { outcome: "exists" } as const }],
    ["Pulumi Cloud", service, { progress: "    Owner: acme\n" }],
])(
    "with the lock free in %s, what the engine had before the question and a cut-off operation names is removed",
    async (_, backend, answers) => {
        const deployment = { resources: [known], pending_operations: [cutOffUp] };
        const { it, asked } = session(backend, answers, deployment);
        const { looking, doing } = await lookAndDo(it, asked);
        expect(looking).toEqual(["engine", "lock", "state"]);
        expect(doing).toEqual([
            "lock",
            "remove container production-api",
            "remove network ",
            "state",
            "refresh --clear-pending-creates --yes --skip-preview",
        ]);
    },
);

describe("what has the label and no interrupted run explains is refused, and nobody is asked about it", () => {
    const neverAsked = () => Promise.reject(new Error("examined"));
    const other = { ...cutOffUp, resource: { ...cutOffUp.resource, inputs: { name: "production-web" } } };

    test.each([
        ["with a state that knows other things", { resources: [known] }],
        [
            "after a run that was cut off while it made something else",
            { resources: [known], pending_operations: [other] },
        ],
    ])("%s", async (_, deployment) => {
        const { it, asked } = session(bucket, { created: { outcome: "exists" } }, deployment);
        await expect(recover(it, quiet, neverAsked)).rejects.toMatchObject({
            message: expect.stringContaining("does not know (production-api); nothing was touched") as string,
            next: expect.stringMatching(/another checkout .* work from there; .* remove it by hand/) as string,
            exitCode: 2,
        });
        expect(asked).toEqual(["engine", "lock", "state"]);
    });

    test("without a state", async () => {
        const { it, asked } = session(bucket, { created: { outcome: "exists" } }, { resources: [] });
        await expect(recover(it, quiet, neverAsked)).rejects.toMatchObject({
            message: expect.stringContaining("(production-api), but this checkout has no state for it") as string,
            exitCode: 2,
        });
        expect(asked).toEqual(["engine", "lock", "state"]);
    });
});

describe("a volume that a cut-off run made", () => {
    const volume = "docker:index/volume:Volume";
    const name = "production-psra-postgres-data";
    const begun = { resource: { urn: `urn:x::${volume}::data`, type: volume, inputs: { name } }, type: "creating" };

    test("is written into the state before the operation is cleared away", async () => {
        const deployment = { resources: [known], pending_operations: [begun] };
        const { it, asked } = session(bucket, { created: { outcome: "exists" } }, deployment);
        Object.assign(it.engine, {
            containers: () => Promise.resolve([]),
            volumes: () => Promise.resolve([{ id: name, name, data: true }]),
        });
        const { doing } = await lookAndDo(it, asked);
        expect(doing.filter((it) => it.startsWith("re"))).toEqual([
            "remove container ",
            "remove network ",
            `rewrite ${name}`,
            "refresh --clear-pending-creates --yes --skip-preview",
        ]);
    });
});
