import "./runtime/stack-traces";

import * as pulumi from "@pulumi/pulumi";

import { Edge } from "./components/edge/traefik";
import { EDGE } from "./components/edge/traefik/kind";
import { Egress } from "./components/egress";
import { EGRESS } from "./components/egress/squid/kind";
import { Foundation } from "./components/foundation";
import { Keycloak } from "./components/identity/keycloak";
import { VaultConfiguration } from "./components/identity/vault-configuration";
import type { Deployment } from "./components/hardening/deployment";
import { Register } from "./components/hardening/register";
import { Supply } from "./components/hardening/supply";
import { Network } from "./components/network";
import { isOf } from "./components/kinds";
import { Orchestration } from "./components/orchestration";
import { TEMPORAL } from "./components/orchestration/temporal/kind";
import { ProductApplications, ProductStores } from "./components/products";
import { explicitProviders } from "./components/providers";
import { loadConfig } from "./config/load";
import { clientVariables, ENGINE_VARIABLE } from "./model/engine-host";
import { imageReference } from "./model/images";
import { ownerName, productOwners } from "./model/owner";
import { resolveStack, stackProblems } from "./model/resolve";
import { supplyOf } from "./model/supply";
import { stackOutputs } from "./outputs";
import { products } from "./products";
import { fewerCalls } from "./runtime/fewer-calls";

fewerCalls();

const environment = pulumi.getStack();
const config = loadConfig((readable) => stackProblems({ environment, config: readable, products }));
const platform = resolveStack({ environment, config, products });

const providers = explicitProviders(config.engine);

// The command line says which plugins and which engine it uses; nothing else in the program can know.
new Supply("supply", supplyOf(process.env, config.images), process.env[ENGINE_VARIABLE]);

const network = new Network("network", { platform, engineApi: config.engine.api }, { providers });

const register = new Register();
const deployment: Deployment = {
    platform,
    register,
    image: (image) => imageReference(config.images, { image }),
    zones: network.zones,
    protectData: config.protectData,
    engineApi: config.engine.api,
    dockerVariables: clientVariables(config.engine),
};

const foundation = new Foundation("foundation", { deployment, vault: config.vault }, { providers });

const owners = productOwners(platform);
const stores = new Map(
    owners.map((owner) => {
        const name = ownerName(owner);
        return [name, new ProductStores(name, { deployment, owner }, { providers })] as const;
    }),
);

const edge = new Edge("edge", { deployment, service: platform.services.find(isOf(EDGE))! }, { providers });

const keycloak = platform.realm && new Keycloak("keycloak", { deployment, edge }, { providers });

const vault = new VaultConfiguration(
    "vault-configuration",
    { deployment, foundation, edge, products: stores, keycloak, settings: config.vault },
    { providers },
);

if (platform.services.some(isOf(TEMPORAL))) {
    new Orchestration("orchestration", { deployment, foundation, vault }, { providers });
}

const egress = platform.services.find(isOf(EGRESS));
if (egress !== undefined) {
    new Egress("egress", { deployment, service: egress }, { providers });
}

for (const owner of owners) {
    const name = ownerName(owner);
    const own = stores.get(name)!.stores;
    new ProductApplications(name, { deployment, owner, agents: vault, stores: own }, { providers });
}

register.expectAll(platform.services.map(({ name }) => name));

export = stackOutputs({ platform, network, edge, vault, keycloak });
