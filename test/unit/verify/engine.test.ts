import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Engine } from "../../../engine/engine";
import { EngineError } from "../../../engine/error";
import { describeReport, verifyIsolation } from "../../../verify";
import { unaskedOn } from "../../../verify/isolation";
import { engineOf, saying } from "../../support/recorded-engine";
import { platform } from "./platform";

const TLS = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: "/certificates" };

test("a stranger with one of the environment's volumes breaks the verdict of the whole report", async () => {
    const stranger = {
        ...{ Id: "1", Name: "/curious", State: { Running: true }, Config: { Labels: null }, HostConfig: {} },
        ...{ NetworkSettings: { Networks: null }, Mounts: [{ Type: "volume", Name: "t-vault-data", Source: "/v" }] },
    };
    const engine = saying({
        "ps -aq --no-trunc --filter": "",
        "ps -": "1\n",
        "container inspect": [stranger],
        "volume ls": "t-vault-data\n",
        "volume inspect": [
            { Name: "t-vault-data", Mountpoint: "/v", Labels: { "strata.service": "vault" }, Options: null },
        ],
        "network ls": "",
    });
    const report = await verifyIsolation({ platform, probeImage: "probe:1", engine });
    expect(report.verdict).toBe("broken");
    expect(describeReport(report).join("\n")).toContain("curious mounts t-vault-data");
    expect(report.unasked).toBe(unaskedOn({ host: "ssh://a" }, process.platform));
});

test("a guest that only labels itself as a probe breaks the verdict of the whole report", async () => {
    const Labels = { "strata.environment": "t", "strata.service": "shop-db" };
    const plain = { State: { Running: false }, NetworkSettings: { Networks: null }, Mounts: [] };
    const database = { ...plain, Id: "1", Name: "/t-shop-db", Config: { Labels }, HostConfig: {} };
    const guest = {
        ...{ ...plain, Id: "2", Name: "/curious", HostConfig: { NetworkMode: "container:1" } },
        Config: { Labels: { "strata.role": "probe" }, Image: "alpine" },
    };
    const engine = engineOf((args) => {
        const inspected = [database, guest].filter(({ Id }) => args.includes(Id));
        const ids = args.includes("--filter") ? "1\n" : "1\n2\n";
        const answer = { ps: args.join(" ").includes("strata.role=probe") ? "" : ids, container: inspected };
        const said = answer[args[0] as "ps" | "container"] ?? "";
        return Promise.resolve({ code: 0, stdout: typeof said === "string" ? said : JSON.stringify(said), stderr: "" });
    });
    const report = await verifyIsolation({ platform, probeImage: "probe:1", engine });
    expect(report.verdict).toBe("broken");
    expect(describeReport(report).join("\n")).toContain("curious lives in the namespaces of t-shop-db");
});

