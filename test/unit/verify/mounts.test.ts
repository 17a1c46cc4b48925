import type { LiveMounts, LiveVolume } from "../../../engine/mounts";
import { compareMounts, pathsToLocate } from "../../../verify/mounts";
import type { Located, Place } from "../../../verify/places";
import { platform } from "./platform";

const VOLUMES = "/var/lib/docker/volumes";

function volume(name: string, service: string, purpose: LiveVolume["purpose"]): LiveVolume {
    return { name: `t-${name}`, service, purpose, folder: `${VOLUMES}/t-${name}/_data` };
}

const data = volume("shop-db-data", "shop-db", "data");
const files = volume("shop-api-config", "shop-api", "files");
const rendered = volume("shop-api-rendered", "shop-api", "secrets");
const volumes = [data, files, rendered];

/** @param mounts - volumes, or folders of the engine's machine */
function container(name: string, environment: string | undefined, ...mounts: (LiveVolume | string)[]): LiveMounts {
    return {
        id: name,
        name,
        labels: environment === undefined ? {} : { "strata.environment": environment },
        isRunning: true,
        mounts: mounts.map((it) =>
            typeof it === "string"
                ? { folder: it, isForeign: true }
                : { volume: it.name, folder: it.folder, isForeign: false },
        ),
        devices: [],
        rights: {},
    };
}

const DISK = "254:0";
const place = (root: string, device = DISK, type = "ext4"): Place => ({ device, root, type });
const folder = (...places: Place[]): Located => ({ kind: "folder", places });

/** A machine on which names lead where they say, but for those that are given; `undefined` cannot be followed. */
function machine(others: Readonly<Record<string, Located | undefined>> = {}, of: readonly LiveMounts[] = []) {
    const engine = "unix:///opt/engine.sock";
    const sockets = ["/opt/engine.sock", "/run/docker.sock"];
    const all = pathsToLocate(volumes, of, engine).filter((path) => !path.endsWith(".sock") || sockets.includes(path));
    const places = new Map(all.map((path) => [path, folder(place(path))]));
    for (const [path, located] of Object.entries(others)) {
        if (located === undefined) places.delete(path);
        else places.set(path, located);
    }
    return { engine, places };
}

const agent = { ...platform.services[1]!, name: "shop-api-agent", sidecarOf: "shop-api" };
const declared = { ...platform, services: [...platform.services, agent] };
const linesOn = (others: Readonly<Record<string, Located | undefined>>, ...containers: LiveMounts[]): string[] =>
    compareMounts(declared, volumes, containers, machine(others, containers)).map(
        ({ verdict, text }) => `${verdict}: ${text}`,
    );
const lines = (...containers: LiveMounts[]): string[] => linesOn({}, ...containers);
const only = "only the service of a volume may read it";

test("a volume is for its service, the service's one-shots, and secrets for the agent beside it", () => {
    expect(
        lines(
            container("t-shop-db", "t", data),
            container("t-shop-db-owner", "t", data),
            container("t-shop-api", "t", files, rendered),
            container("t-shop-api-writer", "t", files),
            container("t-shop-api-agent", "t", rendered),
        ),
    ).toEqual([]);
});

test("all replicas of a service have its secrets, and no container beyond them", () => {
    const instances = { replicas: 2, ready: "/health", drain: 5 };
    const services = declared.services.map((one) => (one.name === "shop-api" ? { ...one, instances } : one));
    const mounting = (name: string): number => {
        const one = container(name, "t", files, rendered);
        return compareMounts({ ...declared, services }, volumes, [one], machine({}, [one])).length;
    };
    expect(["t-shop-api", "t-shop-api-2", "t-shop-api-3"].map(mounting)).toEqual([0, 0, 1]);
});

test.each([data, files, rendered])("a stranger that mounts $name is broken, whatever its label", (one) => {
    for (const environment of [undefined, "t", "other"]) {
        expect(lines(container("curious", environment, one))).toEqual([`broken: curious mounts ${one.name}: ${only}`]);
    }
});

