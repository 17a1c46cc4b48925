import { addressOf, type Cell, planCells } from "../../../verify/cells";
import type { LiveContainer } from "../../../engine/attachments";
import { containers, platform as declared } from "./platform";

const host = { addresses: ["192.0.2.7", "172.29.0.1"], ports: [22] };

function short({ from, to, zone, expectation, ...cell }: Cell): string {
    return `${from} -> ${to} ${addressOf({ ...cell, expectation })} ${zone ?? "-"}: ${expectation}`;
}

function plan(live: readonly LiveContainer[] = containers, platform = declared): string[] {
    return planCells(platform, live, host)
        .filter(({ expectation }) => expectation !== "decoy")
        .map(short);
}

describe("planCells", () => {
    test("asks each container for every port of every other one, at each of its addresses", () => {
        expect(plan().filter((line) => line.startsWith("shop-api ->") && !line.includes("-> host"))).toEqual([
            "shop-api -> edge 172.29.0.2:8080 edge-net: must not",
            "shop-api -> edge 172.29.0.2:9000 edge-net: must not",
            "shop-api -> edge 172.29.1.2:8080 shop-web-net: may",
            "shop-api -> edge 172.29.1.2:9000 shop-web-net: may",
            "shop-api -> edge http://172.29.1.2:9000/ shop-web-net: forbidden",
            "shop-api -> shop-api 172.29.1.3:8000 shop-web-net: control",
            "shop-api -> shop-api 172.29.2.3:8000 shop-db-net: control",
            "shop-api -> shop-cache 172.29.2.4:6379 shop-db-net: must",
            "shop-api -> club-db 172.29.3.2:5432 club-db-net: must not",
            "shop-api -> shop-api dns://shop-api -: control",
            "shop-api -> outside names dns://isolation-probe.invalid. -: unheard",
        ]);
    });

    test("asks each replica, and from each, as the one service that they are", () => {
        const instances = { replicas: 2, ready: "/health", drain: 5 };
        const services = declared.services.map((one) => (one.name === "shop-api" ? { ...one, instances } : one));
        const first = containers.find(({ service }) => service === "shop-api")!;
        const second = {
            ...first,
            name: `${first.name}-2`,
            addresses: [
                { network: "t-shop-web-net", address: "172.29.1.9" },
                { network: "t-shop-db-net", address: "172.29.2.9" },
            ],
        };
        const lines = planCells({ ...declared, services }, [...containers, second], host)
            .filter(({ protocol, to }) => protocol === undefined && to !== "host" && to !== "nobody")
            .map((cell) => `${cell.container}: ${short(cell)}`);
        expect(lines).toEqual(
            expect.arrayContaining([
                "t-edge: edge -> shop-api 172.29.1.3:8000 shop-web-net: must",
                "t-edge: edge -> shop-api 172.29.1.9:8000 shop-web-net: must",
                "t-shop-api-2: shop-api -> shop-cache 172.29.2.4:6379 shop-db-net: must",
                "t-shop-api-2: shop-api -> club-db 172.29.3.2:5432 club-db-net: must not",
                "t-club-db: club-db -> shop-api 172.29.1.9:8000 shop-web-net: must not",
                "t-shop-api: shop-api -> shop-api 172.29.1.9:8000 shop-web-net: may",
                "t-shop-api-2: shop-api -> shop-api 172.29.1.9:8000 shop-web-net: control",
            ]),
        );
    });

    test("asks nobody where a container has no IPv4 address, and everybody else as before", () => {
        const further = { network: "bridge6", address: "", ipv6: "fd00::5" };
        const attached = containers.map((it) => ({ ...it, addresses: [...it.addresses, further] }));
        expect(plan(attached)).toEqual(plan());
    });

    test("a pair that may talk has no way into a zone that only one of them is in", () => {
        expect(plan()).toEqual(
            expect.arrayContaining([
                "edge -> shop-api 172.29.1.3:8000 shop-web-net: must",
                "edge -> shop-api 172.29.2.3:8000 shop-db-net: must not",
            ]),
        );
    });

    test("services without a flow or common zone must not reach each other, in both directions", () => {
        expect(plan()).toEqual(
            expect.arrayContaining([
                "edge -> club-db 172.29.3.2:5432 club-db-net: must not",
                "club-db -> edge 172.29.1.2:9000 shop-web-net: must not",
                "edge -> shop-cache 172.29.2.4:6379 shop-db-net: must not",
            ]),
        );
    });

    test("only who is in a zone with a way out may reach the machine, and nobody the gateway of an internal zone", () => {
        const lines = plan().filter((line) => line.includes("-> host"));
        expect(lines.filter((line) => line.startsWith("edge "))).toEqual([
            "edge -> host 172.29.0.1:22 edge-net: may",
            "edge -> host 172.29.1.1:22 shop-web-net: must not",
            "edge -> host 172.29.2.1:22 shop-db-net: must not",
            "edge -> host 172.29.3.1:22 club-db-net: must not",
            "edge -> host 192.0.2.7:22 -: may",
        ]);
        const others = lines.filter((line) => !line.startsWith("edge "));
        expect(others).toHaveLength(15);
        expect(others.filter((line) => !line.endsWith(": must not"))).toEqual([]);
    });

    test("asks an address that nobody has in each zone that the source is not in, on each port that it must not reach there", () => {
        const high = containers.map((container) =>
            container.service === "club-db"
                ? { ...container, addresses: [{ network: "t-club-db-net", address: "172.29.3.254" }] }
                : container,
        );
        const decoys = planCells(declared, high, { addresses: [], ports: [22] }).filter(
            ({ expectation }) => expectation === "decoy",
        );
        expect(decoys.filter(({ from }) => from === "edge").map(short)).toEqual([
            "edge -> nobody 172.29.2.254:8000 shop-db-net: decoy",
            "edge -> nobody 172.29.2.254:6379 shop-db-net: decoy",
            "edge -> nobody 172.29.3.253:5432 club-db-net: decoy",
            "edge -> nobody 172.29.2.254:22 shop-db-net: decoy",
            "edge -> nobody 172.29.3.253:22 club-db-net: decoy",
        ]);
    });

    test("an address in a network that is none of the zones must not be reached, whoever it belongs to", () => {
        const moved = containers.map((container) =>
            container.service === "shop-cache"
                ? { ...container, addresses: [...container.addresses, { network: "bridge", address: "172.17.0.9" }] }
                : container,
        );
        expect(plan(moved)).toContain("shop-api -> shop-cache 172.17.0.9:6379 -: must not");
    });

    test("a member of a zone that it is not declared in must not be reached there", () => {
        const moved = containers.map((container) =>
            container.service === "club-db"
                ? {
                      ...container,
                      addresses: [...container.addresses, { network: "t-shop-db-net", address: "172.29.2.9" }],
                  }
                : container,
        );
        expect(plan(moved)).toContain("shop-api -> club-db 172.29.2.9:5432 shop-db-net: must not");
    });

    test("a pair that may talk may not do so where only one of them is declared to be", () => {
        const moved = containers.map((container) =>
            container.service === "shop-api"
                ? {
                      ...container,
                      addresses: [...container.addresses, { network: "t-edge-net", address: "172.29.0.9" }],
                  }
                : container,
        );
        expect(plan(moved)).toContain("edge -> shop-api 172.29.0.9:8000 edge-net: must not");
        expect(plan(moved)).toContain("shop-api -> edge 172.29.0.2:8080 edge-net: must not");
    });

    test("a common zone is no permission, and a flow is one for its own port", () => {
        expect(plan(containers, { ...declared, flows: [] })).toContain(
            "edge -> shop-api 172.29.1.3:8000 shop-web-net: must not",
        );
        const services = declared.services.map((service) =>
            service.name === "shop-api" ? { ...service, ports: { http: 8000, metrics: 8001 } } : service,
        );
        expect(plan(containers, { ...declared, services })).toEqual(
            expect.arrayContaining([
                "edge -> shop-api 172.29.1.3:8000 shop-web-net: must",
                "edge -> shop-api 172.29.1.3:8001 shop-web-net: may",
            ]),
        );
    });

    test("containers of the same service may reach each other in its zones", () => {
        const second: LiveContainer = {
            ...containers[3]!,
            id: "second",
            name: "t-club-db-2",
            addresses: [{ network: "t-club-db-net", address: "172.29.3.3" }],
        };
        const lines = planCells(declared, [...containers, second], host).filter(
            ({ container }) => container === "t-club-db",
        );
        expect(lines.map(short)).toEqual(
            expect.arrayContaining([
                "club-db -> club-db 172.29.3.2:5432 club-db-net: control",
                "club-db -> club-db 172.29.3.3:5432 club-db-net: may",
            ]),
        );
    });

    test("a container of no declared service is neither source nor target: its attachments are judged instead", () => {
        const [first] = containers;
        const stranger = { ...first!, name: "t-stranger", service: "stranger" };
        expect(plan([...containers, stranger])).toEqual(plan());
    });
});