describe("an answer that is missing", () => {
    const networks: Record<string, Record<string, { IPAddress: string }>> = {
        "shop-api": { "t-shop-web-net": { IPAddress: "172.29.1.3" }, "t-shop-db-net": { IPAddress: "172.29.2.3" } },
        "shop-cache": { "t-shop-db-net": { IPAddress: "172.29.2.4" } },
    };
    const containers = Object.entries(networks).map(([service, Networks]) => ({
        ...{ Id: service, Name: `/t-${service}`, State: { Running: true }, HostConfig: { Dns: ["127.0.0.1"] } },
        Config: { Labels: { "strata.environment": "t", "strata.service": service } },
        ...{ NetworkSettings: { Networks }, Mounts: [] },
    }));
    const CALLED = "172.29.2.4:6379";
    const UNDECLARED = "172.29.1.3:8000";

    /** @param answer - what the probe in a container says of an address when it is asked the first, second, ... time */
    async function verified(answer: (from: string, address: string, time: number) => string) {
        const runs: { from: string; timeout: string; addresses: string[] }[] = [];
        const engine = engineOf((args) => {
            const say = (stdout: string) => Promise.resolve({ code: 0, stdout, stderr: "" });
            const line = args.join(" ");
            if (args[0] === "container") return say(JSON.stringify(containers));
            if (args[0] === "ps") return say(line.includes("strata.role=probe") ? "" : "shop-api\nshop-cache\n");
            if (args[0] !== "run") return say("");
            const from = /--network=container:(\S+)/.exec(line)?.[1] ?? "";
            const addresses = args.slice(args.findIndex((arg) => arg.startsWith("--timeout=")) + 1);
            const time = runs.filter((run) => run.from === from).length + 1;
            runs.push({ from, timeout: /--timeout=(\S+)/.exec(line)?.[1] ?? "", addresses });
            const answers = addresses.map((address) =>
                JSON.stringify({ address, verdict: answer(from, address, time) }),
            );
            return say(answers.join("\n"));
        });
        return { report: await verifyIsolation({ platform, probeImage: "probe:1", engine }), runs };
    }
    const listens = (from: string, address: string): boolean =>
        [CALLED, "172.29.2.3:8000"].includes(address) || (from === "shop-api" && address === UNDECLARED);
    const verdictOf = ({ report }: Awaited<ReturnType<typeof verified>>, from: string, address: string) =>
        report.cells.find((cell) => cell.from === from && `${cell.address}:${cell.port}` === address)?.verdict;

    test("is asked for once more, with more patience, and nothing else is", async () => {
        const late = await verified((from, address, time) =>
            listens(from, address) && (from !== "shop-cache" || address !== CALLED || time > 1) ? "open" : "silent",
        );
        expect(verdictOf(late, "shop-cache", CALLED)).toBe("holds");
        const again = late.runs.filter(({ timeout }) => timeout === "5000ms");
        expect(again.find(({ from }) => from === "shop-cache")?.addresses).toContain(CALLED);
        expect(again.flatMap(({ addresses }) => addresses)).not.toContain(UNDECLARED);
    });

    test("of a control or a decoy is asked for too: the source's other verdicts depend on them", async () => {
        const late = await verified((from, address, time) => {
            if (address.startsWith("dns:")) return time > 1 ? "resolved" : "silent";
            return listens(from, address) && time > 1 ? "open" : "silent";
        });
        const { cells } = late.report;
        const unclear = cells.filter(({ verdict, protocol }) => verdict === "could not tell" && protocol !== "dns");
        expect(cells.some(({ expectation }) => expectation === "may")).toBe(true);
        expect(unclear.filter(({ reason }) => reason?.includes("the source reached"))).toEqual([]);
        const again = late.runs.filter(({ timeout }) => timeout === "5000ms");
        const decoys = cells.filter(({ expectation }) => expectation === "decoy");
        for (const { container, address, port } of decoys) {
            const run = again.find(({ from }) => `t-${from}` === container);
            expect(run?.addresses).toContain(`${address}:${port}`);
        }
    });

    test("that comes neither time stays missing", async () => {
        const dead = await verified((from, address) =>
            listens(from, address) && !(from === "shop-api" && address === CALLED) ? "open" : "silent",
        );
        expect(verdictOf(dead, "shop-api", CALLED)).toBe("could not tell");
    });

    test("is none where somebody answered whom nobody declared: that stays broken, whatever comes later", async () => {
        const open = await verified((from, address, time) =>
            listens(from, address) || (from === "shop-cache" && address === UNDECLARED && time === 1)
                ? "open"
                : "silent",
        );
        expect(verdictOf(open, "shop-cache", UNDECLARED)).toBe("broken");
    });
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
        const host = "ssh://ops@staging";
        const engine = new Engine({ PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: host });
        const report = await verifyIsolation({ platform, probeImage: "probe:1", engine });
        const calls = readFileSync(join(folder, "calls"), "utf8").trim().split("\n");
        expect(calls.length).toBeGreaterThanOrEqual(4);
        expect(calls.filter((call) => !call.startsWith(`${host} `))).toEqual([]);
        expect(describeReport(report)[0]).toContain(`isolation of ${platform.environment} on ${host}: could not tell`);
    });

    test("that cannot be asked is said, and no other one is asked", async () => {
        writeFileSync(join(folder, "docker"), `#!/bin/sh\necho "cannot connect to $DOCKER_HOST" >&2; exit 1\n`);
        const engine = new Engine({ PATH: `${folder}:/usr/bin:/bin`, DOCKER_HOST: "tcp://gone:2376", ...TLS });
        const asked = verifyIsolation({ platform, probeImage: "probe:1", engine });
        await expect(asked).rejects.toThrow(EngineError);
        await expect(asked).rejects.toMatchObject({
            message:
                "no Docker engine answers at tcp://gone:2376 (DOCKER_HOST) (docker: cannot connect to tcp://gone:2376)",
            next: "check the address and its port: docker -H tcp://gone:2376 version",
            isBroken: false,
        });
    });
});

describe("addresses of the engine's machine", () => {
    test.each([
        ["ssh://server", "linux", /another one/],
        ["tcp://10.0.0.1:2376", "darwin", /another one/],
        ["unix:///Users/a/.docker/run/docker.sock", "darwin", /virtual machine .*this Mac were asked/],
    ] as const)("are not asked on %s from %s, which is said", (engine, platform, said) => {
        expect(unaskedOn({ host: engine }, platform)).toMatch(said);
    });

    test("are asked when it is this one", () => {
        expect(unaskedOn({ host: "unix:///var/run/docker.sock" }, "linux")).toBeUndefined();
    });
});
