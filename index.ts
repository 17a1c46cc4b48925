import "./runtime/stack-traces";

import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { Edge } from "./components/edge/traefik";
import { EDGE } from "./components/edge/traefik/kind";
import { Foundation } from "./components/foundation";
import { Keycloak } from "./components/identity/keycloak";
import { VaultConfiguration } from "./components/identity/vault-configuration";
import type { Deployment } from "./components/hardening/deployment";
import { Register } from "./components/hardening/register";
import { Supply } from "./components/hardening/supply";
import { Network } from "./components/network";
import { isOf } from "./components/kinds";
import { ProductApplications, ProductStores } from "./components/products";
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

/** ssh options: a remote engine receives every secret of the stack, so its host key must be known. */
const KNOWN_HOSTS_ONLY = ["-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=~/.ssh/known_hosts"];

const environment = pulumi.getStack();
const config = loadConfig((readable) => stackProblems({ environment, config: readable, products }));
const { host, certPath } = config.engine;
const platform = resolveStack({ environment, config, products });

// The explicit providers. Default providers are off: with them, a resource without a provider would silently go to the
// default engine.
const providers = [
    new docker.Provider("docker", { host, ...(certPath !== undefined && { certPath }), sshOpts: KNOWN_HOSTS_ONLY }),
    new command.Provider("command"),
    new random.Provider("random"),
];

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

for (const owner of owners) {
    new ProductApplications(ownerName(owner), { deployment, owner, agents: vault }, { providers });
}

register.expectAll(platform.services.map(({ name }) => name));

export = stackOutputs({ platform, network, edge, vault, keycloak });
