/**
 * The way out on a real engine: a declared host answers, any other does not, by name or by address, and DNS does not lead out. Hosts on
 * this machine stand for the world.
 *
 * Needs a Docker engine, and root for the ports 53, 443 and 587 of this machine's own address.
 */

import { squidConfiguration } from "../../components/egress/squid/configuration";
import { expectHealthy } from "../support/health";
import { asGuestOf, docker, type Ended, inspect } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectSuccess, needStart } from "../support/outcome";
import { Host, NameServer, ownAddress } from "./egress/world";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const ENV = "test-egress";
const WORLD = ownAddress();
const API = "api.openai.com";
const MAIL = "smtp.sevensa.nl";
const PROXY = `${ENV}-egress`;
const LANGGRAPH = `${ENV}-ai-langgraph`;
const N8N = `${ENV}-ai-n8n`;

const stack = new LiveStack({
    name: ENV,
    addressBase: "10.213",
    port: 32_300,
    config: {
        // As little as shows it: two services with different hosts.
        "strata:products": [{ name: "ai", services: ["langgraph", "n8n"] }],
        "strata:identity": undefined,
        "strata:egress": { hosts: { [API]: WORLD, [MAIL]: WORLD } },
    },
});

const hosts = { api: new Host("the API answers"), mail: new Host("220 the mail server answers") };

const FIRST = "up starts the proxy before the services that need it";
let first: Ended;

beforeAll(async () => {
    await hosts.api.listen(WORLD, 443);
    await hosts.mail.listen(WORLD, 587);
    await stack.removeLeftovers();
    first = await stack.strata("up");
});

needStart(() => first, FIRST);

afterAll(async () => {
    Object.values(hosts).forEach((host) => host.close());
    await stack.remove();
});

/** A script in a container's network, with the program that the proxy's image has. */
async function inside(of: string, script: string, input = ""): Promise<Ended> {
    const { Config } = await inspect(PROXY);
    return asGuestOf({ environment: ENV, of, image: Config.Image, entrypoint: "bash", command: ["-c", script], input });
}

/** What the proxy answers to a request, and what follows. The request is the guest's standard input. */
async function asked(of: string, request: string, port = 3128): Promise<string> {
    const script = `exec 3<>/dev/tcp/egress/${port} && cat >&3 && timeout 20 cat <&3`;
    const { stdout } = await inside(of, script, `${request}\r\nHost: any\r\n\r\n`);
    return stdout;
}

/** The status of a tunnel to a host, and the first line that comes through it. */
async function tunnel(of: string, to: string): Promise<[status: string, line: string]> {
    const text = await asked(of, `CONNECT ${to} HTTP/1.0`);
    const [head = "", body = ""] = text.split("\r\n\r\n");
    const status = head.split(" ")[1] ?? "none";
    return [status, status === "200" ? body.trim() : ""];
}

const REFUSED = ["403", ""];

test(FIRST, async () => {
    expectSuccess(first);
    await expectHealthy(stack.declared().platform);
});

test("a service finds the proxy in its settings, and reaches its own hosts through it", async () => {
    const settings = await docker(["inspect", "--format", "{{json .Config.Env}}", LANGGRAPH]);
    expect(JSON.parse(settings)).toContain("HTTPS_PROXY=http://egress:3128");
    expect(await tunnel(LANGGRAPH, `${API}:443`)).toEqual(["200", "the API answers"]);
    expect(await tunnel(N8N, `${API}:443`)).toEqual(["200", "the API answers"]);
    expect(await tunnel(N8N, `${MAIL}:587`)).toEqual(["200", "220 the mail server answers"]);
});

test("a declared host that nobody fixes is asked of DNS, and reached if it is there", async () => {
    // Without a way to the internet there is no answer. Either way the lists let it through.
    expect((await tunnel(N8N, "hooks.slack.com:443"))[0]).toMatch(/^(200|50[0-9])$/);
});

test.each([
    ["another service's host", `${MAIL}:587`],
    ["its host at another port", `${API}:587`],
    ["its host's address", `${WORLD}:443`],
    ["a host below its own", `files.${API}:443`],
    ["the domain of its host", "openai.com:443"],
    ["any other host", "example.com:443"],
    ["the proxy", "egress:3128"],
    ["the proxy's loopback", "127.0.0.1:3128"],
    ["another service, which the proxy meets", "ai-n8n:5678"],
    ["Vault", "vault:8200"],
    ["an address in a zone", "10.213.5.2:8200"],
    ["this machine's engine", `${WORLD}:2375`],
])("through the proxy, a service does not reach %s", async (_what, to) => {
    expect(await tunnel(LANGGRAPH, to)).toEqual(REFUSED);
});

test.each([
    ["a plain request to a port that is not declared", `GET http://${API}/ HTTP/1.0`],
    ["a request that the proxy would encrypt", `GET https://${API}/ HTTP/1.0`],
    ["another protocol", `GET ftp://${API}:443/ HTTP/1.0`],
    ["the cache manager", "GET http://egress:3128/squid-internal-mgr/info HTTP/1.0"],
])("the proxy does not serve %s", async (_what, request) => {
    const text = await asked(LANGGRAPH, request);
    expect(text).not.toContain("the API answers");
    expect(text).not.toContain("Squid Object Cache");
    expect(text).toMatch(/^HTTP\/1\.1 (403|404|502) /);
});

test("the cache manager's path under a declared name is a path of that host", async () => {
    const text = await asked(LANGGRAPH, `GET http://${API}:443/squid-internal-mgr/info HTTP/1.0`);
    expect(text).toContain("the API answers");
});