test("a service that mounts another one's volume is broken, and so is an agent with more than the secrets", () => {
    expect(lines(container("t-shop-api", "t", data, files))).toEqual([
        `broken: t-shop-api mounts t-shop-db-data: ${only}`,
    ]);
    expect(lines(container("t-shop-api-agent", "t", files))).toHaveLength(1);
});

test("a container that only has the name of a service of ours is a stranger", () => {
    expect(lines(container("t-shop-db", "other", data))).toHaveLength(1);
});

test.each([`${VOLUMES}/t-shop-db-data/_data`, `${VOLUMES}/t-shop-db-data/_data/base/1`, `${VOLUMES}/t-shop-db-data/`])(
    "the folder %s of a volume is the volume",
    (folder) => {
        expect(lines(container("backup", undefined, folder))).toEqual([
            `broken: backup mounts t-shop-db-data: ${only}`,
        ]);
    },
);

test("a folder with all volumes in it is one finding", () => {
    for (const folder of ["/", "/var/lib/docker", VOLUMES]) {
        const names = "t-shop-db-data, t-shop-api-config, t-shop-api-rendered";
        expect(lines(container("backup", undefined, folder))).toEqual([`broken: backup mounts ${names}: ${only}`]);
    }
    const more = [...volumes, volume("a-data", "a", "data")];
    const [finding] = compareMounts(platform, more, [container("backup", undefined, "/")], machine());
    expect(finding?.text).toContain("t-shop-api-rendered and 1 more: ");
});

test("other volumes and folders are nobody's business", () => {
    const foreign = { ...data, name: "u-shop-db-data", folder: `${VOLUMES}/u-shop-db-data/_data` };
    const folders = ["/srv", `${VOLUMES}/t-shop-db`, `${VOLUMES}/t-shop-db-data-2/_data`, ""];
    expect(lines(container("u-shop-db", "u", foreign), container("any", undefined, ...folders))).toEqual([]);
});

describe("by another name", () => {
    const found = `broken: curious mounts t-shop-db-data: ${only}`;
    const curious = container("curious", undefined, "/tmp/link");

    test.each([
        ["a symbolic link, a bind mount or a process's root", place(data.folder)],
        ["something in the volume", place(`${data.folder}/base/1`)],
    ])("%s is found by what it leads to", (_, leadsTo) => {
        expect(linesOn({ "/tmp/link": folder(leadsTo) }, curious)).toEqual([found]);
    });

    test("a folder with all volumes in it is found, and so is one with the volume's file system below", () => {
        expect(linesOn({ "/tmp/link": folder(place("/var/lib")) }, curious)[0]).toContain("t-shop-api-config");
        const apart = { [data.folder]: folder(place("/", "8:1")) };
        expect(linesOn({ ...apart, "/tmp/link": folder(place("/srv"), place("/", "8:1")) }, curious)).toEqual([found]);
    });

    test("the same path in another file system, and a neighbour, are not the volume", () => {
        for (const other of [place(data.folder, "8:1"), place(`${data.folder}-2`), place("/srv")]) {
            expect(linesOn({ "/tmp/link": folder(other) }, curious)).toEqual([]);
        }
    });

    test("a volume whose folder leads to another one's is that one, also for a service with it", () => {
        const led = { [files.folder]: folder(place(data.folder)) };
        expect(linesOn(led, container("t-shop-api", "t", files))).toEqual([
            `broken: t-shop-api mounts t-shop-db-data: ${only}`,
        ]);
    });
});

