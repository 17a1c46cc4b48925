/** The one running platform that the parts of the platform test share, and how they look at it. */

import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { loginsOf } from "../../../model/logins";
import { LABEL } from "../../../model/names";
import type { Platform } from "../../../model/platform";
import { type IsolationReport, verifyIsolation } from "../../../verify";
import { expectHealthy } from "../../support/health";
import { imageOf } from "../../support/images";
import { asGuestOf, type Ended, inspect, inspectServices, testEngine } from "../../support/live-engine";
import { LiveStack } from "../../support/live-stack";
import { expectSuccess, say } from "../../support/outcome";
import { secretsOf } from "../../support/places";

export { expectSuccess, say };

/** Name of the environment. */
export const ENV = "test-it";

/** End of the databases' names: the environment, with its dash written so that nobody has to quote it. */
export const SUFFIX = "test_it";

/** First octets of its addresses, away from the ranges that the engine hands out by itself. */
export const BASE = "10.229";

/** Milliseconds. */
export const MINUTE = 60_000;

/**
 * `local` without Keycloak, which has tests and stacks of its own: this one is removed and started again many times.
 * Data is protected as in production: the policies grant an exception to `local` only.
 */
export const stack = new LiveStack({
    name: ENV,
    addressBase: BASE,
    port: 27080,
    config: { "strata:protectData": true, "strata:identity": undefined },
});

/** What the stack declares. */
export const platform: Platform = stack.declared().platform;

/** Reference of the image that looks at networks from the inside. */
export const probeImage = (): Promise<string> => imageOf("probe");

/** Name of a service's container. */
export function of(service: string): string {
    return `${ENV}-${service}`;
}

/** The drift gate ends with 0. */
export async function expectNoChanges(): Promise<void> {
    expectSuccess(await stack.gate());
}

/** `healthy`, `unhealthy` or `starting`. */
export async function healthOf(service: string): Promise<string | undefined> {
    return (await inspect(of(service))).State.Health?.Status;
}

/** Every declared service runs and is healthy, and nothing else has the label. */
export async function expectAllHealthy(): Promise<void> {
    await expectHealthy(platform);
}

/** Names of the services' containers that run. */
export async function running(): Promise<string[]> {
    return (await inspectServices(ENV)).filter(({ State }) => State.Running).map(({ Name }) => Name);
}

/** Container ids by service: what changed and what did not. */
export async function serviceIds(): Promise<Readonly<Record<string, string>>> {
    const services = await inspectServices(ENV);
    return Object.fromEntries(services.map(({ Id, Config }) => [Config.Labels[LABEL.service] ?? "", Id]));
}

/** The isolation of the running platform against its declared flows. */
export async function verify(): Promise<IsolationReport> {
    return verifyIsolation({ platform, probeImage: await probeImage(), engine: testEngine });
}

/** A shell where a client of a store is, with the server's own programs. `$0` is a file with the client's URL. */
export async function asClient(client: string, server: string, script: string, input = ""): Promise<Ended> {
    const { Config } = await inspect(of(server));
    return asGuestOf({
        environment: ENV,
        of: of(client),
        image: Config.Image,
        entrypoint: "sh",
        command: ["-c", script, "/etc/strata/url"],
        files: await folderWithUrl(client, server),
        input,
    });
}

/** Folders by client and server. */
const folders = new Map<string, string>();

/** Holds the login that never changes, which the program writes into Vault: an agent hands out a leased one to Postgres. */
async function folderWithUrl(client: string, server: string): Promise<string> {
    const login = loginsOf(platform.services).find((one) => one.client === client && one.server === server)!;
    const key = `${login.user}@${server}`;
    const known = folders.get(key);
    if (known !== undefined) return known;
    const url = (await secretsOf(stack)).find(
        ({ value }) => value.includes(`://${login.user}:`) && value.includes(`@${server}:`) && !value.startsWith("{"),
    )!;
    const folder = mkdtempSync(join(tmpdir(), "strata-url-"));
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "url"), url.value, { mode: 0o644 });
    folders.set(key, folder);
    return folder;
}
