import { readFileSync } from "node:fs";

import { weaknessesOf } from "../../support/hardening";
import { asGuestOf, inspect, inspectAll, inspectServices } from "../../support/live-engine";
import { ENV, of, platform } from "./live";

/** What every container promises, as the engine and the kernel see it. */
export function hardeningTests(): void {
    test("every container is what was promised", async () => {
        const all = await inspectAll(ENV);
        expect(all.length).toBeGreaterThan(platform.services.length);
        expect(all.flatMap(weaknessesOf)).toEqual([]);
    });

    test("no process is root, and none may gain a capability", async () => {
        for (const { Name, State } of await inspectServices(ENV)) {
            const status = visibleStatus(State.Pid);
            expect(`${Name} ${status["Uid"]?.split("\t").includes("0")}`).toBe(`${Name} false`);
            expect(`${Name} ${status["CapEff"]} ${status["CapBnd"]}`).toBe(
                `${Name} ${"0".repeat(16)} ${"0".repeat(16)}`,
            );
            expect(`${Name} ${status["NoNewPrivs"]} ${status["Seccomp"]}`).toBe(`${Name} 1 2`);
        }
    });

    test("no container forwards packets or has IPv6", async () => {
        const { Config } = await inspect(of("psra-postgres"));
        const services = await inspectServices(ENV);
        const looks = services.map(async ({ Name }) => {
            const { stdout } = await asGuestOf({
                environment: ENV,
                of: Name.slice(1),
                image: Config.Image,
                entrypoint: "sh",
                command: [
                    "-c",
                    "cat /proc/sys/net/ipv4/ip_forward; grep -v ' lo$' /proc/net/if_inet6 2>/dev/null || echo no IPv6",
                ],
            });
            return `${Name}: ${stdout.trim().replace("\n", ", ")}`;
        });
        expect(await Promise.all(looks)).toEqual(services.map(({ Name }) => `${Name}: 0, no IPv6`));
    });

    /** The first process is docker-init; what it may not, its children may not either. */
    function visibleStatus(pid: number): Readonly<Record<string, string>> {
        const lines = readFileSync(`/proc/${pid}/status`, "utf8").split("\n");
        return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)) as [string, string][]);
    }
}
