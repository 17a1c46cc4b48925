/** Rules over the whole stack: who is on which network, and what leads around networks. */

import type { Platform, Service } from "../../../model/platform";
import { UNKNOWN } from "../../support/engine";
import { egressPlatform, egressStack } from "../../support/egress-stack";
import {
    attached,
    change,
    container,
    NETWORK,
    PLATFORM_DATA,
    type ServiceChanges,
    stack,
    VOLUME,
    withService,
    writer,
} from "../../support/stack";
import type { RuleCases } from "./case";

const base = stack();
const api = "test-shop-api";
const web = "test-shop-web";
const stranger = (props: Record<string, unknown>) => ({
    ...container({ name: "test-stranger", ...props }),
    name: "stranger",
});
const withoutFlow = (from: string): Platform => ({
    ...PLATFORM_DATA,
    flows: PLATFORM_DATA.flows.filter((flow) => flow.from !== from),
});
const withFlow = (from: string, to: string, zone: string): Platform => ({
    ...PLATFORM_DATA,
    flows: [...PLATFORM_DATA.flows, { from, to, port: 8000, zone }],
});
const withUsers = (users: Readonly<Record<string, number>>): Platform => ({ ...PLATFORM_DATA, users });
const withAgent = (): Platform => {
    const { services } = PLATFORM_DATA;
    const shopApi = services.find(({ name }) => name === "shop-api")!;
    const agent = { ...shopApi, name: "shop-api-agent", kind: "vault-agent", sidecarOf: "shop-api" } as Service;
    return { ...PLATFORM_DATA, services: [...services, agent] };
};
const port = { internal: 8000, external: 8000, ip: "127.0.0.1" };

/** An agent that mounts what the API mounts too. */
const withSecrets = (changes: ServiceChanges, source = "test-shop-api-rendered") => {
    const { services } = PLATFORM_DATA;
    const model = { ...services[0]!, name: "shop-api-agent", kind: "vault-agent", zones: [], ...changes } as Service;
    const mounts = [{ type: "volume", source, target: "/run/secrets" }];
    return [
        ...change(stack({ ...PLATFORM_DATA, services: [...services, model] }), api, { mounts }),
        {
            ...container({ name: "test-shop-api-agent", networkMode: "none", networksAdvanced: [], mounts }),
            name: "agent",
        },
        {
            type: VOLUME,
            name: "secrets",
            props: {
                name: "test-shop-api-rendered",
                driver: "local",
                labels: [{ label: "strata.purpose", value: "secrets" }],
            },
        },
    ];
};

const TWO = { replicas: 2, ready: "/health", drain: 5 };

/** A second container of a service, which the plan has. */
const withReplicas = (of = "shop-api", changes: Record<string, unknown> = {}) => {
    const planned = stack(withService(of, { instances: TWO }));
    const first = planned.find(({ props }) => props["name"] === `test-${of}`)!;
    const second = { ...first.props, name: `test-${of}-2`, ...changes };
    return [...planned, { ...first, name: `${of}-container-2`, props: second }];
};

/** Networks that cannot be read: left to `stack-declares-flows`. */
const UNREADABLE_NETWORKS = change(base, api, { networksAdvanced: "test-shop-net" });
const SAYS_UNREADABLE = ["`networksAdvanced` has the wrong type; write a list"] as const;
/** Says nothing to all rules but `stack-declares-flows`. */
export const NO_PLAN = base.filter(({ type }) => type !== "strata:network:FlowPlan");
const GAP = "test-shop-api networksAdvanced[0].name";
const unknownNetwork = change(base, api, { networkMode: "test-shop-net", networksAdvanced: [{ name: UNKNOWN }] });

/** The stack without some resources, by their logical names. */
const without = (...names: readonly string[]) => base.filter(({ name }) => !names.includes(name));
const NO_CONTAINER = "the plan has this service and nothing makes its container; make it, or take the service out";

