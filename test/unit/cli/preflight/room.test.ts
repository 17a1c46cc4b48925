/** Ports, addresses, memory and disk: who has them, and what to do. */

import {
    type AddressFacts,
    freeBase,
    judgeAddresses,
    readIpRoutes,
    readNetstatRoutes,
} from "../../../../cli/preflight/addresses";
import { judgePorts, listeningPorts, type PortFacts, processOf } from "../../../../cli/preflight/ports";
import { type DiskFacts, judgeDisks, judgeMemory } from "../../../../cli/preflight/space";
import type { Platform } from "../../../../model/platform";

describe("ports", () => {
    const facts: PortFacts = {
        name: "https",
        address: "0.0.0.0",
        port: 443,
        refusal: undefined,
        isListening: false,
        isOwn: false,
        holder: undefined,
    };
    const judge = (changes: Partial<PortFacts>, isRootless = false) =>
        judgePorts([{ ...facts, ...changes }], isRootless)[0]!;

    test("is free, or this environment's own", () => {
        expect(judge({})).toMatchObject({ verdict: "good", value: "0.0.0.0:443 is free" });
        expect(judge({ isOwn: true, refusal: "EADDRINUSE" }).verdict).toBe("good");
    });

    test("taken: by whom, and where to set another", () => {
        const taken = judge({ refusal: "EADDRINUSE", holder: "nginx (process 812)" });
        expect(taken).toMatchObject({ verdict: "bad", value: "0.0.0.0:443 is taken by nginx (process 812)" });
        expect(taken.fix).toMatch(/strata:edge\.https\.port$/);
        expect(judge({ refusal: "EADDRINUSE", name: "vault" }).fix).toMatch(/ss -ltnp.*strata:management\.port$/);
    });

    test("no right to listen is not taken: a system engine has it", () => {
        expect(judge({ refusal: "EACCES" }).verdict).toBe("good");
        expect(judge({ refusal: "EACCES", isListening: true })).toMatchObject({
            verdict: "bad",
            value: "0.0.0.0:443 is taken",
        });
        expect(judge({ refusal: "EACCES" }, true)).toMatchObject({
            verdict: "bad",
            fix: expect.stringContaining("ip_unprivileged_port_start=443") as string,
        });
    });

    test("only root may listen, and nobody may read the list of listeners: not called free", () => {
        expect(judge({ refusal: "EACCES", isListening: undefined, port: 80 })).toMatchObject({
            verdict: "unknown",
            fix: expect.stringContaining("lsof -nP -iTCP:80") as string,
        });
    });

    test("an address of another machine, and what cannot be told", () => {
        expect(judge({ refusal: "EADDRNOTAVAIL", address: "192.0.2.9" }).value).toBe(
            "192.0.2.9 is no address of this machine",
        );
        expect(judge({ refusal: "EMFILE" }).verdict).toBe("unknown");
    });

    test("could not be told while the engine does not answer: they may be the environment's own", () => {
        const ports = [80, 443, 9400].map((port) => ({ ...facts, port, refusal: "EADDRINUSE" }));
        expect(judgePorts(ports, false, false)).toEqual([
            {
                what: "ports",
                value: expect.stringMatching(
                    /^0\.0\.0\.0:80, 0\.0\.0\.0:443, 0\.0\.0\.0:9400 could not be told/,
                ) as string,
                verdict: "unknown",
                fix: "make the engine answer first",
            },
        ]);
        expect(judgePorts([], false, false)).toEqual([]);
    });

    test("reads the kernel's table and the answer of ss", () => {
        const table = [
            "  sl  local_address rem_address   st",
            "   0: 0100007F:1F90 00000000:0000 0A 00000000",
            "   1: 0100007F:1F91 0100007F:C000 01 00000000",
        ].join("\n");
        expect([...listeningPorts(table)]).toEqual([8080]);
        expect(processOf('LISTEN 0 511 *:8080 *:* users:(("node",pid=77,fd=18))')).toBe("node (process 77)");
        expect(processOf("")).toBeUndefined();
    });
});

