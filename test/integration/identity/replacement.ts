import { AGENT_TOKEN } from "../../../components/identity/vault-agent/kind";
import { eventually } from "../../support/eventually";
import { docker, inspect, run } from "../../support/live-engine";
import { apiContainer, ARRIVAL } from "./agents";
import { expectSuccess, fileOf, LEASE_SECONDS, of, placeOf, ready, say, stack, WELL } from "./live";
import { askAs, change, login, writeAsPerson } from "./vault-client";
import { missingValue, psraLogin, rentguyLogin } from "./waits";

/** The secret-id that an application's agent logs in with. */
export async function secretIdInUse(application: string): Promise<string> {
    return docker(["exec", placeOf(application), "cat", "/etc/strata/secrets/secret-id"]);
}

/** What became of the waits of `agents.ts`, and what ends sooner than it would by itself. */
export function replacementTests(): void {
    test("a value that was missing is in the service's file within a minute of being written", async () => {
        const took = await missingValue.end();
        say(`a missing value was in the file after ${Math.round(took / 1000)} s`);
        expect(await fileOf("psra-api", "partner-keys")).toBe('{"taric":"one","wto":"two"}');
        await writeAsPerson("psra/kv/data/api/partner-keys", { value: "three" });
        await eventually(
            "the file has the value alone",
            async () => (await fileOf("psra-api", "partner-keys")) === "three",
            ARRIVAL,
        );
    });

    test("a login that is taken back is replaced", async () => {
        const took = await rentguyLogin.end();
        say(`a login of ${LEASE_SECONDS} s was replaced ${Math.round(took / 1000)} s after its end`);
        expect(await ready("rentguy")).toEqual(WELL);
    });

    test("`rotate secret-ids` replaces the agent and its login, and leaves the service alone", async () => {
        const [old, agent, other, service] = [
            await secretIdInUse("rentguy-api"),
            (await inspect(placeOf("rentguy-api"))).Id,
            (await inspect(placeOf("rentguy-web"))).Id,
            (await inspect(of("rentguy-api"))).Id,
        ];
        expectSuccess(await stack.strata("rotate", "secret-ids", "--service", "rentguy-api"));
        const now = await secretIdInUse("rentguy-api");
        expect(now).not.toBe(old);
        expect((await inspect(placeOf("rentguy-api"))).Id).not.toBe(agent);
        expect((await inspect(placeOf("rentguy-web"))).Id).toBe(other);
        const answers = await askAs("rentguy-api", [login("rentguy-api", old), login("rentguy-api", now)]);
        expect(answers.map(({ status }) => status)).toEqual([400, 200]);
        expect((await inspect(of("rentguy-api"))).Id).toBe(service);
        expect(await ready("rentguy")).toEqual(WELL);
    });
}

/** What agents do for as long as they run: after a database login has lived its life. */
export function renewalTests(): void {
    test("a login is renewed while it may be, and replaced before its end", async () => {
        const { first, next, looks } = await psraLogin.end();
        const used = next.made - first.made;
        say(`a login of ${LEASE_SECONDS} s was used for ${used / 1000} s, and good at each of ${looks} looks`);
        expect(used).toBeGreaterThan(2 * LEASE_SECONDS * 1000);
        expect(used).toBeLessThan(4 * LEASE_SECONDS * 1000);
        // Looked at while it was renewed, not only when it was new and when it was gone.
        expect(looks).toBeGreaterThan(10);
        expect(await ready("psra")).toEqual(WELL);
    });

    test("an agent whose login has ended without another one is unhealthy", async () => {
        const agent = placeOf("psra-web");
        const [, check = ""] = (await inspect(agent)).Config.Healthcheck?.Test ?? [];
        const inside = async (script: string): Promise<number> =>
            (await run("docker", ["exec", agent, "sh", "-c", script])).code;
        expect(await inside(check)).toBe(0);
        expect(await inside(`touch -d '@${Math.floor(Date.now() / 1000) - 26 * 3600}' ${AGENT_TOKEN}`)).toBe(0);
        expect(await inside(check)).toBe(1);
        expect(await inside(`touch ${AGENT_TOKEN}`)).toBe(0);
        expect(await inside(check)).toBe(0);
    });

    test("agents and Vault come back by themselves", async () => {
        await docker(["restart", of("vault"), placeOf("psra-api")]);
        await eventually(
            "both are healthy",
            async () => {
                const states = await Promise.all([of("vault"), placeOf("psra-api")].map(inspect));
                return states.every(({ State }) => State.Health?.Status === "healthy");
            },
            { within: 90_000 },
        );
        await eventually("the service is well", async () => (await ready("psra")).status === 200, { within: 30_000 });
        // An agent that was not restarted asks again, too.
        const path = "psra/kv/data/config/client-secret";
        const { data } = (await change("GET", path)) as { data: { value: string } };
        await change("POST", path, { data: { value: "after the restart" } });
        await eventually(
            "the file has the new value",
            async () => (await fileOf("psra-web", "client-secret")) === "after the restart",
            { within: 60_000 },
        );
        await change("POST", path, { data });
        expect((await inspect(of("psra-api"))).Id).toBe(apiContainer);
    });
}