/** Networks of shop's web container, with names in one of them. */
const named = (...aliases: readonly string[]) => ({
    networksAdvanced: [{ name: "test-shop-web-net" }, { name: "test-shop-net", aliases }],
});
const WWW = { "shop-net": ["www"] };
const takes = (other: string): string =>
    `it takes a name by which its neighbours find ${other}; remove that name from \`aliases\` in \`networksAdvanced\` and from \`hostname\``;

const LEAVES = 'its questions for outside names leave its internal networks; set `dns` to ["127.0.0.1"]';

export const isolation: Readonly<Record<string, RuleCases>> = {
    "stack-declares-flows": {
        subject: "the stack",
        compliant: { stack: base, "nothing to isolate": [], "no containers": [{ type: VOLUME, name: "x", props: {} }] },
        violating: {
            "no plan": [
                NO_PLAN,
                "there is no strata:network:FlowPlan; register one with the whole platform, so that flows are declared",
            ],
            "two plans": [
                [...base, { ...base[0]!, name: "another" }],
                "there is more than one strata:network:FlowPlan; register exactly one",
            ],
            "a plan without outputs": [
                [{ ...base[0]!, props: {} }, ...base.slice(1)],
                "network-flow-plan cannot be read (environment: Invalid input: expected string, received undefined; zones: Invalid input: expected array, received undefined; services: Invalid input: expected array, received undefined); pass the platform to its registerOutputs",
            ],
        },
        unknown: {
            "a container's name": [change(base, api, { name: UNKNOWN }), "shop-api-container name"],
            "a container's network": [unknownNetwork, GAP],
            "a network's mode": [change(base, "test-shop-net", { internal: UNKNOWN }), "test-shop-net internal"],
        },
        wrongType: {
            "a container's name": [change(base, api, { name: 1 }), "`name` has the wrong type; write a string"],
            "a container's networks": [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE],
            "a network's mode": [
                change(base, "test-shop-net", { internal: "yes" }),
                "`internal` has the wrong type; write true or false",
            ],
        },
    },
    "stack-contains-plan": {
        subject: api,
        compliant: {
            stack: base,
            "a container that is not planned": [...base, stranger({})],
            "each replica": withReplicas(),
        },
        violating: {
            "a replica without a container": [
                stack(withService("shop-api", { instances: TWO })),
                ["test-shop-api-2", NO_CONTAINER],
            ],
            "a service without a container": [without("shop-api-container"), NO_CONTAINER],
            "a service with a one-shot only": [
                without("shop-web-container", "shop-api-container"),
                [web, NO_CONTAINER],
                NO_CONTAINER,
            ],
            "a container under another name": [change(base, api, { name: "test-shop-api-2" }), NO_CONTAINER],
            "a service without a container beside a container without a name": [
                [...without("shop-api-container"), stranger({ name: undefined })],
                NO_CONTAINER,
            ],
            "a container without a name, which only the program calls so": [
                change(base, api, { name: undefined }).map((input) =>
                    input.name === "shop-api-container" ? { ...input, name: api } : input,
                ),
                NO_CONTAINER,
            ],
            "a zone without a network beside a network without a name": [
                [...without("network-shop-db-net"), { type: NETWORK, name: "lan", props: { internal: true } }],
                [
                    "test-shop-db-net",
                    "the plan has this zone and nothing makes its network; make it, or take the zone out",
                ],
            ],
            "a zone without a network": [
                without("network-shop-db-net"),
                [
                    "test-shop-db-net",
                    "the plan has this zone and nothing makes its network; make it, or take the zone out",
                ],
            ],
        },
        unknown: {
            "a container's name": [change(base, api, { name: UNKNOWN }), "shop-api-container name"],
            "a network's name": [change(base, "test-shop-net", { name: UNKNOWN }), "network-shop-net name"],
        },
        wrongType: {
            "a container's name": [change(base, api, { name: 1 }), "`name` has the wrong type; write a string"],
        },
    },
    "container-reaches-declared-flows": {
        subject: web,
        compliant: {
            "replicas of one service": withReplicas(),
            "declared flows, and peers": base,
            "by id instead of name": change(base, api, {
                networkMode: "id-shop-net",
                networksAdvanced: [{ name: "id-shop-db-net" }],
            }),
            "in the other direction": stack({
                ...withoutFlow("shop-web"),
                flows: [
                    ...withoutFlow("shop-web").flows,
                    { from: "shop-api", to: "shop-web", port: 8000, zone: "shop-net" },
                ],
            }),
            "a stranger is another rule's": [...base, stranger(attached("shop-net"))],
        },
        violating: {
            "a flow is taken away": [
                stack(withoutFlow("shop-web")),
                [
                    api,
                    "it can reach test-shop-web over test-shop-net and no flow between them is declared; take it off that network, or declare the call in its product",
                ],
            ],
            "a network is added": [
                change(base, web, attached("shop-web-net", "shop-net", "shop-db-net")),
                "it can reach test-shop-postgres over test-shop-db-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
            "a network is added by mode only": [
                change(base, web, { networkMode: "test-shop-db-net" }),
                "it can reach test-shop-postgres over test-shop-db-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
            "a network is added by its id": [
                change(base, web, { networksAdvanced: [{ name: "id-shop-net" }, { name: "id-shop-db-net" }] }),
                "it can reach test-shop-postgres over test-shop-db-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
            "whatever its labels say": [
                change(base, web, { ...attached("shop-web-net", "shop-net", "shop-db-net"), labels: [] }),
                "it can reach test-shop-postgres over test-shop-db-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
            "the one with the most undeclared neighbours is named": [
                stack({ ...PLATFORM_DATA, flows: withoutFlow("edge").flows.filter(({ from }) => from !== "shop-web") }),
                "it can reach test-edge, test-shop-api over test-shop-web-net, test-shop-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
            "one that strays is one violation": [
                change(base, api, attached("shop-net", "shop-db-net", "club-net")),
                [
                    api,
                    "it can reach test-club-api, test-club-worker over test-club-net and no flow between them is declared; take it off that network, or declare the call in its product",
                ],
            ],
            "over a network that nobody declared": [
                change(change(base, api, { networkMode: "lan" }), "test-edge", { networkMode: "lan" }),
                [
                    "test-edge",
                    "it can reach test-shop-api over lan and no flow between them is declared; take it off that network, or declare the call in its product",
                ],
            ],
            "peers are not peers of guests": [
                change(base, "test-edge", attached("edge-net", "club-net")),
                [
                    "test-edge",
                    "it can reach test-club-api, test-club-worker over test-club-net and no flow between them is declared; take it off that network, or declare the call in its product",
                ],
            ],
        },
        unknown: {
            "one network, known ones all the same": [
                change(base, web, { networkMode: "test-shop-db-net", networksAdvanced: [{ name: UNKNOWN }] }),
                "test-shop-web networksAdvanced[0].name",
                "it can reach test-shop-postgres over test-shop-db-net and no flow between them is declared; take it off that network, or declare the call in its product",
            ],
        },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "container-belongs-to-plan": {
        subject: "test-stranger",
        compliant: { stack: base },
        violating: {
            "a container of its own": [
                [...base, stranger({ networkMode: "none", networksAdvanced: [] })],
                "it is no service of the platform; add it to a product as a service, or remove it",
            ],
            "a container in a zone": [
                [...base, stranger(attached("shop-db-net"))],
                "it is no service of the platform and can reach test-shop-api, test-shop-postgres; add it to a product as a service, or remove it",
            ],
            "a writer with a network": [
                [...base.filter(({ name }) => name !== "shop-api-writer"), writer(attached("club-net"))],
                [
                    "test-shop-api-writer",
                    "it is no service of the platform and can reach test-club-api, test-club-worker; add it to a product as a service, or remove it",
                ],
            ],
            "a writer of nobody": [
                [...base, writer({ name: "test-nobody-writer" })],
                [
                    "test-nobody-writer",
                    "it is no service of the platform; add it to a product as a service, or remove it",
                ],
            ],
            "another environment's": [
                [...base, stranger({ name: "prod-shop-api", networkMode: "none", networksAdvanced: [] })],
                ["prod-shop-api", "it is no service of the platform; add it to a product as a service, or remove it"],
            ],
        },
        unknown: {
            "a stranger's name": [
                [...base, stranger({ name: UNKNOWN, networkMode: "none", networksAdvanced: [] })],
                "stranger name",
                "it is no service of the platform; add it to a product as a service, or remove it",
            ],
        },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "container-joins-planned-zones": {
        subject: api,
        compliant: {
            stack: base,
            "one of them by mode only": change(base, api, {
                networkMode: "test-shop-net",
                networksAdvanced: [{ name: "id-shop-db-net" }],
            }),
        },
        violating: {
            "fewer than planned": [
                change(base, api, attached("shop-net")),
                "it is not attached to test-shop-db-net, which the plan gives it; add that to `networksAdvanced`",
            ],
            "other ones than planned": [
                change(base, api, attached("shop-net", "club-net")),
                "it is attached to test-club-net, which the plan does not give it; remove that from `networksAdvanced` and `networkMode`",
                "it is not attached to test-shop-db-net, which the plan gives it; add that to `networksAdvanced`",
            ],
            "the plan does not give it": [
                stack(withService("shop-api", { zones: ["shop-db-net"] })),
                "it is attached to test-shop-net, which the plan does not give it; remove that from `networksAdvanced` and `networkMode`",
            ],
            "no network at all": [
                change(base, "test-club-api", { networkMode: "none", networksAdvanced: undefined }),
                [
                    "test-club-api",
                    "it is not attached to test-club-net, which the plan gives it; add that to `networksAdvanced`",
                ],
            ],
            "a network that is no zone": [
                change(base, api, { networkMode: "lan" }),
                "it is attached to lan, which the plan does not give it; remove that from `networksAdvanced` and `networkMode`",
            ],
        },
        unknown: {
            "one network": [
                change(base, api, { networkMode: "lan", networksAdvanced: [{ name: UNKNOWN }] }),
                GAP,
                "it is attached to lan, which the plan does not give it; remove that from `networksAdvanced` and `networkMode`",
            ],
        },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "name-leads-to-its-service": {
        subject: web,
        compliant: {
            stack: base,
            "a name that is nobody's": change(base, web, named("shop-web", "frontend")),
            "its own names": change(stack(withService("shop-web", { zoneAliases: WWW })), web, {
                ...named("shop-web", "test-shop-web", "www"),
                hostname: "shop-web",
            }),
            "the name of a service that no neighbour meets": change(base, web, named("club-api")),
            "an alias of another zone": change(
                stack(withService("shop-postgres", { aliases: ["db"] })),
                web,
                named("db"),
            ),
            "no hosts in so many words": change(base, web, { hosts: [] }),
        },
        violating: {
            "the alias of another service": [change(base, web, named("shop-web", "shop-api")), takes(api)],
            "its container": [change(base, web, named("TEST-Shop-Api")), takes(api)],
            "an alias in that zone only": [
                change(
                    stack(withService("shop-api", { zoneAliases: { "shop-net": ["issuer"] } })),
                    web,
                    named("issuer"),
                ),
                takes(api),
            ],
            "the name of a service that a neighbour meets in another zone": [
                change(base, web, named("shop-postgres")),
                takes("test-shop-postgres"),
            ],
            "the host name": [change(base, web, { hostname: "shop-api" }), takes(api)],
            "names of two services": [change(base, web, named("edge", "shop-api")), takes("test-edge"), takes(api)],
            "an address for a name": [
                change(base, web, { hosts: [{ host: "shop-api", ip: "192.0.2.1" }] }),
                "it sets addresses of names itself; remove `hosts`",
            ],
        },
        unknown: {
            "an alias": [
                change(base, web, {
                    networksAdvanced: [
                        { name: "test-shop-net", aliases: ["shop-api", UNKNOWN] },
                        { name: "test-shop-web-net", aliases: ["edge"] },
                    ],
                }),
                "test-shop-web networksAdvanced[0].aliases[1]",
                takes("test-edge"),
                takes(api),
            ],
            hosts: [change(base, web, { hosts: UNKNOWN }), "test-shop-web hosts"],
        },
        wrongType: {
            hostname: [change(base, web, { hostname: 1 }), "`hostname` has the wrong type; write a string"],
            hosts: [change(base, web, { hosts: "x" }), "`hosts` has the wrong type; write a list"],
        },
    },
    "service-runs-as-own-user": {
        subject: api,
        compliant: {
            "no user of its own": base,
            "the plan's user": change(stack(withUsers({ "shop-api": 20001 })), api, { user: "20001:20001" }),
            "an agent is its application's user": change(
                stack({ ...withAgent(), users: { "shop-api": 20001, "shop-api-agent": 20001 } }),
                api,
                { user: "20001:20001" },
            ),
            "no user at all, which another rule forbids": change(stack(withUsers({ "shop-api": 20001 })), api, {
                user: "0:0",
            }),
        },
        violating: {
            "another user": [
                stack(withUsers({ "shop-api": 20001 })),
                'it does not run as the user that the plan gives it; set `user` to "20001:20001"',
            ],
            "two services with one user": [
                change(
                    change(stack(withUsers({ "shop-api": 20001, "shop-web": 20001 })), api, { user: "20001:20001" }),
                    web,
                    { user: "20001:20001" },
                ),
                [web, "the plan gives it the user of shop-api; give each a number of its own in `users`"],
                [api, "the plan gives it the user of shop-web; give each a number of its own in `users`"],
            ],
        },
        unknown: {
            user: [change(stack(withUsers({ "shop-api": 20001 })), api, { user: UNKNOWN }), "test-shop-api user"],
        },
        wrongType: {
            user: [
                change(stack(withUsers({ "shop-api": 20001 })), api, { user: 20001 }),
                "`user` has the wrong type; write a string",
            ],
        },
    },
    "zone-serves-one-product": {
        subject: "test-shop-net",
        compliant: {
            "guests of the platform": base,
            "a tenant in a zone of its own": stack({
                ...PLATFORM_DATA,
                zones: PLATFORM_DATA.zones.map((one) => (one.product === "club" ? { ...one, tenant: "acme" } : one)),
                services: PLATFORM_DATA.services.map((one) =>
                    one.product === "club" ? { ...one, tenant: "acme" } : one,
                ),
            }),
        },
        violating: {
            "two products, however declared": [
                change(
                    stack(withFlow("club-api", "shop-api", "shop-net")),
                    "test-club-api",
                    attached("club-net", "shop-net"),
                ),
                "it is shared by club and shop; give each zones of its own",
            ],
            "another product's zone": [
                change(change(base, "test-club-api", attached("shop-net")), api, attached("shop-db-net")).filter(
                    ({ props }) => props["name"] !== web,
                ),
                "it is shared by club and shop; give each zones of its own",
            ],
            "a product and its tenant": [
                stack(withService("shop-api", { tenant: "acme" })),
                ["test-shop-db-net", "it is shared by shop and shop (tenant acme); give each zones of its own"],
                "it is shared by shop and shop (tenant acme); give each zones of its own",
            ],
            "two products in a zone of the platform": [
                change(change(base, "test-club-api", attached("edge-net")), web, attached("edge-net")),
                ["test-edge-net", "it is shared by club and shop; give each zones of its own"],
            ],
            "two products on a network that nobody declared": [
                change(change(base, "test-club-api", attached("lan")), web, attached("lan")),
                ["test-lan", "it is shared by club and shop; give each zones of its own"],
            ],
        },
        unknown: { "one network": [unknownNetwork, GAP] },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "data-zone-admits-clients": {
        subject: web,
        compliant: { "store and client": base },
        violating: {
            "a frontend": [
                change(base, web, attached("shop-web-net", "shop-net", "shop-db-net")),
                "it is in the data zone test-shop-db-net and no client of a store there; take it off, or name it as a client of the store",
            ],
            "a client through another zone": [
                change(stack(withFlow("shop-web", "shop-postgres", "shop-net")), web, attached("shop-db-net")),
                "it is in the data zone test-shop-db-net and no client of a store there; take it off, or name it as a client of the store",
            ],
            "a caller of another application, through the data zone": [
                change(
                    stack(withFlow("shop-web", "shop-api", "shop-db-net")),
                    web,
                    attached("shop-web-net", "shop-net", "shop-db-net"),
                ),
                "it is in the data zone test-shop-db-net and no client of a store there; take it off, or name it as a client of the store",
            ],
            "a tenant's store": [
                stack(withService("shop-postgres", { tenant: "acme" })),
                ...["test-shop-api", "test-shop-postgres"].map(
                    (name) =>
                        [
                            name,
                            "it is in the data zone test-shop-db-net and no client of a store there; take it off, or name it as a client of the store",
                        ] as const,
                ),
            ],
            "another product's store": [
                change(
                    stack(withService("club-worker", { kind: "redis" })),
                    "test-club-worker",
                    attached("shop-db-net"),
                ),
                [
                    "test-club-worker",
                    "it is in the data zone test-shop-db-net and no client of a store there; take it off, or name it as a client of the store",
                ],
            ],
        },
        unknown: { "one network": [unknownNetwork, GAP] },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "network-belongs-to-plan": {
        subject: "test-shop-net",
        compliant: { stack: base },
        violating: {
            "no zone": [
                [...base, { type: NETWORK, name: "lan", props: { name: "lan", internal: true } }],
                ["lan", "it is no zone of the platform; add it to a product as a zone, or remove it"],
            ],
            "other addresses": [
                change(base, "test-shop-net", { ipamConfigs: [{ subnet: "172.30.99.0/24", gateway: "172.30.99.1" }] }),
                "its addresses are not its zone's; set `ipamConfigs` to 172.30.2.0/24 with gateway 172.30.2.1",
            ],
            "another gateway": [
                change(base, "test-shop-net", { ipamConfigs: [{ subnet: "172.30.2.0/24", gateway: "172.30.2.9" }] }),
                "its addresses are not its zone's; set `ipamConfigs` to 172.30.2.0/24 with gateway 172.30.2.1",
            ],
            "more addresses": [
                change(base, "test-shop-net", {
                    ipamConfigs: [{ subnet: "172.30.2.0/24", gateway: "172.30.2.1" }, { subnet: "fd00::/64" }],
                }),
                "its addresses are not its zone's; set `ipamConfigs` to 172.30.2.0/24 with gateway 172.30.2.1",
            ],
        },
        unknown: {
            addresses: [change(base, "test-shop-net", { ipamConfigs: UNKNOWN }), "test-shop-net ipamConfigs"],
        },
        wrongType: {
            addresses: [
                change(base, "test-shop-net", { ipamConfigs: "x" }),
                "`ipamConfigs` has the wrong type; write a list",
            ],
        },
    },
    "network-stays-internal": {
        subject: "test-shop-net",
        compliant: { "only the edge's is open": base },
        violating: {
            open: [change(base, "test-shop-net", { internal: false }), "it has a way out; set `internal` to true"],
            "open by saying nothing": [
                change(base, "test-shop-net", { internal: undefined }),
                "it has a way out; set `internal` to true",
            ],
            "open by plan": [
                change(
                    stack({
                        ...PLATFORM_DATA,
                        zones: PLATFORM_DATA.zones.map((zone) =>
                            zone.name === "shop-net" ? { ...zone, internal: false } : zone,
                        ),
                    }),
                    "test-shop-net",
                    { internal: false },
                ),
                "it has a way out; set `internal` to true",
            ],
            "a product's own edge": [
                change(
                    stack({
                        ...PLATFORM_DATA,
                        zones: PLATFORM_DATA.zones.map((zone) =>
                            zone.name === "shop-net" ? { ...zone, tier: "edge" } : zone,
                        ),
                    }),
                    "test-shop-net",
                    { internal: false },
                ),
                "it has a way out; set `internal` to true",
            ],
            "a third of the platform": [
                change(
                    stack({
                        ...PLATFORM_DATA,
                        zones: PLATFORM_DATA.zones.map((zone) =>
                            zone.name === "shop-net" ? { ...zone, product: "platform", tier: "platform" } : zone,
                        ),
                    }),
                    "test-shop-net",
                    { internal: false },
                ),
                "it has a way out; set `internal` to true",
            ],
        },
        unknown: {
            internal: [
                change(change(base, "test-shop-net", { internal: UNKNOWN }), "test-club-net", { internal: false }),
                "test-shop-net internal",
                "it has a way out; set `internal` to true",
            ],
        },
        wrongType: {
            internal: [
                change(base, "test-shop-net", { internal: "no" }),
                "`internal` has the wrong type; write true or false",
            ],
        },
    },
    "open-network-admits-its-kind": {
        subject: web,
        compliant: { "only the edge": base, "the egress proxy in its own": egressStack() },
        violating: {
            "the egress proxy in the edge's": [
                change(egressStack(), "test-egress", attached("edge-net")),
                ["test-egress", "it is attached to test-edge-net, which has a way out; take it off that network"],
            ],
            "a service with the egress proxy's kind, of a product": [
                egressStack(egressPlatform("shop")),
                ["test-egress", "it is attached to test-egress-net, which has a way out; take it off that network"],
            ],
            "the edge in the egress proxy's": [
                change(egressStack(), "test-edge", attached("edge-net", "egress-net")),
                ["test-edge", "it is attached to test-egress-net, which has a way out; take it off that network"],
            ],
            "a product's service": [
                change(base, web, attached("shop-web-net", "edge-net")),
                "it is attached to test-edge-net, which has a way out; take it off that network",
            ],
            "a network that was opened": [
                change(base, "test-club-net", { internal: false }),
                ["test-club-api", "it is attached to test-club-net, which has a way out; take it off that network"],
                ["test-club-worker", "it is attached to test-club-net, which has a way out; take it off that network"],
            ],
            "a network that says nothing": [
                change(base, "test-club-net", { internal: undefined }),
                ["test-club-api", "it is attached to test-club-net, which has a way out; take it off that network"],
                ["test-club-worker", "it is attached to test-club-net, which has a way out; take it off that network"],
            ],
        },
        unknown: {
            "one network": [unknownNetwork, GAP],
            "whether it is open": [change(base, "test-club-net", { internal: UNKNOWN }), "test-club-net internal"],
        },
        wrongType: { networks: [UNREADABLE_NETWORKS, ...SAYS_UNREADABLE] },
    },
    "container-publishes-at-edge": {
        subject: api,
        compliant: { "the edge's planned ports": base },
        violating: {
            "a service": [
                change(base, api, { ports: [port] }),
                "it publishes a port; remove `ports` and add a route at the edge",
            ],
            "a service, by plan": [
                change(
                    stack(
                        withService("shop-api", {
                            published: [{ name: "http", internal: 8000, external: 8000, address: "127.0.0.1" }],
                        }),
                    ),
                    api,
                    { ports: [port] },
                ),
                "it publishes a port; remove `ports` and add a route at the edge",
            ],
            "the edge, another port": [
                change(base, "test-edge", { ports: [{ internal: 9000, external: 9000, ip: "0.0.0.0" }] }),
                [
                    "test-edge",
                    "it publishes port 9000 on an address that is not in the plan; declare it in `strata:edge` or remove it",
                ],
            ],
            "the edge, another address": [
                change(
                    stack(
                        withService("edge", {
                            published: [{ name: "https", internal: 8443, external: 443, address: "127.0.0.1" }],
                        }),
                    ),
                    "test-edge",
                    {},
                ),
                [
                    "test-edge",
                    "it publishes port 443 on an address that is not in the plan; declare it in `strata:edge` or remove it",
                ],
            ],
        },
        unknown: {
            ports: [
                change(change(base, api, { ports: UNKNOWN }), web, { ports: [port] }),
                "test-shop-api ports",
                "it publishes a port; remove `ports` and add a route at the edge",
            ],
        },
        wrongType: { ports: [change(base, api, { ports: "8000" }), "`ports` has the wrong type; write a list"] },
    },
    "container-asks-no-resolver": {
        subject: api,
        compliant: {
            "the engine's own, with a way out": base,
            "any, with a way out": change(base, "test-edge", { dns: ["192.0.2.53"] }),
            "a one-shot without networks": change(base, "test-shop-api-writer", { dns: undefined }),
        },
        violating: {
            "the engine's own": [change(base, api, { dns: undefined }), LEAVES],
            "nobody, and somebody": [change(base, api, { dns: ["127.0.0.1", "192.0.2.53"] }), LEAVES],
            "somebody else": [change(base, api, { dns: ["192.0.2.53"] }), LEAVES],
            "an empty list, which is the engine's own": [change(base, api, { dns: [] }), LEAVES],
            "two of them": [
                change(change(base, api, { dns: undefined }), web, { dns: ["127.0.0.11"] }),
                [web, LEAVES],
                LEAVES,
            ],
        },
        unknown: { dns: [change(base, api, { dns: UNKNOWN }), "test-shop-api dns"] },
        wrongType: { dns: [change(base, api, { dns: "127.0.0.1" }), "`dns` has the wrong type; write a list"] },
    },
    "container-publishes-from-open-network": {
        subject: api,
        compliant: { "the edge": base },
        violating: {
            "all networks internal": [
                change(base, api, { ports: [port] }),
                "it publishes ports and all its networks are internal; remove `ports`, or attach it to the edge's network",
            ],
        },
        unknown: {
            ports: [change(base, api, { ports: UNKNOWN }), "test-shop-api ports"],
        },
        wrongType: { ports: [change(base, api, { ports: "8000" }), "`ports` has the wrong type; write a list"] },
    },
    "volume-serves-one-service": {
        subject: "test-shop-postgres-data",
        compliant: {
            "a service and its one-shots": base,
            "an agent that hands over secrets": withSecrets({ sidecarOf: "shop-api" }),
            "files of all replicas": withReplicas(),
            "what is no volume": change(base, web, { mounts: [{ type: "bind", source: "/srv", target: "/x" }] }),
        },
        violating: {
            "two services": [
                change(base, api, { mounts: [{ type: "volume", source: "test-shop-postgres-data", target: "/x" }] }),
                "shop-api and shop-postgres both mount it; give each a volume of its own",
            ],
            "data of two replicas": [
                withReplicas("shop-postgres"),
                "test-shop-postgres and test-shop-postgres-2 both write it; give the service one instance",
            ],
            "an agent of another service": [
                withSecrets({ sidecarOf: "shop-web" }),
                ["test-shop-api-rendered", "shop-api and shop-web both mount it; give each a volume of its own"],
            ],
            "an agent with another volume": [
                withSecrets({ sidecarOf: "shop-api" }, "test-shop-api-config"),
                ["test-shop-api-config", "shop-api and shop-api-agent both mount it; give each a volume of its own"],
            ],
            "in the other way to mount": [
                change(base, web, { volumes: [{ volumeName: "test-shop-postgres-data", containerPath: "/x" }] }),
                "shop-postgres and shop-web both mount it; give each a volume of its own",
            ],
            "a stranger": [
                [
                    ...base,
                    stranger({
                        networkMode: "none",
                        networksAdvanced: [],
                        mounts: [{ type: "volume", source: "test-shop-api-config", target: "/x" }],
                    }),
                ],
                ["test-shop-api-config", "shop-api and test-stranger both mount it; give each a volume of its own"],
            ],
            "not declared": [
                change(base, web, { mounts: [{ type: "volume", source: "left-over", target: "/x" }] }),
                ["left-over", "shop-web mounts it and the stack does not declare it; create it as a docker.Volume"],
            ],
        },
        unknown: {
            "one source": [
                change(change(base, web, { mounts: [{ type: "volume", source: UNKNOWN, target: "/x" }] }), api, {
                    mounts: [{ type: "volume", source: "test-shop-postgres-data", target: "/x" }],
                }),
                "test-shop-web mounts[0].source",
                "shop-api and shop-postgres both mount it; give each a volume of its own",
            ],
        },
        wrongType: { mounts: [change(base, web, { mounts: "x" }), "`mounts` has the wrong type; write a list"] },
    },
};
