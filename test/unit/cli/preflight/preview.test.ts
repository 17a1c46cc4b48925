/** What the same facts mean for `up`, which makes containers, and for `preview`, which makes none. */

import type { Facts, Subject } from "../../../../cli/preflight/read";
import { judgeFacts, judgeForPreview, refuseWhatCannotWork } from "../../../../cli/preflight/preflight";
import { Progress } from "../../../../cli/output/progress";

const subject = {
    sight: {
        stack: { name: "local" },
        engine: { choice: { host: "unix:///var/run/docker.sock", source: "socket", because: "why", ignored: [] } },
    },
    declared: {
        platform: {
            services: [{ kind: "application", limits: { memoryMiB: 4096 }, published: [] }],
            zones: [{ name: "edge-net", subnet: "10.122.0.0/24" }],
        },
        config: { addressBase: "10.122" },
        references: {},
    },
} as unknown as Subject;

const disk = { folder: "/x", freeMiB: 20_000, freeFiles: 1, isSetUp: true, refusal: undefined };
const FACTS: Facts = {
    machine: { platform: "linux", arch: "x64", isWsl: false, name: "Debian" },
    answer: { version: "29.8.0", api: "1.52", os: "linux", arch: "amd64" },
    engine: {
        version: { version: "29.8.0", api: "1.52", os: "linux", arch: "amd64" },
        info: { MemTotal: 8 * 1024 ** 3, DockerRootDir: "/x", OperatingSystem: "Debian" },
        api: { used: "1.48", written: undefined },
        addresses: { networks: [], routes: [], pools: [] },
        images: [],
    },
    ports: [
        {
            name: "https",
            address: "0.0.0.0",
            port: 443,
            refusal: undefined,
            isListening: false,
            isOwn: false,
            holder: undefined,
        },
    ],
    disks: [{ ...disk, what: "cache" }],
    logins: { registries: [] },
} as unknown as Facts;

const verdictsOf = (judge: typeof judgeFacts, facts: Facts, what: string): string[] =>
    judge(facts, subject)
        .filter((finding) => finding.what === what)
        .map(({ verdict }) => verdict);

const { engine } = FACTS;
if (engine?.info === undefined) throw new Error("the facts above have an engine");
const TOO_MUCH: readonly [what: string, facts: Facts][] = [
    ["port https", { ...FACTS, ports: FACTS.ports.map((port) => ({ ...port, refusal: "EADDRINUSE" })) }],
    ["memory", { ...FACTS, engine: { ...engine, info: { ...engine.info, MemTotal: 1024 ** 3 } } }],
    ["limits", { ...FACTS, engine: { ...engine, info: { ...engine.info, MemoryLimit: false } } }],
    [
        "subnets",
        {
            ...FACTS,
            engine: {
                ...engine,
                addresses: { ...engine.addresses, routes: [{ to: "10.122.0.0/24", device: "tun0", table: "52" }] },
            },
        },
    ],
];

test.each(TOO_MUCH)("%s: up stops, preview says that up would", (what, facts) => {
    expect(verdictsOf(judgeFacts, FACTS, what)).toEqual(["good"]);
    expect(verdictsOf(judgeFacts, facts, what)).toEqual(["bad"]);
    const [note] = judgeForPreview(facts, subject).filter((finding) => finding.what === what);
    expect(note).toMatchObject({ verdict: "note", value: expect.stringMatching(/: up stops at this$/) as string });
    expect(note?.fix).toBeTruthy();
});

test("all that up looks at is looked at by preview", () => {
    const subjects = (judge: typeof judgeFacts): string[] => judge(FACTS, subject).map(({ what }) => what);
    expect(subjects(judgeForPreview)).toEqual(subjects(judgeFacts));
    expect(subjects(judgeForPreview)).toEqual(
        expect.arrayContaining(["port https", "memory", "limits", "subnets", "disk for cache"]),
    );
});

test("a preview stops where it cannot work itself: a full disk, no engine", () => {
    const full: Facts = { ...FACTS, disks: [{ ...disk, what: "cache", refusal: "EDQUOT" }] };
    expect(verdictsOf(judgeForPreview, full, "disk for cache")).toEqual(["bad"]);
    const silent: Facts = {
        ...FACTS,
        engine: undefined,
        answer: { silence: { kind: "stopped", value: "no", next: "start it" } },
    };
    expect(verdictsOf(judgeForPreview, silent, "Docker engine")).toEqual(["bad"]);
});

test("what could not be told is said by up as well, unless a problem explains it", () => {
    const said: string[] = [];
    const progress = new Progress({ write: (text) => said.push(text) }, { color: false, live: false });
    const untold = { what: "subnets", value: "could not be told", verdict: "unknown", fix: "look" } as const;
    refuseWhatCannotWork([untold, { ...untold, value: "as always", lasting: true }], "local", progress);
    expect(said).toEqual(["! subnets: could not be told; look\n"]);
    const bad = { what: "Docker engine", value: "silent", verdict: "bad" } as const;
    expect(() => refuseWhatCannotWork([bad, untold], "local", progress)).toThrow("1 problem of this machine");
    expect(said).toHaveLength(1);
});
