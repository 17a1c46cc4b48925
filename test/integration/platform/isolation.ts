import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { isOf } from "../../../components/kinds";
import { counting, describeReport } from "../../../verify";
import { asGuestOf, docker, inspect, inspectAll, labelled, run } from "../../support/live-engine";
import { BASE, ENV, of, platform, probeImage, say, verify } from "./live";

/** Who reaches whom, by address, from inside the containers. */
export function isolationTests(): void {
    const web = of("bizosaas-client-portal");
    const target = async (service: string, port: number): Promise<string[]> => {
        const { NetworkSettings } = await inspect(of(service));
        return Object.values(NetworkSettings.Networks).map(({ IPAddress }) => `${IPAddress}:${port}`);
    };
    const connect = async (from: string, addresses: readonly string[]): Promise<string[]> => {
        const command = ["connect", "--timeout=1s", ...addresses];
        const { stdout } = await asGuestOf({ environment: ENV, of: from, image: await probeImage(), command });
        const lines = stdout.trim().split("\n").filter(Boolean);
        return lines.map((line) => (JSON.parse(line) as { verdict: string }).verdict);
    };

    test("psra-db-net cannot be reached from bizosaas' web zone by address", async () => {
        const forbidden = [...(await target("psra-postgres", 5432)), ...(await target("psra-redis", 6379))];
        // Vault meets Postgres in a zone of their own.
        expect(forbidden).toHaveLength(3);
        const inside = forbidden.filter((address) => address.startsWith(`${BASE}.4.`));
        // Controls: the source reaches its own gateway, and both targets answer those that may.
        const [gateway] = (await target("bizosaas-brain-gateway", 8001)).filter((address) =>
            address.startsWith(`${BASE}.30.`),
        );
        expect(await connect(web, [gateway ?? "none"])).toEqual(["open"]);
        expect(await connect(of("psra-api"), inside)).toEqual(["open", "open"]);
        const verdicts = await connect(web, forbidden);
        expect(verdicts).toHaveLength(3);
        expect(verdicts.filter((verdict) => verdict !== "silent" && verdict !== "unreachable")).toEqual([]);
    });

    test("every pair of containers can do what was declared, and no more", async () => {
        const report = await verify();
        say(...describeReport(report));
        expect(counting(report)).toEqual([]);
        expect(report.verdict).toBe("holds");
        const count = platform.services.length;
        expect(report.sources).toBe(count);
        // Agents listen to nobody.
        const targets = platform.services.filter(({ ports }) => Object.keys(ports).length > 0).length;
        expect(targets).toBe(count - platform.services.filter(isOf("vault-agent")).length);
        expect(report.pairs).toBe(targets * (count - 1));
        expect(report.counts.must).toBe(platform.flows.length);
        // Every container without a way out was asked for an outside name; the edge is the control.
        expect([report.counts.unheard, report.counts.heard]).toEqual([count - 1, 1]);
        expect(await labelled("container", ENV)).toHaveLength((await inspectAll(ENV)).length);
    });

    test("a container in a zone too many is found, by its attachment and by what it reaches", async () => {
        await docker(["network", "connect", of("psra-db-net"), web]);
        const report = await verify().finally(() => docker(["network", "disconnect", of("psra-db-net"), web]));
        expect(report.verdict).toBe("broken");
        const texts = report.findings.map(({ text }) => text.replace(/ \([^)]*\)/, ""));
        expect(texts).toContain(`${web} is attached to ${of("psra-db-net")}, which is none of its zones`);
        expect(texts).toContain(
            "bizosaas-client-portal -> psra-postgres port 5432: no flow is declared, and it is open",
        );
        expect(texts).toContain("psra-redis -> bizosaas-client-portal port 3001: no flow is declared, and it is open");
    });

    test("a container with a volume by another name is found, and one with the engine's socket is named", async () => {
        const folder = mkdtempSync(join(tmpdir(), "strata-names-"));
        const [volume, curious, agent, neighbour] = [of("vault-data"), of("curious"), of("agent"), of("neighbour")];
        const volumeFolder = (await docker(["volume", "inspect", "--format={{.Mountpoint}}", volume])).trim();
        symlinkSync(dirname(dirname(volumeFolder)), join(folder, "link"));
        const image = await probeImage();
        const start = (name: string, source: string): Promise<string> =>
            docker([
                ...["run", "--detach", `--name=${name}`, "--network=none", `--volume=${source}:/mounted:ro`],
                ...[image, "listen", "1000"],
            ]);
        try {
            await start(curious, join(folder, "link", volume, "_data"));
            await start(agent, "/var/run");
            // A link in the folder leads nowhere in the container.
            await start(neighbour, folder);
            const { verdict, findings } = await verify();
            expect(verdict).toBe("broken");
            // Tests of other files look into their containers meanwhile, with rights over the machine.
            const own = findings.filter(({ subject }) => [curious, agent, neighbour].includes(subject));
            expect(own.map((it) => [it.verdict, it.text.replace(/:.*/, "")])).toEqual([
                ["broken", `${curious} mounts ${volume}`],
                ["noted", `${agent} can get at every volume`],
            ]);
        } finally {
            await run("docker", ["rm", "--force", curious, agent, neighbour]);
            rmSync(folder, { recursive: true });
        }
    });

    test("no container of an internal zone reaches the machine", async () => {
        const listener = await listen();
        try {
            const { port } = listener.address() as { port: number };
            const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
            const machine = own
                .filter(({ family, internal }) => family === "IPv4" && !internal)
                .map(({ address }) => address);
            const edgeGateway = platform.zones.find(({ internal }) => !internal)?.gateway ?? "";
            // Control: the listener is there, and the one container with a way out finds it.
            expect(await connect(of("edge"), [`${edgeGateway}:${port}`])).toEqual(["open"]);
            const addresses = [...new Set([...machine, ...platform.zones.map(({ gateway }) => gateway)])];
            const verdicts = await connect(
                of("psra-postgres"),
                addresses.map((address) => `${address}:${port}`),
            );
            expect(verdicts).toHaveLength(addresses.length);
            expect(verdicts.filter((verdict) => verdict !== "silent" && verdict !== "unreachable")).toEqual([]);
        } finally {
            listener.close();
        }
    });

    function listen(): Promise<Server> {
        return new Promise((resolve) => {
            const server = createServer((socket) => socket.destroy());
            server.listen(0, "0.0.0.0", () => resolve(server));
        });
    }
}