describe("subnets", () => {
    const zones = [
        { name: "edge-net", subnet: "10.122.0.0/24" },
        { name: "shop-net", subnet: "10.122.41.0/24" },
    ];
    const facts: AddressFacts = { networks: [], routes: [], pools: ["172.16.0.0/12", "192.168.0.0/16"] };
    const network = (name: string, subnet: string, owner: { environment?: string; composeProject?: string } = {}) => ({
        name,
        subnets: [subnet],
        environment: owner.environment,
        composeProject: owner.composeProject,
    });
    const judge = (changes: Partial<AddressFacts>, base = "10.122") =>
        judgeAddresses("local", base, zones, { ...facts, ...changes }).map(({ verdict, value, fix }) => [
            verdict,
            value,
            fix,
        ]);

    test("are free", () => {
        expect(judge({ networks: [network("bridge", "172.17.0.0/16")] })).toEqual([
            ["good", "10.122.0.0/16 is free for this environment", undefined],
        ]);
    });

    test("are the environment's own already", () => {
        const own = network("local-edge-net", "10.122.0.0/24", { environment: "local" });
        const routes = [{ to: "10.122.0.0/24", device: "br-1" }];
        expect(judge({ networks: [own], routes })).toEqual([
            ["good", "10.122.0.0/16 is this environment's", undefined],
        ]);
    });

    test.each([
        ["another environment", { environment: "test-1" }, "the environment test-1 (network n)"],
        ["a Compose project", { composeProject: "shop" }, "the Compose project shop (network n)"],
        ["anybody", {}, "network n"],
    ])("are %s's: by name, with a base that is free", (_, owner, said) => {
        const networks = [network("n", "10.122.0.0/16", owner)];
        expect(judge({ networks, routes: [{ to: "10.122.0.0/16", device: "br-2" }] })).toEqual([
            [
                "bad",
                `10.122.0.0/24 (edge-net) overlaps 10.122.0.0/16 of ${said}`,
                'set strata:addressBase to "10.123", which is free, or remove what has the addresses',
            ],
        ]);
    });

    test("are a VPN's", () => {
        expect(judge({ routes: [{ to: "10.122.41.0/24", device: "tun0" }] })).toMatchObject([
            ["bad", "10.122.41.0/24 (shop-net) overlaps the route 10.122.41.0/24 through tun0", expect.anything()],
        ]);
        expect(judge({ routes: [{ to: "10.122.0.0/16", device: "wg0" }] })[0]?.[0]).toBe("bad");
        expect(judge({ routes: [{ to: "10.122.0.0/15", device: "wg0" }] })[0]?.[0]).toBe("note");
    });

    test("lie within a company's whole network: works, and is said once", () => {
        const said = judge({ routes: [{ to: "10.0.0.0/8", device: "tun0" }], pools: ["192.168.0.0/16"] });
        expect(said).toHaveLength(1);
        expect(said[0]).toMatchObject([
            "note",
            expect.stringContaining("10.0.0.0/8 through tun0"),
            expect.stringContaining('"172.16"'),
        ]);
    });

    test("lie within what the engine hands out by itself", () => {
        expect(judge({}, "172.22")).toMatchObject([
            ["note", expect.stringContaining("172.16.0.0/12"), expect.anything()],
        ]);
    });

    test("could not be told: the next step, never that they are free", () => {
        const untold = { value: "there is no program ip", fix: "install it" };
        const said = "whether a route has 10.122.0.0/16 could not be told: there is no program ip";
        expect(judge({ untold })).toEqual([["unknown", said, "install it"]]);
        const own = network("local-edge-net", "10.122.0.0/24", { environment: "local" });
        expect(judge({ untold, networks: [own] })).toEqual([["unknown", said, "install it"]]);
        // What was seen counts all the same, and no other base is called free.
        const both = judge({ untold, routes: [{ to: "10.122.41.0/24", device: "tun0" }] });
        expect(both.map(([verdict]) => verdict)).toEqual(["bad", "unknown"]);
        expect(both[0]?.[2]).toContain('"10.123", which nothing that could be seen has');
    });

    test.each(["52", "51820", "220", "vrf-red"])("are a VPN's, whose route is in the table %s", (table) => {
        expect(judge({ routes: [{ to: "10.122.41.0/24", device: "tailscale0", table }] })).toMatchObject([
            ["bad", expect.stringContaining(`through tailscale0 in the table ${table}`), expect.anything()],
        ]);
        expect(judge({ routes: [{ to: "10.0.0.0/8", device: "wg0", table }] })[0]).toMatchObject([
            "note",
            expect.stringMatching(/does not reach its own containers$/),
            expect.anything(),
        ]);
    });

    test("have an address of this machine that no other route shows", () => {
        const address = { to: "10.122.41.7/32", device: "wg0", table: "local" };
        expect(judge({ routes: [address] })).toMatchObject([
            ["bad", expect.stringContaining("overlaps 10.122.41.7/32 of this machine itself (wg0)"), expect.anything()],
        ]);
        // The host's own address in a bridge of the engine, and one that a route covers, are said once.
        const own = network("local-shop-net", "10.122.41.0/24", { environment: "local" });
        expect(judge({ routes: [address], networks: [own] })[0]?.[0]).toBe("good");
        expect(judge({ routes: [address, { to: "10.122.41.0/24", device: "wg0" }] })).toHaveLength(1);
    });

    test("no base is named when none is free", () => {
        expect(
            freeBase({
                networks: [],
                routes: [
                    { to: "0.0.0.0/2", device: "x" },
                    { to: "172.16.0.0/12", device: "x" },
                ],
                pools: [],
            }),
        ).toBeUndefined();
    });

    test("reads routes of Linux and of macOS, and leaves out what leads everywhere", () => {
        const linux = [
            { dst: "default", gateway: "192.0.2.1", dev: "eth0" },
            { dst: "10.77.0.0/16", dev: "tun0" },
            { dst: "10.8.0.1", dev: "tun0" },
            { dst: "0.0.0.0/1", dev: "tun0" },
            { type: "blackhole", dst: "10.9.0.0/16" },
        ];
        expect(readIpRoutes(JSON.stringify(linux))).toEqual([
            { to: "10.77.0.0/16", device: "tun0" },
            { to: "10.8.0.1/32", device: "tun0" },
        ]);
        const tables = [
            { dst: "10.77.0.0/16", dev: "tailscale0", table: "52" },
            { dst: "10.78.0.0/16", dev: "wg0", table: 51820 },
            { dst: "10.79.0.0/16", nexthops: [{ dev: "eth0" }, { dev: "eth1" }] },
            { type: "unreachable", dst: "10.80.0.0/16", table: "220" },
            { type: "throw", dst: "10.81.0.0/16", table: "52" },
            { type: "broadcast", dst: "10.82.0.255", dev: "eth0", table: "local" },
            { type: "local", dst: "10.82.0.1", dev: "eth0", table: "local" },
            { dst: "default", dev: "wg0", table: 51820 },
            { dst: "fd00::/64", dev: "eth0" },
        ];
        expect(readIpRoutes(JSON.stringify(tables))).toEqual([
            { to: "10.77.0.0/16", device: "tailscale0", table: "52" },
            { to: "10.78.0.0/16", device: "wg0", table: "51820" },
            { to: "10.79.0.0/16", device: "eth0" },
            { to: "10.80.0.0/16", device: "unreachable", table: "220" },
            { to: "10.82.0.1/32", device: "eth0", table: "local" },
        ]);
        const mac = [
            "Destination        Gateway            Flags               Netif Expire",
            "default            192.168.1.1        UGScg                 en0",
            "10.77/16           utun4              USc                 utun4",
            "172.16.5.3         10.77.0.1          UH                  utun4",
            "127                127.0.0.1          UCS                   lo0",
        ].join("\n");
        expect(readNetstatRoutes(mac)).toEqual([
            { to: "10.77.0.0/16", device: "utun4" },
            { to: "172.16.5.3/32", device: "utun4" },
            { to: "127.0.0.0/8", device: "lo0" },
        ]);
    });
});

