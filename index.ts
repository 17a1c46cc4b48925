import "./stack-traces";

import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { Edge } from "./components/edge";
import { Foundation } from "./components/foundation";
import { Keycloak } from "./components/identity/keycloak";
import type { Deployment } from "./components/lib/deployment";
import { Network } from "./components/network";
import { ProductServices } from "./components/products";
import { loadConfig } from "./config";
import { imageReference } from "./model/images";
import { resolvePlatform } from "./model/resolve";
import { stackOutputs } from "./outputs";
import { products } from "./products";

const config = loadConfig();
const environment = pulumi.getStack();
const platform = resolvePlatform({ environment, config, products });

// Default providers are off: a resource without one of these would silently go to whatever engine is the default.
const providers = [
    new docker.Provider("docker", { host: config.engine.host }),
    new command.Provider("command"),
    new random.Provider("random"),
];

const network = new Network("network", { platform, engineApi: config.engine.api }, { providers });

const deployment: Deployment = {
    platform,
    image: (image) => imageReference(config.images, { image }),
    zones: network.zones,
    protectData: config.protectData,
    dockerHost: config.engine.host,
};

const foundation = new Foundation("foundation", { deployment, seal: config.vault.seal }, { providers });

for (const product of platform.products) {
    new ProductServices(product, { deployment, foundation, product }, { providers });
}

const edge = new Edge(
    "edge",
    { deployment, service: platform.services.find(({ kind }) => kind === "edge")!, settings: config.edge },
    { providers },
);

const keycloak = platform.realm && new Keycloak("keycloak", { deployment, edge }, { providers });

export = stackOutputs({ config, platform, network, foundation, edge, keycloak });
