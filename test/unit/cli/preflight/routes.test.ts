/** Where routes are read from; a list that nobody could read is never an empty one. */

import type { Ended } from "../../../../cli/processes";
import { readRoutes, type RouteSources } from "../../../../cli/preflight/routes";

const HERE = { host: "unix:///var/run/docker.sock" };
const KERNEL = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "tun0\t00004D0A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "*\t00004E0A\t00000000\t0201\t0\t0\t0\t0000FFFF\t0\t0\t0",
].join("\n");

const read = (ended: Partial<Ended>, sources: Partial<RouteSources> = {}, host = HERE) =>
    readRoutes(host, {
        system: "linux",
        ask: () => Promise.resolve({ code: 0, stdout: "", stderr: "", ...ended }),
        kernel: () => KERNEL,
        ...sources,
    });

test("Linux: of all tables, which is asked for", async () => {
    let asked = "";
    const ask: RouteSources["ask"] = (program, args) => {
        asked = [program, ...args].join(" ");
        const stdout = JSON.stringify([{ dst: "10.77.0.0/16", dev: "tailscale0", table: "52" }]);
        return Promise.resolve({ code: 0, stdout, stderr: "" });
    };
    expect(await read({}, { ask })).toEqual({ routes: [{ to: "10.77.0.0/16", device: "tailscale0", table: "52" }] });
    expect(asked).toBe("ip -j -4 route show table all");
});

test("a machine without any route has none", async () => {
    expect(await read({ stdout: "[]" })).toEqual({ routes: [] });
});

test.each<[string, Partial<Ended>, RegExp, RegExp]>([
    ["no program", { code: 127 }, /^there is no program ip; only the main table was read/, /apt-get install iproute2/],
    [
        "one that does not know -j",
        { code: 255, stderr: "bad option" },
        /ended with 255 \(bad option\)/,
        /ip route show/,
    ],
    ["one that ignores -j", { stdout: "default via 192.0.2.1 dev eth0" }, /gave no list/, /ip route show table all/],
    ["one that hangs", { code: 137 }, /ended with 137/, /ip route show table all/],
])("Linux, %s: the kernel's main table, and that the others are unknown", async (_, ended, value, fix) => {
    expect(await read(ended)).toEqual({
        routes: [{ to: "10.77.0.0/16", device: "tun0" }],
        untold: { value: expect.stringMatching(value) as string, fix: expect.stringMatching(fix) as string },
    });
    const nothing = await read(ended, { kernel: () => undefined });
    expect([nothing.routes, nothing.untold?.value]).toEqual([[], expect.not.stringContaining("main table")]);
});

test("macOS: netstat's table, or that there is none", async () => {
    const stdout = "Routing tables\n\nInternet:\nDestination Gateway Flags Netif\n10.77/16 utun4 USc utun4\n";
    const mac = { system: "darwin" } as const;
    expect(await read({ stdout }, mac)).toEqual({ routes: [{ to: "10.77.0.0/16", device: "utun4" }] });
    for (const ended of [{ code: 127 }, { code: 1 }, { stdout: "" }]) {
        expect(await read(ended, mac)).toMatchObject({
            routes: [],
            untold: { fix: expect.stringMatching(/netstat/) as string },
        });
    }
});

test("another machine's routes are not this one's", async () => {
    const { routes, untold } = await read({ stdout: "[]" }, {}, { host: "ssh://deploy@far" });
    expect(routes).toEqual([]);
    expect(untold).toMatchObject({ lasting: true, value: expect.stringContaining("ssh://deploy@far") as string });
});
