import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { foreignProbe } from "../../../cli/commands/verify";
import { describeReport, verifyIsolation } from "../../../verify";
import { unaskedOn } from "../../../verify/isolation";
import {
    type Docker,
    dockerClient,
    isProbeForeign,
    liveContainers,
    liveGuests,
    liveMounts,
    liveVolumes,
    probeFrom,
    readAnswers,
} from "../../../verify/engine";
import { containers, platform } from "./platform";

const options = { environment: "t", image: "probe:1", timeout: 500 };
const [source] = containers;

function answering(code: number, stdout: string, stderr = ""): { docker: Docker; calls: string[][] } {
    const calls: string[][] = [];
    const docker: Docker = (args) => {
        calls.push([...args]);
        return Promise.resolve({ code, stdout, stderr });
    };
    return { docker, calls };
}

describe("probeFrom", () => {
    test("asks each address once, in one container that has the source's network and nothing else", async () => {
        const { docker, calls } = answering(1, '{"address":"10.0.0.1:1","protocol":"tcp","verdict":"silent"}\n');
        const result = await probeFrom(docker, source!, ["10.0.0.1:1", "http://10.0.0.1:2/", "10.0.0.1:1"], options);
        expect(result).toEqual({ answers: new Map([["10.0.0.1:1", { verdict: "silent" }]]) });
        expect(calls).toHaveLength(1);
        expect(calls[0]).toEqual(
            expect.arrayContaining([
                "--rm",
                "--network=container:id-of-edge",
                "--label=strata.environment=t",
                "--label=strata.role=probe",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges:true",
                "--read-only",
                "--user=65532:65532",
            ]),
        );
        expect(calls[0]?.slice(-5)).toEqual([
            "probe:1",
            "connect",
            "--timeout=500ms",
            "10.0.0.1:1",
            "http://10.0.0.1:2/",
        ]);
    });

    test("a container that could not be started is a problem, not an answer", async () => {
        const { docker } = answering(125, "", "docker: something\nError: no such image");
        expect(await probeFrom(docker, source!, ["10.0.0.1:1"], options)).toEqual({
            problem: "the probe in t-edge ended with 125: Error: no such image",
        });
    });

    test("a probe that printed nothing is a problem, whatever its exit code", async () => {
        expect(await probeFrom(answering(0, "").docker, source!, ["10.0.0.1:1"], options)).toHaveProperty("problem");
    });
});

describe("a probe for another processor", () => {
    test.each([
        ["a current engine", 255, "exec /usr/local/bin/probe: exec format error"],
        ["an older one", 1, "standard_init_linux.go:228: exec user process caused: exec format error"],
    ])("is told by what %s says", async (_, code, said) => {
        const { docker, calls } = answering(code, "", said);
        expect(await isProbeForeign(docker, "probe:1")).toBe(true);
        expect(calls[0]).toEqual(expect.arrayContaining(["--rm", "--network=none", "--pull=never", "probe:1"]));
    });

    test.each([
        ["a probe that runs", 1, '{"address":"127.0.0.1:1","verdict":"refused"}', ""],
        ["an engine that has no such image", 125, "", "Error: No such image: probe:1"],
    ])("is not %s", async (_, code, stdout, stderr) => {
        expect(await isProbeForeign(answering(code, stdout, stderr).docker, "probe:1")).toBe(false);
    });

    test("ends verify with one line: which image, which engine, what to do", () => {
        expect(foreignProbe("mirror.example/probe:made-here-0123456789ab", "arm64")).toMatchObject({
            exitCode: 2,
            message:
                "the probe mirror.example/probe:made-here-0123456789ab is for another processor than the engine's (arm64): nothing was looked at",
            next: expect.stringContaining("fill the mirror") as string,
        });
    });
});

test("guests are whoever lives in another container's namespaces, whatever their labels, but not the probe", async () => {
    const like = (Name: string, HostConfig: object, role?: string) => ({
        Name: `/${Name}`,
        Config: { Labels: role === undefined ? null : { "strata.role": role } },
        HostConfig: { NetworkMode: "bridge", PidMode: "", IpcMode: "private", ...HostConfig },
    });
    const inspected = [
        like("own", {}),
        like("network", { NetworkMode: "container:a" }),
        like("processes", { PidMode: "container:a", IpcMode: "container:b" }),
        like("probe", { NetworkMode: "container:a" }, "probe"),
        like("writer", { NetworkMode: "container:a" }, "writer"),
    ];
    const docker: Docker = ([verb, ...args]) =>
        Promise.resolve({
            code: 0,
            stdout: verb === "ps" ? "1\n2\n" : JSON.stringify(inspected),
            stderr: args.join(" "),
        });
    expect(await liveGuests(docker)).toEqual([
        { name: "network", host: "a" },
        { name: "processes", host: "a" },
        { name: "processes", host: "b" },
        { name: "writer", host: "a" },
    ]);
});

