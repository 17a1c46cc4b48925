/** The orchestration layer: Temporal and its databases. It needs `strata:orchestration`. */

import { type Meeting, meetingZone } from "../../model/meeting-zone";
import { ownerName, serviceName } from "../../model/owner";
import { platformService, platformZone } from "../../model/platform-service";
import type { SelectedProduct } from "../../model/selection";
import { VAULT, VAULT_PORT } from "../foundation/vault/kind";
import { RENDERED_SECRETS } from "../identity/vault-agent/kind";
import type { Contribution, Draft, Layer } from "../layer";
import { checkWorkflows } from "./check";
import { TEMPORAL_DATABASES } from "./databases";
import {
    CLIENT_PERMISSIONS,
    type Namespace,
    PERMISSIONS_CLAIM,
    TEMPORAL,
    TEMPORAL_ADMIN_TOOLS,
    TEMPORAL_AUDIENCE,
    TEMPORAL_PORT,
    TEMPORAL_SCHEMA,
} from "./temporal/kind";

/** Zone in which the server fetches the keys with which Vault signs tokens. */
const TEMPORAL_ZONE = "temporal-net";

const SUBNETS = { [TEMPORAL_ZONE]: 19 };

const MEETING: Meeting = { suffix: "temporal-net", quarter: 0 };

/** Days for which the history of an ended workflow is kept, unless the product says another number. */
const RETENTION = 7;

/** The secret and the file with a client's token. */
const TOKEN = "temporal-token";

/** The server's own namespace: a permission in it is a permission in every other one, so no product can have its name. */
const SYSTEM_NAMESPACE = "temporal-system";

export const orchestration: Layer = {
    name: "orchestration",
    subnets: SUBNETS,
    services: [TEMPORAL, TEMPORAL_SCHEMA],
    guests: [TEMPORAL],
    words: { Temporal: [SYSTEM_NAMESPACE] },
    meetings: [MEETING],
    contribute(draft) {
        const { config, products } = draft;
        const temporal = config.orchestration?.temporal;
        if (temporal === undefined) {
            return {};
        }
        const met = products.map((product) => meetingOf(draft, product));
        return {
            zones: [
                platformZone(config, TEMPORAL_ZONE, SUBNETS[TEMPORAL_ZONE], "platform"),
                ...met.flatMap(({ zones = [] }) => zones),
            ],
            services: [
                platformService(config, {
                    kind: "job",
                    name: TEMPORAL_SCHEMA,
                    layer: "orchestration",
                    image: TEMPORAL_ADMIN_TOOLS,
                    spec: {},
                    zones: [],
                }),
                platformService(config, {
                    kind: TEMPORAL,
                    name: TEMPORAL,
                    layer: "orchestration",
                    spec: { shards: temporal.shards, namespaces: products.flatMap(namespacesOf) },
                    zones: [TEMPORAL_ZONE],
                    startsAfter: [VAULT, TEMPORAL_SCHEMA],
                }),
            ],
            databases: Object.values(TEMPORAL_DATABASES).map(({ name, extensions }) => ({
                name,
                extensions,
                clients: [TEMPORAL, TEMPORAL_SCHEMA],
            })),
            additions: [{ service: VAULT, zones: [TEMPORAL_ZONE] }, ...met.flatMap(({ additions = [] }) => additions)],
            flows: [
                { from: TEMPORAL, to: VAULT, port: VAULT_PORT, zone: TEMPORAL_ZONE },
                ...met.flatMap(({ flows = [] }) => flows),
            ],
            secrets: met.flatMap(({ secrets = [] }) => secrets),
            problems: met.flatMap(({ problems = [] }) => problems),
        };
    },
    check: (_config, products) => products.flatMap(({ product }) => checkWorkflows(product)),
};

/** The product's namespace has the owner's name, and so its tokens cannot be taken for another one's. */
function namespacesOf({ owner, product: { workflows } }: SelectedProduct): Namespace[] {
    return workflows ? [{ name: ownerName(owner), retention: workflows.retention ?? RETENTION }] : [];
}

/** How a product's clients meet Temporal, and the token that opens the product's namespace and no other. */
function meetingOf(draft: Draft, { owner, product, services }: SelectedProduct): Contribution {
    const clients = (product.workflows?.clients ?? [])
        .filter((short) => Object.hasOwn(services, short))
        .map((short) => serviceName(owner, short));
    if (clients.length === 0) {
        return {};
    }
    const met = meetingZone(draft, owner, MEETING, false);
    if ("problem" in met) {
        return { problems: [met.problem] };
    }
    const { zone } = met;
    const namespace = ownerName(owner);
    return {
        zones: [zone],
        additions: [
            { service: TEMPORAL, zones: [zone.name] },
            ...clients.map((service) => ({
                service,
                zones: [zone.name],
                startsAfter: [TEMPORAL],
                environment: {
                    TEMPORAL_ADDRESS: `${TEMPORAL}:${TEMPORAL_PORT}`,
                    TEMPORAL_NAMESPACE: namespace,
                    TEMPORAL_TOKEN_FILE: `${RENDERED_SECRETS}/${TOKEN}`,
                },
            })),
        ],
        flows: clients.map((from) => ({ from, to: TEMPORAL, port: TEMPORAL_PORT, zone: zone.name })),
        secrets: [
            {
                name: `${namespace}/${TOKEN}`,
                owner: namespace,
                engine: "token",
                path: `${namespace}-${TEMPORAL}`,
                rotation: "lease",
                source: "written",
                readers: [...clients].sort(),
                token: {
                    audience: TEMPORAL_AUDIENCE,
                    claims: { [PERMISSIONS_CLAIM]: CLIENT_PERMISSIONS.map((may) => `${namespace}:${may}`) },
                },
            },
        ],
    };
}
