import { networkInterfaces } from "node:os";

import { ask } from "../../support/http";
import { asGuestOf, inspect } from "../../support/live-engine";
import { BASE, ENV, of, platform, probeImage, stack } from "./live";

/** The way in, and the ways that are for the machine only. */
export function edgeTests(): void {
    const { domain, ports } = stack;
    let authority: string;
    beforeAll(async () => {
        authority = String((await stack.outputs())["authority"]);
    });
    const get = (host: string, path = "/") => ask({ host, port: ports.https, path, authority });

    test("sends plain HTTP to HTTPS", async () => {
        const answer = await ask({ host: `psra.${domain}`, port: ports.http, path: "/a?b=c" });
        expect([301, 308]).toContain(answer.status);
        expect(answer.headers["location"]).toBe(`https://psra.${domain}:${ports.https}/a?b=c`);
    });

    test("has a certificate of the stack's own authority for every host that it routes", async () => {
        expect(authority).toContain("BEGIN CERTIFICATE");
        const hosts = platform.services.flatMap(({ routes }) => routes.map(({ host }) => host));
        expect(hosts).toContain(`api.psra.${domain}`);
        for (const host of hosts) {
            expect(`${host} ${(await get(host)).status}`).toBe(`${host} 200`);
        }
        // Control: the same certificate is refused by whoever trusts another authority.
        await expect(ask({ host: `psra.${domain}`, port: ports.https, authority: "" })).rejects.toThrow(/certificate/);
    });

    test("leads to the services, which reach their stores and those they call", async () => {
        const api = await get(`api.psra.${domain}`);
        expect(JSON.parse(api.body)).toMatchObject({
            product: "psra",
            service: "psra-api",
            environment: ENV,
            upstreams: ["psra-engine"],
        });
        const portal = await get(`bizosaas.${domain}`);
        expect(JSON.parse(portal.body)).toMatchObject({ product: "bizosaas", service: "bizosaas-client-portal" });
        expect(JSON.parse((await get(`api.psra.${domain}`, "/readyz")).body)).toEqual({
            postgres: { status: "ok" },
            redis: { status: "ok" },
        });
        const call = await get(`bizosaas.${domain}`, "/call/bizosaas-brain-gateway");
        expect(JSON.parse(call.body)).toMatchObject({ reached: true, status: 200 });
        expect(api.headers).toMatchObject({
            "strict-transport-security": expect.any(String) as string,
            "x-frame-options": "DENY",
        });
    });

    test("knows no other host", async () => {
        expect((await get(`nobody.${domain}`)).status).toBe(404);
        expect((await get(domain, "/api/overview")).status).toBe(404);
    });

    test("serves its dashboard and Vault on the loopback address only", async () => {
        // The API behind the dashboard: a Traefik that was built from its Go module has no pages for it.
        const overview = await ask({ host: "localhost", port: ports.dashboard, path: "/api/overview" });
        expect(JSON.parse(overview.body)).toHaveProperty("http.routers.total");
        expect((await ask({ host: "localhost", port: ports.dashboard, path: "/metrics" })).body).toContain("traefik_");
        const { HostConfig } = await inspect(of("edge"));
        const bindings = Object.values(HostConfig.PortBindings ?? {}).flat();
        expect(bindings.map(({ HostIp, HostPort }) => `${HostIp}:${HostPort}`).sort()).toEqual(
            Object.values(ports).map((port) => `127.0.0.1:${port}`),
        );
        const others = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
        for (const { address, family, internal } of others) {
            if (family === "IPv4" && !internal) {
                await expect(ask({ host: "localhost", port: ports.dashboard, address })).rejects.toThrow(
                    "ECONNREFUSED",
                );
            }
        }
    });

    test("answers a page of another name that leads to this machine with 404, and nothing of its own", async () => {
        for (const [port, path] of [
            [ports.dashboard, "/api/overview"],
            [ports.dashboard, "/metrics"],
            [ports.vault, "/v1/sys/health"],
        ] as const) {
            const rebound = await ask({ host: "rebound.example.com", port, path });
            expect([rebound.status, rebound.body]).toEqual([404, "404 page not found\n"]);
            expect((await ask({ host: `127.0.0.1:${port}`, port, path })).status).toBe(200);
        }
    });

    test("forbids its management pages to everybody in its zones, whatever name they ask for", async () => {
        const { NetworkSettings } = await inspect(of("edge"));
        const address = NetworkSettings.Networks[of("psra-web-net")]?.IPAddress ?? "";
        expect(address).toContain(`${BASE}.13.`);
        const urls = [9000, 9001].flatMap((port) =>
            ["", "dashboard/", "api/rawdata", "metrics", "v1/sys/health"].map(
                (path) => `http://${address}:${port}/${path}`,
            ),
        );
        const { stdout } = await asGuestOf({
            environment: ENV,
            of: of("psra-web"),
            image: await probeImage(),
            command: ["connect", "--timeout=2s", ...urls],
        });
        const answers = stdout
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as { address: string; status: number });
        expect(answers.map(({ address: url, status }) => `${url} ${status}`)).toEqual(urls.map((url) => `${url} 403`));
    });
}