test("a plain request reaches a declared host and port, without a word about the service or the proxy", async () => {
    const seen = hosts.api.nextRequest();
    await asked(LANGGRAPH, `GET http://${API}:443/models?key=canary HTTP/1.0`);
    const request = await seen;
    expect(request).toMatch(/^GET \/models\?key=canary HTTP\/1\.[01]\r\n/);
    expect(request).not.toMatch(/via|forwarded|squid|10\.213/i);
});

test("without the proxy, a service reaches no host, by name or by address; the proxy does", async () => {
    const connect = `exec 3<>/dev/tcp/${WORLD}/443 && timeout 5 cat <&3`;
    expect((await inside(PROXY, connect)).stdout).toContain("the API answers");
    for (const service of [LANGGRAPH, N8N]) {
        expect((await inside(service, `timeout 5 bash -c '${connect}'`)).stdout).toBe("");
        expect((await inside(service, `getent ahosts ${API} || echo unknown`)).stdout.trim()).toBe("unknown");
    }
});

test("two services with hosts outside do not meet at the proxy", async () => {
    const { NetworkSettings } = await inspect(N8N);
    const address = NetworkSettings.Networks[`${ENV}-ai-n8n-egress-net`]!.IPAddress;
    expect((await inside(N8N, `exec 3<>/dev/tcp/${address}/5678 && echo open`)).stdout).toBe("open\n");
    expect((await inside(LANGGRAPH, `timeout 5 bash -c 'exec 3<>/dev/tcp/${address}/5678' && echo open`)).stdout).toBe(
        "",
    );
});

test("the log says who went where and how it ended, without paths", async () => {
    const log = await docker(["logs", PROXY]);
    expect(log).toMatch(
        /^\S+Z service=ai-n8n from=10\.213\.207\.\d+ method=CONNECT host=smtp\.sevensa\.nl port=587 status=200 verdict=TCP_TUNNEL to=\S+ /m,
    );
    expect(log).toMatch(
        /service=ai-langgraph \S+ method=CONNECT host=example\.com port=443 status=403 verdict=TCP_DENIED to=- /,
    );
    expect(log).not.toContain("canary");
    expect(log).not.toContain("health.invalid");
});

describe("with a name server that says what it was asked,", () => {
    const OUTSIDE = "outside.example";
    const INSIDE = "inside.example";
    const HERE = "here.example";
    const names = new NameServer({
        [OUTSIDE]: "203.0.113.1",
        [INSIDE]: "10.213.5.2",
        [HERE]: "127.0.0.1",
        "undeclared.example": "203.0.113.2",
    });

    /** Statuses of tunnels through a second Squid with the same settings and other lists, in the proxy's own network. */
    async function statuses(to: readonly string[]): Promise<Record<string, string>> {
        const declared = [OUTSIDE, INSIDE, HERE].map((host) => ({ host, port: 443 }));
        const permission = { service: "control", source: "127.0.0.1/32", hosts: declared };
        const text = squidConfiguration([permission], { hosts: {} })
            .replace("http_port 3128", `http_port 3129\ndns_nameservers ${WORLD}`)
            .replace("connect_timeout 10", "connect_timeout 1")
            .replace(/hosts_file .*/, "hosts_file none");
        const ask = to
            .map(
                (host) =>
                    `s=$(exec 3<>/dev/tcp/127.0.0.1/3129; printf 'CONNECT ${host}:443 HTTP/1.0\\r\\n\\r\\n' >&3; timeout 20 head -1 <&3); echo "${host} $s"`,
            )
            .join("\n");
        const script = `cat > /tmp/squid.conf; squid -N -f /tmp/squid.conf >/dev/null 2>&1 & sleep 3\n${ask}`;
        const { stdout } = await inside(PROXY, script, text);
        return Object.fromEntries(
            stdout
                .trim()
                .split("\n")
                .map((line) => [line.split(" ")[0], line.split(" ")[2]] as [string, string]),
        );
    }

    beforeAll(() => names.listen(WORLD));
    afterAll(() => {
        names.close();
    });

    test("a declared name that leads into the networks here is refused, and an undeclared name is never looked up", async () => {
        const said = await statuses([OUTSIDE, INSIDE, HERE, "undeclared.example", "203.0.113.3"]);
        expect(said).toEqual({
            // The lists let it through. What is at that address depends on the network around this machine.
            [OUTSIDE]: expect.stringMatching(/^(200|50[0-9])$/) as string,
            [INSIDE]: "403",
            [HERE]: "403",
            "undeclared.example": "403",
            "203.0.113.3": "403",
        });
        expect([...names.asked].sort()).toEqual([HERE, INSIDE, OUTSIDE]);
    });
});

test("verify holds, and nothing is left to change", async () => {
    expectSuccess(await stack.strata("verify"));
    expectSuccess(await stack.gate());
    expect((await stack.strata("up")).stdout).toMatch(/\n0 changes, /);
});

test("a service that is attached to the way out by hand is seen", async () => {
    const network = `${ENV}-egress-net`;
    await docker(["network", "connect", network, LANGGRAPH]);
    const { code, stdout } = await stack.strata("verify");
    await docker(["network", "disconnect", network, LANGGRAPH]);
    expect(code).not.toBe(0);
    expect(stdout).toContain(`${LANGGRAPH} is attached to ${network}, which is none of its zones`);
    expectSuccess(await stack.strata("verify"));
});
