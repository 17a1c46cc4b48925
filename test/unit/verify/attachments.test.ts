import type { Service } from "../../../model/platform";
import { compareAttachments } from "../../../verify/attachments";
import { containers, networks, platform } from "./platform";

function change(service: string, changes: Partial<(typeof containers)[number]>): typeof containers {
    return containers.map((container) => (container.service === service ? { ...container, ...changes } : container));
}

function lines(live = containers, nets = networks): string[] {
    return compareAttachments(platform, live, nets).map(({ verdict, text }) => `${verdict}: ${text}`);
}

describe("compareAttachments", () => {
    test("finds nothing when everything is as declared", () => {
        expect(lines()).toEqual([]);
    });

    test("a network too many and a network too few are broken", () => {
        expect(lines(change("club-db", { addresses: [{ network: "t-shop-db-net", address: "172.29.2.9" }] }))).toEqual([
            "broken: t-club-db is attached to t-shop-db-net, which is none of its zones",
            "broken: t-club-db is not attached to t-club-db-net, although it is declared in it",
        ]);
    });

    test("an attachment without an IPv4 address is one all the same", () => {
        const [edge] = containers;
        const further = { network: "bridge6", address: "", ipv6: "fd00::5" };
        expect(lines(change("edge", { addresses: [...edge!.addresses, further] }))).toEqual([
            "broken: t-edge is attached to bridge6, which is none of its zones",
        ]);
    });

    test("a zone in which nobody can be asked by IPv4, or in which somebody has IPv6, is not as declared", () => {
        expect(lines(change("club-db", { addresses: [{ network: "t-club-db-net", address: "" }] }))).toEqual([
            "broken: t-club-db has no IPv4 address in t-club-db-net: it cannot be probed there",
        ]);
        const both = { network: "t-club-db-net", address: "172.29.3.2", ipv6: "fd00::5" };
        expect(lines(change("club-db", { addresses: [both] }))).toEqual([
            "broken: t-club-db has fd00::5 in t-club-db-net, although zones have no IPv6: this address was not probed",
        ]);
    });

    test("a job that has ended is as it should be, as long as its container is there", () => {
        const asJob = { ...platform.services.find(({ name }) => name === "club-db")!, kind: "job" } as Service;
        const declared = {
            ...platform,
            services: platform.services.map((service) => (service.name === "club-db" ? asJob : service)),
        };
        const found = (live: typeof containers): string[] =>
            compareAttachments(declared, live, networks).map(({ text }) => text);
        expect(found(change("club-db", { running: false, addresses: [] }))).toEqual([]);
        expect(found(containers.filter(({ service }) => service !== "club-db"))).toContain(
            "club-db has no container: nothing is known about it",
        );
    });

    test("a service that does not run could not be told", () => {
        expect(lines(change("club-db", { running: false, addresses: [] }))).toEqual([
            "could not tell: club-db does not run: nothing is known about it",
        ]);
        expect(
            lines(
                containers.filter(({ service }) => service !== "club-db"),
                [],
            ),
        ).toEqual(["could not tell: club-db has no container: nothing is known about it"]);
    });

    test("each replica has to run, under its own name", () => {
        const instances = { replicas: 2, ready: "/health", drain: 5 };
        const services = platform.services.map((one) => (one.name === "shop-api" ? { ...one, instances } : one));
        const found = (live: typeof containers): string[] =>
            compareAttachments({ ...platform, services }, live, []).map(({ verdict, text }) => `${verdict}: ${text}`);
        const first = containers.find(({ service }) => service === "shop-api")!;
        expect(found([...containers, { ...first, name: "t-shop-api-2" }])).toEqual([]);
        expect(found(containers)).toEqual(["could not tell: shop-api-2 has no container: nothing is known about it"]);
        expect(found([...containers, { ...first, name: "t-shop-api-2", running: false }])).toEqual([
            "could not tell: shop-api-2 does not run: nothing is known about it",
        ]);
        expect(found([...containers, { ...first, name: "t-shop-api-3" }])).toEqual([
            "could not tell: shop-api-2 has no container: nothing is known about it",
            "broken: t-shop-api-3 says that it is shop-api, which is t-shop-api, t-shop-api-2",
        ]);
    });

    test("an environment of which nothing runs is one line, and not one for each service", () => {
        const one = ["could not tell: nothing of t runs: nothing is known about its 4 services"];
        expect(lines([], [])).toEqual(one);
        expect(
            lines(
                containers.map((it) => ({ ...it, running: false, addresses: [] })),
                [],
            ),
        ).toEqual(one);
    });

    test("a container with the label but without a declared service is broken", () => {
        const [first] = containers;
        const stranger = { ...first!, id: "x", name: "t-old", service: "old" };
        expect(lines([...containers, stranger])).toEqual([
            "broken: t-old has the environment's label, but no service old is declared",
        ]);
    });

    test("a container that only says that it is a service is broken, however well it answers", () => {
        const forged = { ...containers[0]!, id: "x", name: "t-forged" };
        expect(lines([...containers, forged])).toEqual([
            `broken: t-forged says that it is ${forged.service}, which is t-${forged.service}`,
        ]);
    });

    test("a container in a service's namespaces is broken, by its id or its name; those of others are nobody's business", () => {
        const [first] = containers;
        const found = compareAttachments(platform, containers, networks, [
            { name: "curious", host: first!.id },
            { name: "debugger", host: first!.name },
            { name: "sidecar", host: "somebody else's" },
        ]);
        expect(found.map(({ verdict, subject, text }) => [verdict, subject, text])).toEqual(
            ["curious", "debugger"].map((name) => [
                "broken",
                name,
                `${name} lives in the namespaces of ${first!.name}: it reaches what ${first!.name} reaches, and answers at its addresses`,
            ]),
        );
    });

    test("a container without the label in one of the networks is broken", () => {
        const joined = networks.map((network) =>
            network.name === "t-shop-db-net"
                ? { ...network, members: [...network.members, { id: "x", name: "curious" }] }
                : network,
        );
        expect(lines(containers, joined)).toEqual([
            "broken: curious is attached to t-shop-db-net and belongs to no service of t",
        ]);
    });

    test("whoever is in a network by hand leaves it by hand", () => {
        const nexts = (...args: Parameters<typeof compareAttachments>) =>
            compareAttachments(...args).flatMap(({ next }) => next ?? []);
        const moved = change("club-db", { addresses: [{ network: "t-shop-db-net", address: "172.29.2.9" }] });
        expect(nexts(platform, moved, networks)).toContain("docker network disconnect t-shop-db-net t-club-db");
        const joined = networks.map((network) => ({ ...network, members: [{ id: "x", name: "curious" }] }));
        expect(nexts(platform, containers, joined.slice(0, 1))).toEqual([
            `docker network disconnect ${joined[0]!.name} curious`,
        ]);
    });
});
