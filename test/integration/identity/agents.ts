import { readFileSync } from "node:fs";

import { RENDERED_SECRETS } from "../../../components/identity/vault-agent/kind";
import { deliveriesOf } from "../../../model/secrets/delivery";
import { eventually } from "../../support/eventually";
import { inspect } from "../../support/live-engine";
import { askVaultFrom } from "../../support/vault-client";
import { psql } from "./database-logins";
import { applications, fileOf, of, placeOf, platform, ready, RENDER_SECONDS, say, secrets, WELL } from "./live";
import { change, writeAsPerson } from "./vault-client";
import { loginOf, missingValue, rentguyLogin } from "./waits";

/** Id of psra-api's container when all was new: whatever its agent does, it is left alone. */
export let apiContainer: string;

/** Time in which a value that is there already reaches a file. */
export const ARRIVAL = { within: (RENDER_SECONDS + 10) * 1000 };

/** What agents hand to services. The waits that begin here end in `replacement.ts`. */
export function agentsTests(): void {
    test("every application has its files, in memory, to read only", async () => {
        apiContainer = (await inspect(of("psra-api"))).Id;
        for (const service of applications) {
            const model = platform.services.find(({ name }) => name === service)!;
            const deliveries = deliveriesOf(secrets, platform.services, model);
            expect(deliveries.length).toBeGreaterThan(0);
            for (const { file, from } of deliveries) {
                const text = await fileOf(service, file);
                expect([service, file, (text ?? "").length > 0]).toEqual([service, file, from !== "written"]);
            }
            const { Mounts, State } = await inspect(of(service));
            const mount = Mounts.find(({ Destination }) => Destination === RENDERED_SECRETS);
            expect([service, mount?.RW]).toEqual([service, false]);
            const mounted = (pid: number): string | undefined =>
                readFileSync(`/proc/${pid}/mounts`, "utf8")
                    .split("\n")
                    .find((line) => line.includes(` ${RENDERED_SECRETS} `));
            const user = platform.users![service]!;
            const options = new RegExp(`,size=1024k,mode=750,uid=${user},gid=${user} `);
            expect(mounted(State.Pid)).toMatch(/^tmpfs \S+ tmpfs ro,/);
            expect(mounted(State.Pid)).toMatch(options);
            const writer = mounted((await inspect(placeOf(service))).State.Pid);
            expect(writer).toMatch(/^tmpfs \S+ tmpfs rw,nosuid,nodev,noexec,/);
            expect(writer).toMatch(options);
        }
        expect(await fileOf("psra-api", "certificate")).toMatch(
            /^-----BEGIN EC PRIVATE KEY-----[^]*(-----BEGIN CERTIFICATE-----[^]*){3}$/,
        );
    });

    test("a value that is missing has no file, and is written", async () => {
        expect(await fileOf("psra-api", "partner-keys")).toBeUndefined();
        await writeAsPerson("psra/kv/data/api/partner-keys", { taric: "one", wto: "two" });
        const written = Date.now();
        missingValue.begin(async () =>
            (await fileOf("psra-api", "partner-keys")) === undefined ? undefined : Date.now() - written,
        );
    });

    test("a login that is in use is taken back", async () => {
        const { user } = await loginOf("rentguy");
        expect(await ready("rentguy")).toEqual(WELL);
        await change("PUT", "sys/leases/revoke-prefix/rentguy/database/creds/rentguy", { sync: true });
        const revoked = Date.now();
        rentguyLogin.begin(async () => ((await loginOf("rentguy")).user === user ? undefined : Date.now() - revoked));
    });

    test("the service logs in with a leased user, and asks Vault with the token it was handed", async () => {
        const { url, user } = await loginOf("psra");
        expect(user).toMatch(/^v-psra-/);
        expect((await psql(url, "SELECT current_user")).stdout.trim()).toBe(user);
        expect(await ready("psra")).toEqual(WELL);
        const token = (await fileOf("psra-api", "vault-token"))!;
        const plaintext = Buffer.from("hello").toString("base64");
        const path = "psra/transit/encrypt/psra-key";
        const question = { method: "POST", path, token, body: { plaintext } };
        const [encrypted] = await askVaultFrom(of("psra-api"), of("vault"), [question]);
        expect(encrypted?.status).toBe(200);
        await expect(askVaultFrom(of("psra-web"), of("vault"), [question])).rejects.toThrow("share no network");
    });

    test("a value that is changed by hand reaches the service's file", async () => {
        const path = "psra/kv/data/config/jwt-secret";
        const { data } = (await change("GET", path)) as { data: { value: string } };
        for (const value of ["changed by hand", data.value]) {
            await change("POST", path, { data: { value } });
            const started = Date.now();
            const arrived = async (): Promise<boolean> => (await fileOf("psra-api", "jwt-secret")) === value;
            await eventually("the file has the new value", arrived, ARRIVAL);
            say(`a changed value was in the file after ${((Date.now() - started) / 1000).toFixed(1)} s`);
        }
    });
}