/** A docker client whose answers depend on the words that a command begins with. */
function saying(answers: Readonly<Record<string, unknown>>): Docker {
    return (args) => {
        const [, said] = Object.entries(answers).find(([words]) => args.join(" ").startsWith(words)) ?? [];
        const stdout = typeof said === "string" ? said : JSON.stringify(said ?? "");
        return Promise.resolve({ code: 0, stdout, stderr: "" });
    };
}

test("a container is in every network that it is attached to, with an IPv4 address or without", async () => {
    const networks = {
        a: { IPAddress: "10.0.0.2", GlobalIPv6Address: "" },
        b: { IPAddress: "", GlobalIPv6Address: "fd00::5" },
        c: { IPAddress: "" },
    };
    const inspected = [
        {
            Id: "1",
            Name: "/t-edge",
            State: { Running: true },
            Config: { Labels: { "strata.service": "edge" } },
            HostConfig: { Dns: null },
            NetworkSettings: { Networks: networks },
        },
    ];
    const [edge] = await liveContainers(saying({ "ps ": "1\n", "container inspect": inspected }), "t");
    expect(edge?.addresses).toEqual([
        { network: "a", address: "10.0.0.2" },
        { network: "b", address: "", ipv6: "fd00::5" },
        { network: "c", address: "" },
    ]);
});

describe("what a container mounts", () => {
    const none = { HostConfig: {}, State: { Running: true }, Config: { Labels: null } };
    const volumes = [
        { Name: "t-vault-data", Driver: "local", Options: null },
        { Name: "alias", Driver: "local", Options: { type: "none", o: "bind", device: "/v/t-vault-data/_data" } },
        { Name: "layers", Options: { type: "overlay", device: "overlay", o: "lowerdir=/a:/b,upperdir=/c,workdir=/w" } },
        { Name: "remote", Options: { type: "nfs", device: ":/srv", o: "addr=10.0.0.1,rw" } },
        { Name: "other", Options: { type: "nfs", device: "/srv", o: "rw,addr=10.0.0.1" } },
        { Name: "memory", Options: { type: "tmpfs", device: "tmpfs" } },
        { Name: "plugin", Driver: "vieux/sshfs:latest", Options: null },
    ];
    const asked = (...containers: object[]) =>
        liveMounts(
            saying({
                "ps -aq": "1\n2\n",
                "container inspect": containers,
                "volume ls -q": volumes.map(({ Name }) => Name).join("\n"),
                "volume inspect": volumes,
            }),
            "probe:1",
        );
    const volume = (Name: string): object => ({ Type: "volume", Name, Source: `/v/${Name}/_data` });

    test("is told by volume and by each name of a folder, also of a folder that a volume is another name of", async () => {
        const Mounts = [
            ...volumes.map(({ Name }) => volume(Name)),
            { Type: "bind", Source: "/srv" },
            { Type: "tmpfs" },
        ];
        const [curious] = await asked({ ...none, Name: "/curious", Mounts });
        const at = (name: string) => ({ volume: name, folder: `/v/${name}/_data` });
        const also = (name: string, path: string) => ({ volume: name, folder: path, isForeign: false });
        expect(curious?.mounts).toEqual([
            { ...at("t-vault-data"), isForeign: false },
            { ...at("alias"), isForeign: true },
            also("alias", "/v/t-vault-data/_data"),
            { ...at("layers"), isForeign: true },
            ...["/a", "/b", "/c"].map((path) => also("layers", path)),
            { ...at("remote"), isForeign: false },
            { ...at("other"), isForeign: false },
            { ...at("memory"), isForeign: false },
            { ...at("plugin"), isForeign: true },
            { folder: "/srv", isForeign: true },
            { folder: "", isForeign: false },
        ]);
    });

    test("comes with its rights and devices, and of one that takes another's volumes with those", async () => {
        const rights = { Privileged: true, Devices: [{ PathOnHost: "/dev/sda" }], VolumesFrom: ["t-vault"] };
        expect(
            await asked(
                { ...none, Name: "/agent", HostConfig: rights, Mounts: [volume("t-vault-data")] },
                { ...none, Name: "/plain", Config: { Labels: { a: "b" } }, State: { Running: false }, Mounts: null },
            ),
        ).toEqual([
            {
                ...{ name: "agent", labels: {}, isRunning: true, devices: ["/dev/sda"], powers: ["it is privileged"] },
                mounts: [{ volume: "t-vault-data", folder: "/v/t-vault-data/_data", isForeign: false }],
            },
            { name: "plain", labels: { a: "b" }, isRunning: false, mounts: [], devices: [], powers: [] },
        ]);
    });

    test("is not looked at in the probe of another verify, which only has its image with its label", async () => {
        const Labels = { "strata.role": "probe" };
        const names = (
            await asked(
                { ...none, Name: "/probe", Config: { Labels, Image: "probe:1" } },
                { ...none, Name: "/label", Config: { Labels, Image: "curious:1" } },
                { ...none, Name: "/image", Config: { Labels: null, Image: "probe:1" } },
            )
        ).map(({ name }) => name);
        expect(names).toEqual(["label", "image"]);
    });
});

