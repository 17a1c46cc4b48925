import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { imageOf } from "../support/images";
import { differences, knownDifferences, type Outputs, sh, TestStack } from "./engine";

jest.setTimeout(180_000);

/** Any image with a shell. */
let image: string;
const name = `strata-conformance-${String(process.pid)}`;

interface Settings {
    readonly memory?: number;
    readonly greeting?: string;
    readonly content?: string;
}

/** A network, a volume and a container with everything strata declares on one. */
function program({ memory = 64, greeting = "hello", content = "one" }: Settings = {}) {
    return (): Outputs => {
        const remote = new docker.RemoteImage("image", { name: image, keepLocally: true });
        const network = new docker.Network("network", {
            name,
            driver: "bridge",
            internal: true,
            attachable: false,
            labels: [{ label: "strata.zone", value: "conformance" }],
        });
        const volume = new docker.Volume("volume", {
            name,
            driver: "local",
            labels: [{ label: "strata.product", value: "none" }],
        });
        const container = new docker.Container(
            "container",
            {
                name,
                image: remote.imageId,
                command: ["sleep", "300"],
                envs: [pulumi.interpolate`TOKEN=${pulumi.secret("horse-battery")}`, `GREETING=${greeting}`],
                user: "1000:1000",
                init: true,
                memory,
                memorySwap: memory,
                readOnly: false, // uploads need it
                capabilities: { drops: ["ALL"] },
                securityOpts: ["no-new-privileges"],
                restart: "no",
                logDriver: "json-file",
                logOpts: { "max-size": "1m" },
                tmpfs: { "/tmp": "rw,noexec" },
                mounts: [{ type: "volume", source: volume.name, target: "/data" }],
                networksAdvanced: [{ name: network.name, aliases: ["service"] }],
                uploads: [{ file: "/etc/strata.conf", content }],
                healthcheck: { tests: ["CMD", "test", "-f", "/etc/strata.conf"], interval: "1s", retries: 5 },
                labels: [{ label: "strata.service", value: "conformance" }],
                wait: true,
                waitTimeout: 60,
                stopTimeout: 1,
                destroyGraceSeconds: 1,
            },
            { replaceOnChanges: ["healthcheck", "mounts", "tmpfs", "init"], deleteBeforeReplace: true },
        );
        return {
            network: network.id,
            container: container.id,
            health: container.healthcheck,
            networks: container.networkDatas,
        };
    };
}

describe("docker plugin", () => {
    let stack: TestStack;
    const inspect = (format: string): Promise<string> => sh("docker", "inspect", "--format", format, name);

    beforeAll(async () => {
        image = await imageOf("redis");
        stack = await TestStack.create("conformance-docker");
    });
    afterAll(() => stack.dispose());

    test("has the names and types of the SDK", async () => {
        expect(await differences("docker")).toEqual(await knownDifferences("docker"));
    });

    test("previews with what is not known yet, and makes nothing", async () => {
        let known = false;
        const changes = await stack.preview(() => {
            const outputs = program()();
            (outputs.container as pulumi.Output<string>).apply(() => (known = true));
        });
        expect(changes).toEqual({ create: 5 });
        expect(known).toBe(false);
        await expect(inspect("{{.Id}}")).rejects.toThrow();
    });

    test("creates what is declared, and waits until it is healthy", async () => {
        expect(await stack.up(program())).toEqual({ create: 5 });
        expect(await inspect("{{.State.Health.Status}} {{.Config.User}} {{.HostConfig.Memory}}")).toBe(
            `healthy 1000:1000 ${String(64 * 1024 * 1024)}`,
        );
        expect(
            await inspect("{{.HostConfig.CapDrop}} {{.HostConfig.SecurityOpt}} {{.HostConfig.LogConfig.Config}}"),
        ).toBe("[ALL] [no-new-privileges] map[max-size:1m]");
        expect(await inspect(`{{json (index .NetworkSettings.Networks "${name}").Aliases}}`)).toContain("service");
        expect(await sh("docker", "exec", name, "cat", "/etc/strata.conf")).toBe("one");
        expect(await sh("docker", "exec", name, "sh", "-c", "echo $GREETING $TOKEN")).toBe("hello horse-battery");
        expect(await sh("docker", "network", "inspect", "--format", "{{.Internal}} {{.Labels}}", name)).toBe(
            "true map[strata.zone:conformance]",
        );
    });

    test("keeps a secret variable encrypted in the state", () => {
        expect(JSON.stringify(stack.state())).not.toContain("horse-battery");
    });

    test("sees no change where there is none, after having looked", async () => {
        expect(await stack.previewRefreshed(program())).toEqual({});
    });

    test("updates memory in place, and sees when someone else changes it", async () => {
        const id = await inspect("{{.Id}}");
        expect(await stack.up(program({ memory: 96 }))).toEqual({ update: 1 });
        expect(await inspect("{{.Id}} {{.HostConfig.Memory}}")).toBe(`${id} ${String(96 * 1024 * 1024)}`);
        await sh("docker", "update", "--memory", "128m", "--memory-swap", "128m", name);
        expect(await stack.previewRefreshed(program({ memory: 96 }))).toEqual({ update: 1 });
    });

    test("replaces for variables and files: the old one goes first, they share a name", async () => {
        const id = await inspect("{{.Id}}");
        const changes = await stack.up(program({ memory: 96, greeting: "bye", content: "two" }), { refresh: true });
        expect(changes).toEqual({ replace: 1 });
        expect(await inspect("{{.Id}}")).not.toBe(id);
        expect(await sh("docker", "exec", name, "cat", "/etc/strata.conf")).toBe("two");
    });

    test("makes again what someone else removed", async () => {
        const settings = { memory: 96, greeting: "bye", content: "two" };
        await sh("docker", "rm", "--force", name);
        expect(await stack.previewRefreshed(program(settings))).toEqual({ create: 1 });
        expect(await stack.up(program(settings), { refresh: true })).toEqual({ create: 1 });
        expect(await inspect("{{.State.Health.Status}}")).toBe("healthy");
    });

    test("imports a network, and removes all it made", async () => {
        const id = await sh("docker", "network", "inspect", "--format", "{{.Id}}", name);
        const other = await TestStack.create("conformance-docker-import");
        try {
            const changes = await other.preview(() => {
                new docker.Network(
                    "imported",
                    {
                        name,
                        driver: "bridge",
                        internal: true,
                        labels: [{ label: "strata.zone", value: "conformance" }],
                    },
                    { import: id },
                );
            });
            expect(changes).toEqual({ create: 1, import: 1 });
        } finally {
            await other.dispose();
        }
        await stack.destroy();
        expect(await sh("docker", "ps", "--all", "--quiet", "--filter", `name=${name}`)).toBe("");
        expect(await sh("docker", "network", "ls", "--quiet", "--filter", `name=${name}`)).toBe("");
        expect(await sh("docker", "volume", "ls", "--quiet", "--filter", `name=${name}`)).toBe("");
    });
});
