/** The machine, the engine, what its release can do, and the images it would run. */

import type { EngineInfo } from "../../../../engine/info";
import type { EngineChoice } from "../../../../engine/choice";
import { judgeAbilities } from "../../../../cli/preflight/abilities";
import { judgeAnswer, judgeLimits } from "../../../../cli/preflight/engine";
import { type ImageFacts, judgeImages, judgeMadeHere } from "../../../../cli/preflight/images";
import { judgeMachine } from "../../../../cli/preflight/machine";
import { refusal } from "../../../../cli/preflight/preflight";
import type { Platform } from "../../../../model/platform";

const DIGEST = `sha256:${"a".repeat(64)}`;
const LOCAL: EngineChoice = { host: "unix:///var/run/docker.sock", source: "socket", because: "why", ignored: [] };
const engine = (version: string, api: string) => ({ version, api, os: "linux", arch: "amd64" });

test.each<[NodeJS.Platform, string, boolean, string]>([
    ["linux", "x64", false, "good"],
    ["linux", "arm64", true, "good"],
    ["darwin", "arm64", false, "note"],
    ["win32", "x64", false, "bad"],
    ["linux", "s390x", false, "bad"],
    ["freebsd", "x64", false, "bad"],
])("%s on %s: %s", (platform, arch, isWsl, verdict) => {
    const finding = judgeMachine({ platform, arch, isWsl, name: "it" });
    expect(finding.verdict).toBe(verdict);
    if (verdict !== "good") expect(finding.fix).toMatch(/docs\/machines\.md/);
});

describe("the engine's answer", () => {
    test("says which engine and why that one", () => {
        expect(judgeAnswer(LOCAL, engine("29.1.0", "1.52"))).toEqual([
            { what: "Docker engine", value: "29.1.0, API 1.52, at unix:///var/run/docker.sock (why)", verdict: "good" },
        ]);
    });

    test("or why there is none", () => {
        const silence = { kind: "permission", value: "no", next: "join" } as const;
        expect(judgeAnswer(LOCAL, { silence })).toMatchObject([{ verdict: "bad", value: "no", fix: "join" }]);
    });

    test("is too old", () => {
        expect(judgeAnswer(LOCAL, engine("19.03.15", "1.40"))[0]?.verdict).toBe("bad");
        expect(judgeAnswer(LOCAL, engine("20.10.24", "1.41"))[0]?.verdict).toBe("good");
    });

    test("names variables that were left over", () => {
        const choice = { ...LOCAL, ignored: ["DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY"] };
        expect(judgeAnswer(choice, engine("29.1.0", "1.52"))[1]).toMatchObject({
            verdict: "note",
            fix: expect.stringContaining("unset DOCKER_CERT_PATH DOCKER_TLS_VERIFY") as string,
        });
    });

    test("comes from elsewhere: what cannot be looked at is not passed over", () => {
        const choice = { ...LOCAL, host: "ssh://deploy@far" };
        expect(judgeAnswer(choice, engine("29.1.0", "1.52"))[1]?.verdict).toBe("unknown");
    });
});

describe("limits", () => {
    const info: EngineInfo = { MemTotal: 1, DockerRootDir: "/", OperatingSystem: "x", CgroupVersion: "2" };
    const judge = (changes: Partial<EngineInfo>) => judgeLimits({ ...info, ...changes })[0]!;

    test("a rootless engine without the cpu controller cannot limit, which docker says in the middle of an up only", () => {
        expect(judge({ SecurityOptions: ["name=rootless"], CpuCfsQuota: false })).toMatchObject({
            verdict: "bad",
            value: "rootless engine, cgroup v2: the engine cannot limit cpu",
            fix: expect.stringContaining("Delegate=") as string,
        });
    });

    test("no memory limit at all, no swap limit, all of them", () => {
        expect(judge({ MemoryLimit: false }).verdict).toBe("bad");
        expect(judge({ SwapLimit: false }).verdict).toBe("note");
        expect(judge({ SwapLimit: true, CpuCfsQuota: true, MemoryLimit: true }).verdict).toBe("good");
    });
});

describe("abilities", () => {
    const verdicts = (version: string, api: string, used: string | undefined, written?: string) =>
        judgeAbilities(engine(version, api), { used, written }).map(({ what, verdict }) => `${what}: ${verdict}`);

    test("of an old engine are notes that say from when on it is better", () => {
        const found = judgeAbilities(engine("20.10.24+dfsg1", "1.41"), { used: "1.41", written: undefined });
        expect(found.map(({ verdict }) => verdict)).toEqual(["note", "note", "note"]);
        expect(found.map(({ fix }) => fix)).toEqual([
            "upgrade to Docker Engine 28 or newer",
            "upgrade to Docker Engine 25 or newer",
            "upgrade to Docker Engine 23.0.11, 25.0.5, 26.0 or newer",
        ]);
        expect(found[1]).toMatchObject({
            what: "health checks while a container starts",
            value:
                "every strata:healthCheckInterval seconds, so a start waits up to that long for its first answer; " +
                "checks every second need API 1.44 (Docker 25), the engine is 20.10.24+dfsg1 with API 1.41",
        });
    });

    test("of a new engine are good when they are used, not when they are only there", () => {
        expect(verdicts("29.1.0", "1.52", "1.52")).toEqual([
            "gateway isolation: good",
            "health checks while a container starts: good",
            "DNS in zones: good",
        ]);
        const kept = judgeAbilities(engine("29.1.0", "1.52"), { used: "1.43", written: undefined });
        expect(kept.slice(0, 2).map(({ verdict, fix }) => [verdict, fix])).toEqual([
            ["note", expect.stringContaining('strata:engine: { api: "1.52" }')],
            ["note", expect.stringContaining('strata:engine: { api: "1.52" }')],
        ]);
    });

    test.each(["1.44", "1.45", "1.46", "1.47"])("API %s takes the gateway option and ignores it", (api) => {
        expect(verdicts("27.5.1", api, api)[0]).toBe("gateway isolation: note");
    });

    test("an API version that the engine has not got is refused", () => {
        expect(verdicts("20.10.24", "1.41", "1.48", "1.48")[0]).toBe("strata:engine.api: bad");
    });

    test.each([
        ["20.10.24+dfsg1", "note"],
        ["23.0.10", "note"],
        ["23.0.11", "good"],
        ["24.0.9", "note"],
        ["25.0.4", "note"],
        ["25.0.5", "good"],
        ["26.1.5+dfsg1", "good"],
        ["29.1.0", "good"],
    ])("engine %s keeps names to itself: %s", (version, verdict) => {
        expect(judgeAbilities(engine(version, "1.41"), { used: "1.41", written: undefined }).at(-1)?.verdict).toBe(
            verdict,
        );
    });
});