test("the environment's volumes say whose they are and what for; one that does not say holds data", async () => {
    const labels = { "strata.service": "vault" };
    const docker = saying({
        "volume ls -q --filter label=strata.environment=t": "a\nb\nc\n",
        "volume inspect a b c": [
            { Name: "a", Mountpoint: "/v/a", Labels: { ...labels, "strata.data": "true" } },
            { Name: "b", Mountpoint: "/v/b", Labels: { ...labels, "strata.purpose": "secrets" } },
            { Name: "c", Mountpoint: "/v/c", Labels: null },
        ],
    });
    expect(await liveVolumes(docker, "t")).toEqual([
        { name: "a", service: "vault", purpose: "data", folder: "/v/a" },
        { name: "b", service: "vault", purpose: "secrets", folder: "/v/b" },
        { name: "c", service: "", purpose: "data", folder: "/v/c" },
    ]);
});

test("a stranger with one of the environment's volumes breaks the verdict of the whole report", async () => {
    const stranger = {
        ...{ Id: "1", Name: "/curious", State: { Running: true }, Config: { Labels: null }, HostConfig: {} },
        ...{ NetworkSettings: { Networks: null }, Mounts: [{ Type: "volume", Name: "t-vault-data", Source: "/v" }] },
    };
    const docker = saying({
        "ps -aq --no-trunc --filter": "",
        "ps -": "1\n",
        "container inspect": [stranger],
        "volume ls": "t-vault-data\n",
        "volume inspect": [
            { Name: "t-vault-data", Mountpoint: "/v", Labels: { "strata.service": "vault" }, Options: null },
        ],
        "network ls": "",
    });
    const report = await verifyIsolation({ platform, probeImage: "probe:1", docker, engine: "ssh://a" });
    expect(report.verdict).toBe("broken");
    expect(describeReport(report).join("\n")).toContain("curious mounts t-vault-data");
    expect(report.unasked).toBe(unaskedOn("ssh://a", process.platform));
});

test("readAnswers leaves out what is no answer", () => {
    const text = 'noise\n{"address":"http://a/","verdict":"open","status":403}\n{"address":"b:1","verdict":"refu';
    expect(readAnswers(text)).toEqual(new Map([["http://a/", { verdict: "open", status: 403 }]]));
});

describe("the engine", () => {
    let folder: string;
    const { DOCKER_HOST } = process.env;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "strata-verify-"));
        // Stands for the docker client: writes down which engine it would have asked, and finds nothing there.
        writeFileSync(join(folder, "docker"), `#!/bin/sh\necho "$DOCKER_HOST $1" >>"${folder}/calls"\n`);
        chmodSync(join(folder, "docker"), 0o755);
        process.env.DOCKER_HOST = "unix:///of-the-shell.sock";
    });
    afterEach(() => {
        rmSync(folder, { recursive: true, force: true });
        if (DOCKER_HOST === undefined) delete process.env.DOCKER_HOST;
        else process.env.DOCKER_HOST = DOCKER_HOST;
    });

    test("is the stack's in every call, whatever the shell says, and the report names it", async () => {
        const engine = "ssh://ops@staging";
        const docker = dockerClient({ PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: engine });
        const report = await verifyIsolation({ platform, probeImage: "probe:1", docker, engine });
        const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
        expect(calls.length).toBeGreaterThanOrEqual(4);
        expect(calls.filter((call) => !call.startsWith(`${engine} `))).toEqual([]);
        expect(describeReport(report)[0]).toContain(
            `isolation of ${platform.environment} on ${engine}: could not tell`,
        );
    });

    test("that cannot be asked is said, and no other one is asked", async () => {
        const docker = dockerClient({ PATH: "/nowhere", DOCKER_HOST: "unix:///gone.sock" });
        await expect(
            verifyIsolation({ platform, probeImage: "probe:1", docker, engine: "unix:///gone.sock" }),
        ).rejects.toThrow("the Docker engine does not answer");
    });
});

describe("addresses of the engine's machine", () => {
    test.each([
        ["ssh://server", "linux", /another one/],
        ["tcp://10.0.0.1:2376", "darwin", /another one/],
        ["unix:///Users/a/.docker/run/docker.sock", "darwin", /virtual machine .*this Mac were asked/],
    ] as const)("are not asked on %s from %s, which is said", (engine, platform, said) => {
        expect(unaskedOn(engine, platform)).toMatch(said);
    });

    test("are asked when it is this one", () => {
        expect(unaskedOn("unix:///var/run/docker.sock", "linux")).toBeUndefined();
    });
});
