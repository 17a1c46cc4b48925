import { weaknessesOf } from "../../support/hardening";
import type { Inspected } from "../../support/live-engine";

const service: Inspected = {
    Id: "x",
    Name: "/t-api",
    State: { Running: true, Pid: 1 },
    Config: {
        User: "10001:10001",
        Image: "reference-app",
        Labels: { "strata.service": "api" },
        Healthcheck: { Test: ["CMD", "true"] },
    },
    HostConfig: {
        Binds: null,
        CapAdd: null,
        CapDrop: ["ALL"],
        IpcMode: "private",
        LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
        Memory: 64,
        MemorySwap: 64,
        NanoCpus: 1,
        NetworkMode: "t-net",
        PidMode: "",
        PortBindings: {},
        Privileged: false,
        ReadonlyRootfs: true,
        RestartPolicy: { Name: "always" },
        SecurityOpt: ["no-new-privileges:true"],
        ShmSize: 67_108_864,
    },
    Mounts: [{ Source: "/var/lib/docker/volumes/t-api-files/_data", Destination: "/etc/strata", RW: false }],
    NetworkSettings: { Networks: {} },
};

const withConfig = (changes: Partial<Inspected["Config"]>): Inspected => ({
    ...service,
    Config: { ...service.Config, ...changes },
});
const withHost = (changes: Partial<Inspected["HostConfig"]>): Inspected => ({
    ...service,
    HostConfig: { ...service.HostConfig, ...changes },
});
const withMount = (mount: Inspected["Mounts"][number]): Inspected => ({ ...service, Mounts: [mount] });

test("a hardened service has no weakness", () => {
    expect(weaknessesOf(service)).toEqual([]);
});

test.each<[string, Inspected]>([
    ['runs as ""', withConfig({ User: "" })],
    ['runs as "0:0"', withConfig({ User: "0:0" })],
    ['runs as "999:0"', withConfig({ User: "999:0" })],
    ["has no health check", withConfig({ Healthcheck: { Test: ["NONE"] } })],
    ["drops nothing instead of ALL", withHost({ CapDrop: null })],
    ["drops NET_RAW instead of ALL", withHost({ CapDrop: ["NET_RAW"] })],
    ["has NET_ADMIN", withHost({ CapAdd: ["NET_ADMIN"] })],
    ["can write to its image", withHost({ ReadonlyRootfs: false })],
    ["may gain privileges", withHost({ SecurityOpt: null })],
    ["is privileged", withHost({ Privileged: true })],
    ["shares the machine's processes or memory", withHost({ PidMode: "host" })],
    ["shares the machine's processes or memory", withHost({ IpcMode: "host" })],
    ["shares the machine's network", withHost({ NetworkMode: "host" })],
    ["mounts /srv:/srv of the machine", withHost({ Binds: ["/srv:/srv"] })],
    ["has 0 bytes of memory and 0 with swap", withHost({ Memory: 0, MemorySwap: 0 })],
    ["has 64 bytes of memory and 128 with swap", withHost({ MemorySwap: 128 })],
    ["has no limit of CPU", withHost({ NanoCpus: 0 })],
    ["restarts unless-stopped", withHost({ RestartPolicy: { Name: "unless-stopped" } })],
    ["does not rotate its log", withHost({ LogConfig: { Type: "json-file", Config: { "max-size": "10m" } } })],
    ["publishes 80/tcp", withHost({ PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "80" }] } })],
    ["has the engine's socket", withMount({ Source: "/var/run/docker.sock", Destination: "/s", RW: false })],
    ["can write to its configuration", withMount({ Source: "/v", Destination: "/etc/strata", RW: true })],
])("%s", (weakness, container) => {
    expect(weaknessesOf(container)).toEqual([`t-api: ${weakness}`]);
});

test("only the edge publishes, and only on the loopback address", () => {
    const edge = (HostIp: string): Inspected => ({
        ...withHost({ PortBindings: { "8080/tcp": [{ HostIp, HostPort: "80" }] } }),
        Config: { ...service.Config, Labels: { "strata.service": "edge" } },
    });
    expect(weaknessesOf(edge("127.0.0.1"))).toEqual([]);
    expect(weaknessesOf(edge("0.0.0.0"))).toEqual(["t-api: publishes 8080/tcp on 0.0.0.0"]);
    expect(weaknessesOf(edge(""))).toEqual(["t-api: publishes 8080/tcp on all addresses"]);
});

test("a one-shot has no network and does not come back", () => {
    const oneShot = (changes: Partial<Inspected["HostConfig"]>): Inspected => ({
        ...withHost({ NetworkMode: "none", RestartPolicy: { Name: "no" }, ReadonlyRootfs: false, ...changes }),
        Config: { ...service.Config, Labels: { "strata.role": "writer" }, User: "65534:65534" },
    });
    expect(weaknessesOf(oneShot({}))).toEqual([]);
    expect(weaknessesOf(oneShot({ NetworkMode: "bridge" }))).toEqual(["t-api: is in network bridge"]);
    expect(weaknessesOf(oneShot({ RestartPolicy: { Name: "always" } }))).toEqual(["t-api: restarts always"]);
});

test("a container that ends does not come back, and only a job has no health check", () => {
    const ending = (runs: string, name: string, test: string[]): Inspected => ({
        ...withHost({ RestartPolicy: { Name: name } }),
        Config: { ...service.Config, Labels: { "strata.runs": runs }, Healthcheck: { Test: test } },
    });
    expect(weaknessesOf(ending("once", "no", ["NONE"]))).toEqual([]);
    expect(weaknessesOf(ending("once", "always", ["NONE"]))).toEqual(["t-api: restarts always"]);
    expect(weaknessesOf(ending("with-job", "no", ["CMD", "true"]))).toEqual([]);
    expect(weaknessesOf(ending("with-job", "no", ["NONE"]))).toEqual(["t-api: has no health check"]);
});
