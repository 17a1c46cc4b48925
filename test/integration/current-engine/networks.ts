import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

import { networkName } from "../../../model/names";
import type { EngineStand } from "../../support/engine-stand";
import { eventually } from "../../support/eventually";
import { docker, inspect, inspectServices } from "../../support/live-engine";
import { expectSuccess } from "../../support/outcome";

/** Who reaches whom. */
export function isolationTests({ stack }: EngineStand): void {
    test("every pair of containers can do what was declared, and no more", async () => {
        expectSuccess(await stack.strata("verify"));
    });
}

/** Names, as the engine answers them in each zone. */
export function nameTests(stand: EngineStand): void {
    const { platform } = stand;

    test("every service is told the names of its own zones, and no other", async () => {
        for (const source of platform.services) {
            const names = platform.services.map(({ name }) => name);
            const answers = await stand.probe<{ name: string; verdict: string }>(source.name, ["dns", ...names]);
            const heard = answers.filter(({ verdict }) => verdict === "resolved").map(({ name }) => name);
            const near = platform.services.filter(({ zones }) => zones.some((zone) => source.zones.includes(zone)));
            expect([source.name, heard]).toEqual([source.name, near.map(({ name }) => name)]);
        }
    });
}

interface InspectedNetwork {
    readonly Id: string;
    readonly Internal: boolean;
    readonly Options: Readonly<Record<string, string>>;
}

interface Link {
    readonly addr_info: readonly { readonly local?: string }[];
}

/** The lines of a file below `/proc` as a service's own processes see it, in fields. */
async function seenBy(stand: EngineStand, service: string, file: string): Promise<string[][]> {
    const { State } = await inspect(stand.of(service));
    const path = `/proc/${State.Pid}/${file}`;
    // A kernel without IPv6 has no file about it.
    return (existsSync(path) ? readFileSync(path, "utf8") : "")
        .split("\n")
        .filter(Boolean)
        .map((line) => line.trim().split(/\s+/));
}

/** What an isolated gateway is, as the engine's machine and the containers see it. */
export function gatewayTests(stand: EngineStand): void {
    const { platform, environment } = stand;
    const internal = platform.zones.filter((zone) => zone.internal);
    const networkOf = async (zone: string): Promise<InspectedNetwork> => {
        const inspected = await docker(["network", "inspect", networkName(environment, zone)]);
        return (JSON.parse(inspected) as [InspectedNetwork])[0];
    };
    const addressesOf = async (zone: string): Promise<(string | undefined)[]> => {
        const bridge = `br-${(await networkOf(zone)).Id.slice(0, 12)}`;
        const shown = await stand.runOnEngineMachine("ip", "-4", "-json", "address", "show", bridge);
        return (JSON.parse(shown) as Link[]).flatMap(({ addr_info: found }) => found.map(({ local }) => local));
    };

    test("every internal network has an isolated gateway", async () => {
        expect(internal.length).toBeGreaterThan(3);
        for (const { name } of internal) {
            const { Internal, Options } = await networkOf(name);
            expect([name, Internal, Options["com.docker.network.bridge.gateway_mode_ipv4"]]).toEqual([
                name,
                true,
                "isolated",
            ]);
        }
    });

    test("the engine's machine has no address in any internal network", async () => {
        for (const zone of internal) expect([zone.name, await addressesOf(zone.name)]).toEqual([zone.name, []]);
        // Control: in the network with a way out it has the gateway's.
        const open = platform.zones.find((zone) => !zone.internal)!;
        expect(await addressesOf(open.name)).toContain(open.gateway);
    });

    test("a container in internal networks only has no gateway", async () => {
        const found = await Promise.all(
            platform.services.map(async ({ name }) => {
                // The second field is the destination, 0 in a default route: see proc(5).
                const hasGateway = (await seenBy(stand, name, "net/route")).some(([, to]) => to === "00000000");
                return hasGateway ? [name] : [];
            }),
        );
        expect(found.flat()).toEqual(["edge"]);
    });

    test("no container has IPv6: every bridge has an address of it that the kernel gives", async () => {
        for (const { name } of platform.services) {
            const devices = (await seenBy(stand, name, "net/if_inet6")).map((fields) => fields.at(-1));
            expect([name, devices.filter((device) => device !== "lo")]).toEqual([name, []]);
        }
    });

    test("no container of internal networks reaches what listens on the engine's machine", async () => {
        const port = 24090;
        const script = `require("net").createServer((it) => it.destroy()).listen(${port}, "0.0.0.0")`;
        const [command, ...args] = stand.onEngineMachine(process.execPath, "-e", script);
        const listener = spawn(command, args, { stdio: "ignore" });
        try {
            const addresses = platform.zones.map(({ gateway }) => `${gateway}:${port}`);
            const reached = async (from: string): Promise<string[]> => {
                const answers = await stand.probe<{ address: string; verdict: string }>(from, [
                    "connect",
                    "--timeout=1s",
                    ...addresses,
                ]);
                expect(answers).toHaveLength(addresses.length);
                return answers.filter(({ verdict }) => ["open", "refused"].includes(verdict)).map((it) => it.address);
            };
            // Control: the one container with a way out finds the listener.
            await eventually("the listener is there", async () => (await reached("edge")).length > 0);
            for (const { Name } of await inspectServices(environment)) {
                const service = Name.slice(stand.of("").length + 1);
                if (service !== "edge") expect([service, await reached(service)]).toEqual([service, []]);
            }
        } finally {
            listener.kill("SIGKILL");
        }
    });
}