describe("images", () => {
    const image = (changes: Partial<ImageFacts> = {}): ImageFacts => ({
        name: "psra/api",
        reference: `ghcr.io/sevensa/psra-api:1@${DIGEST}`,
        arch: undefined,
        isMadeHere: false,
        ...changes,
    });
    const judge = (images: readonly ImageFacts[], registries: readonly string[] = [], arch = "amd64") =>
        judgeImages(images, arch, "amd64", { registries }).map(({ what, verdict, fix }) => [what, verdict, fix]);

    test("of a registry without a login are a note, with the command", () => {
        expect(judge([image(), image({ name: "psra/web" })])).toEqual([
            ["registry ghcr.io", "note", "when the images are not public: docker login ghcr.io"],
        ]);
        expect(judge([image()], ["ghcr.io"])).toMatchObject([["images", "good", undefined]]);
        expect(judge([image({ arch: "amd64" })])).toMatchObject([["images", "good", undefined]]);
    });

    test("for another processor cannot run", () => {
        expect(judge([image({ arch: "arm64" })])).toMatchObject([["image psra/api", "bad", expect.anything()]]);
        const made = image({ reference: "made:1", isMadeHere: true });
        expect(judge([made], [], "arm64")).toMatchObject([["image psra/api", "bad", expect.anything()]]);
        expect(judge([made])).toMatchObject([["images", "good", undefined]]);
    });

    test("given by an id that the engine has not got cannot be pulled", () => {
        expect(judge([image({ reference: DIGEST })])).toMatchObject([["image psra/api", "bad", expect.anything()]]);
    });
});

describe("images that were made here", () => {
    const services = [
        { name: "edge", kind: "edge", image: "traefik" },
        { name: "vault", kind: "vault", image: "vault" },
        { name: "oauth2-proxy", kind: "oauth2-proxy", image: "oauth2-proxy" },
        { name: "oauth2-proxy-consoles", kind: "oauth2-proxy", image: "oauth2-proxy" },
    ] as unknown as Platform["services"];
    const made = (name: string) => ({ reference: `strata.invalid/${name}:0123456789ab` });
    const all = { traefik: made("traefik"), "oauth2-proxy": made("oauth2-proxy"), vault: made("vault") };
    const judge = (
        environment: string,
        references: Readonly<Record<string, { reference: string }>> = all,
        waivers = {},
    ) => judgeMadeHere(environment, { services }, references, { madeHere: ["local", "test-*"], ...waivers });

    test("are one finding outside throw-away environments: which, how many containers, and both ways on", () => {
        const [finding, ...others] = judge("production");
        expect(others).toEqual([]);
        expect(finding).toMatchObject({ what: "images made here", verdict: "bad" });
        expect(finding?.value).toMatch(
            /^traefik, oauth2-proxy \(3 containers\): .*container-runs-fixed-release refuses production$/,
        );
        expect(finding?.accepted).toMatch(/traefik 3\.7\.12, oauth2-proxy 7\.15\.2 or later/);
        expect(finding?.fix).toMatch(/mirror.*"production" to madeHere .*policies\/configuration\.json$/);
    });

    test("are accepted where the policy accepts them", () => {
        expect(judge("local")).toEqual([]);
        expect(judge("test-1")).toEqual([]);
        const waivers = ["edge", "oauth2-proxy", "oauth2-proxy-consoles"].map((it) => ({
            resource: `production-${it}`,
        }));
        expect(judge("production", all, { waivers })).toEqual([]);
        expect(judge("production", all, { waivers: waivers.slice(1) })[0]?.value).toMatch(/^traefik \(1 container\)/);
    });

    test("are told by an id, too, and published ones are not meant", () => {
        expect(judge("staging", { traefik: { reference: DIGEST } })[0]?.value).toMatch(/^traefik \(1 container\)/);
        expect(judge("staging", { traefik: { reference: `traefik:v3.7.13@${DIGEST}` } })).toEqual([]);
    });
});

test("what is bad is one list, in the form of configuration problems", () => {
    const failure = refusal(
        [
            {
                what: "port https",
                value: "0.0.0.0:443 is taken",
                verdict: "bad",
                accepted: "a free port",
                fix: "free it",
            },
            { what: "memory", value: "too little", verdict: "bad" },
        ],
        "staging",
    );
    expect([failure.exitCode, failure.message, ...failure.details]).toEqual([
        2,
        "2 problems of this machine with the stack staging:",
        "  1. port https: 0.0.0.0:443 is taken",
        "     accepted: a free port",
        "     next: free it",
        "  2. memory: too little",
    ]);
    expect(failure.next).toContain("npm run doctor -- --stack staging");
});
