/**
 * Temporal on a real engine: a product's token opens the product's namespace and nothing else, workflows survive the server, and nobody
 * reaches what is the server's own. The parts build on each other and run in this order.
 *
 * Needs a Docker engine, and root for the network of the containers' processes.
 */

import { AGENT_TOKEN_FILE, clientOf } from "./temporal/client";
import { eventually } from "../support/eventually";
import { asGuestOf, docker, type Ended, inspect } from "../support/live-engine";
import { LiveStack } from "../support/live-stack";
import { expectCode, expectSuccess, needStart } from "../support/outcome";

const MINUTE = 60_000;
jest.setTimeout(10 * MINUTE);

const ENV = "test-temporal";
const SERVER = `${ENV}-temporal`;
const CLIENT = `${ENV}-bizosaas-ai-agents`;

const stack = new LiveStack({
    name: ENV,
    addressBase: "10.216",
    port: 32_900,
    config: {
        // As little as shows it: no Keycloak, and two backends, of which one is also the gateway.
        "strata:products": [{ name: "bizosaas", services: ["brain-gateway", "ai-agents"] }],
        "strata:identity": undefined,
        "strata:orchestration": { temporal: { shards: 4 } },
    },
});

const FIRST = "up makes the databases, the server and the product's namespace, before the clients start";
let first: Ended;

beforeAll(async () => {
    await stack.removeLeftovers();
    first = await stack.strata("up");
});

needStart(() => first, FIRST);

afterAll(() => stack.remove());

const client = clientOf(ENV, CLIENT);

test(FIRST, () => {
    expectSuccess(first);
    const order = [
        /command temporal-schema-run created/,
        /container test-temporal-temporal created/,
        /temporal-namespaces created/,
    ];
    const places = [...order, /container test-temporal-bizosaas-ai-agents created/].map((line) =>
        first.stdout.search(line),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
});

test("a client opens its product's namespace with the token in its file", async () => {
    expectSuccess(await client("workflow list --namespace bizosaas"));
    expectSuccess(
        await client("workflow start --namespace bizosaas --type Order --task-queue orders --workflow-id first"),
    );
});

test.each([
    ["without a token", "workflow list --namespace bizosaas", { token: "" }],
    ["with a token that nobody signed", "workflow list --namespace bizosaas", { token: "eyJhbGciOiJub25lIn0.e30." }],
    ["in the server's own namespace", "workflow list --namespace temporal-system", {}],
    ["in a namespace of another product", "workflow list --namespace psra", {}],
    ["when it makes a namespace", "operator namespace create --namespace mine", {}],
    ["when it changes its own", "operator namespace update --namespace bizosaas --retention 1d", {}],
])("a client is refused %s", async (_what, command, how) => {
    const ended = await client(command, how);
    expect(ended.stdout + ended.stderr).toContain("Request unauthorized");
    expect(ended.code).not.toBe(0);
});

test("of the server a client reaches gRPC and the membership port, and that asks for the certificate of the server's parts", async () => {
    const { Config } = await inspect(SERVER);
    const ask = (script: string): Promise<Ended> =>
        asGuestOf({ environment: ENV, of: CLIENT, image: Config.Image, entrypoint: "sh", command: ["-c", script] });
    const ports = [7233, 6933, 6934, 6935, 6936, 6939, 7234, 7235, 7236, 7239, 7246];
    const open = await ask(
        `for port in ${ports.join(" ")}; do (echo | nc -w 2 temporal $port >/dev/null 2>&1) && echo $port; done; true`,
    );
    expect(open.stdout.trim().split("\n")).toEqual(["7233", "6933"]);
    // A frame of the membership protocol (TChannel's init request) instead of a TLS hello: the server ends the connection.
    const answer = await ask(
        `printf '\\000\\020\\001\\000\\000\\000\\000\\001\\000\\000\\000\\000\\000\\000\\000\\000' | nc -w 2 temporal 6933 | od -An -tx1 | head -n 1`,
    );
    expect(answer.stdout.trim()).toMatch(/^(15 03|$)/);
});

test("a workflow survives the server", async () => {
    const before = (await inspect(SERVER)).State.Pid;
    await docker(["exec", SERVER, "sh", "-c", "kill -9 $(pidof temporal-server)"]).catch(() => undefined);
    await eventually("the server runs again, and is healthy", async () => {
        const { Pid, Health } = (await inspect(SERVER)).State;
        return Pid !== 0 && Pid !== before && Health?.Status === "healthy";
    });
    const ended = await eventually("the server answers", async () => {
        const asked = await client("workflow describe --namespace bizosaas --workflow-id first");
        return asked.code === 0 && asked;
    });
    expect(ended.stdout).toMatch(/Order/);
});

test("verify holds with it, and a second up changes nothing, also by a refresh", async () => {
    expectSuccess(await stack.strata("verify"));
    const second = await stack.strata("up");
    expectSuccess(second);
    expect(second.stdout).toMatch(/^0 changes/m);
    expectSuccess(await stack.gate());
});

test("another number of shards is refused before anything is touched", async () => {
    stack.declare({ "strata:orchestration": { temporal: { shards: 8 } } });
    const refused = await stack.strata("up");
    expectCode(refused, 2);
    expect(refused.stderr).toContain("strata:orchestration.temporal.shards is 8, and the data was made with 4");
});

test("no secret of Temporal is in what people see", async () => {
    const { Config } = await inspect(SERVER);
    const token = (await docker(["exec", `${CLIENT}-agent`, "cat", AGENT_TOKEN_FILE])).trim();
    const seen = [...stack.output, JSON.stringify(Config), await docker(["logs", SERVER])].join("\n");
    expect(token.length).toBeGreaterThan(100);
    expect(seen).not.toContain(token);
});