describe("what could not be looked at", () => {
    const curious = container("curious", undefined, "/tmp/link");

    test("is said of a container that runs, and of no other", () => {
        expect(linesOn({ "/tmp/link": undefined }, curious)).toEqual([
            "could not tell: curious mounts /tmp/link: whether a volume is there could not be looked at",
        ]);
        expect(linesOn({ "/tmp/link": undefined }, { ...curious, isRunning: false })).toEqual([]);
    });

    test("is not said of a volume that went meanwhile, as those of other environments do", () => {
        const other = { ...data, name: "u-data", folder: `${VOLUMES}/u-data/_data` };
        expect(linesOn({ [other.folder]: undefined }, container("u-db", "u", other))).toEqual([]);
    });

    test("is said of the environment's own volumes; names are compared all the same", () => {
        const nowhere = Object.fromEntries(volumes.map((it) => [it.folder, undefined]));
        expect(linesOn(nowhere, container("curious", undefined, data))).toEqual([
            `broken: curious mounts t-shop-db-data: ${only}`,
            "could not tell: where t-shop-db-data, t-shop-api-config, t-shop-api-rendered is on the engine's machine " +
                "could not be looked at: mounts were compared by name only",
        ]);
    });
});

describe("a container that can get at every volume", () => {
    const can = (why: string): string[] => [
        `noted: agent can get at every volume: ${why}; isolation on this machine cannot contain it`,
    ];
    const socket = (path: string): Located => ({ kind: "socket", places: [place(path, "0:24", "tmpfs")] });
    const sockets = { "/run/docker.sock": socket("/docker.sock"), "/opt/engine.sock": socket("/engine.sock") };

    test.each([
        ["the socket", "/run/docker.sock", socket("/docker.sock")],
        ["a link to it", "/tmp/s", socket("/docker.sock")],
        ["the folder that it is in", "/run", folder(place("/", "0:24", "tmpfs"))],
        ["that of an engine with a path of its own", "/opt/engine.sock", socket("/engine.sock")],
        ["one that cannot be followed", "/somewhere/docker.sock", undefined],
    ])("by the engine's socket: %s", (_, path, located) => {
        expect(linesOn({ ...sockets, [path]: located }, container("agent", undefined, path))[0]).toBe(
            can(`it has the engine's socket (${path})`)[0],
        );
    });

    test("by the machine's processes, whatever their folder is called", () => {
        const on = (root: string): string[] =>
            linesOn({ "/p": folder(place(root, "0:4", "proc")) }, container("agent", undefined, "/p"));
        for (const root of ["/", "/1", "/123/root", "/sys", "/sys/kernel"]) {
            expect(on(root)).toEqual(can("it has the machine's processes (/p)"));
        }
        for (const root of ["/meminfo", "/sysvipc", "/stat"]) expect(on(root)).toEqual([]);
    });

    test("by its rights, or by devices that can be a disk, if it runs", () => {
        const agent = {
            ...container("agent", undefined),
            rights: { Privileged: true },
            devices: ["/dev/sda", "/dev/fuse"],
        };
        const dev = (kind: Located["kind"], name: string): Located => ({ kind, places: [place(name, "0:6")] });
        const devices = { "/dev/sda": dev("block", "/sda"), "/dev/fuse": dev("device", "/fuse") };
        expect(linesOn(devices, agent)).toEqual(can("it is privileged, it has the device (/dev/sda)"));
        expect(linesOn(devices, { ...agent, isRunning: false })).toEqual([]);
        for (const other of [dev("memory", "/mem"), dev("device", "/sg0"), dev("device", "/nvme0"), undefined]) {
            expect(linesOn({ "/dev/x": other }, { ...agent, rights: {}, devices: ["/dev/x"] })).toEqual(
                can("it has the device (/dev/x)"),
            );
        }
    });

    test("is broken when it is one of the environment's own: no service is given such rights", () => {
        const own = { ...container("t-shop-api", "t"), rights: { Privileged: true } };
        expect(linesOn({}, own)).toEqual([
            "broken: t-shop-api can get at every volume: it is privileged; no service is given such rights",
        ]);
    });

    test("is not one with a socket or a folder of its own", () => {
        const own = { ...sockets, "/run/pg": folder(place("/pg", "0:24")), "/s": socket("/pg.sock") };
        expect(linesOn(own, container("agent", undefined, "/run/pg", "/s"))).toEqual([]);
    });
});