test("memory limits may add up to what there is; half as much again is a note, more cannot work", () => {
    const services = [
        { kind: "application", limits: { memoryMiB: 512 } },
        { kind: "application", limits: { memoryMiB: 1024 } },
    ] as unknown as Platform["services"];
    const of = (available: number) => judgeMemory(available, { platform: { services } as Platform });
    expect(of(1536)).toEqual({ what: "memory", value: "limits add up to 1.5 GiB of 1.5 GiB", verdict: "good" });
    expect(of(1535).verdict).toBe("note");
    expect(of(1024).verdict).toBe("note");
    expect(of(1023).verdict).toBe("bad");
});

test("each replica counts towards the memory", () => {
    const instances = { replicas: 3, ready: "/health", drain: 5 };
    const services = [
        { kind: "application", limits: { memoryMiB: 512 }, instances },
    ] as unknown as Platform["services"];
    expect(judgeMemory(1536, { platform: { services } as Platform })).toMatchObject({
        value: "limits add up to 1.5 GiB of 1.5 GiB",
        verdict: "good",
    });
});

describe("disk", () => {
    const facts: DiskFacts = {
        what: "cache",
        folder: "/cache",
        freeMiB: 20_000,
        freeFiles: 1000,
        refusal: undefined,
        isSetUp: false,
    };
    test.each<[string, Partial<DiskFacts>, string, RegExp]>([
        ["plenty", {}, "good", /19\.5 GiB free/],
        ["enough for what is set up", { freeMiB: 900, isSetUp: true }, "good", /900 MiB free/],
        ["too little for a first set-up", { freeMiB: 900 }, "note", /900 MiB free/],
        ["next to nothing", { freeMiB: 20, isSetUp: true }, "bad", /20 MiB free/],
        ["no inode", { freeFiles: 0 }, "bad", /inodes/],
        ["inodes that nobody counts", { freeFiles: undefined }, "good", /free/],
        ["a quota", { refusal: "EDQUOT" }, "bad", /quota is used up/],
        ["full", { refusal: "ENOSPC" }, "bad", /full/],
        ["read-only", { refusal: "EROFS" }, "bad", /cannot be written to \(EROFS\)/],
        ["out of sight", { freeMiB: undefined }, "unknown", /cannot be looked at/],
    ])("%s", (_, changes, verdict, value) => {
        const [finding] = judgeDisks([{ ...facts, ...changes }]);
        expect(finding?.verdict).toBe(verdict);
        expect(finding?.value).toMatch(value);
        if (verdict !== "good") expect(finding?.fix).toBeTruthy();
    });
});
