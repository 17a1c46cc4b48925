import { readFileSync } from "node:fs";

import { LABEL } from "../../../model/names";
import { weaknessesOf } from "../../support/hardening";
import { asGuestOf, docker, inspect, inspectAll, inspectServices, run } from "../../support/live-engine";
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

    test("services are users of their own, so that one cannot use up the processes of another", async () => {
        const users = new Map(
            (await inspectServices(ENV)).map(({ Config }) => [Config.Labels[LABEL.service] ?? "", Config.User]),
        );
        // An agent runs as its application.
        const shared = ["postgres", "vault-agent"];
        const own = platform.services.filter(({ kind }) => !shared.includes(kind)).map(({ name }) => users.get(name));
        expect(new Set(own).size).toBe(own.length);

        const { Config } = await inspect(of("psra-postgres"));
        const crowd = `${ENV}-crowd`;
        const args = (user: string, limit: number): string[] => [
            ...["run", "--rm", "--network=none", "--cap-drop=ALL", `--user=${user}`, `--ulimit=nproc=${limit}`],
            ...[`--label=${LABEL.environment}=${ENV}`, `--label=${LABEL.role}=test`, "--entrypoint=sh"],
        ];
        const full = users.get("psra-engine")!;
        const sleepers = "for i in $(seq 120); do sleep 120 & done; wait";
        await docker([...args(full, 1000), "--detach", `--name=${crowd}`, Config.Image, "-c", sleepers]);
        try {
            const starts = async (user: string): Promise<number> =>
                (await run("docker", [...args(user, 100), Config.Image, "-c", "true"])).code;
            // Control: the number counts for the user, in whatever container.
            let control = await starts(full);
            for (let tries = 0; control === 0 && tries < 20; tries++) {
                control = await starts(full);
            }
            expect(control).not.toBe(0);
            expect(await starts(users.get("psra-api")!)).toBe(0);
        } finally {
            await run("docker", ["rm", "--force", crowd]);
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
