import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

import { ISOLATED_GATEWAY_API, isAtLeast } from "../../model/engine-api";
import { networkLabels, networkName } from "../../model/names";
import type { Platform } from "../../model/platform";
import { dockerLabels } from "../hardening/labels";
import { FlowPlan } from "./flow-plan";

/** Inputs for {@link Network}. */
export interface NetworkArgs {
    readonly platform: Platform;
    /**
     * The engine's API version, for example `1.48`. It decides how internal networks are isolated from the host itself.
     * @default - what works since 1.24
     * @see https://docs.docker.com/engine/network/drivers/bridge/
     */
    readonly engineApi: string | undefined;
}

/** The zones of an environment as Docker networks, and the declared flows. */
export class Network extends pulumi.ComponentResource {
    /** Networks by zone name. */
    public readonly zones: Readonly<Record<string, docker.Network>>;

    constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
        super("strata:network:Network", name, {}, opts);

        const { platform, engineApi } = args;
        new FlowPlan(`${name}-flow-plan`, platform, { parent: this });

        this.zones = Object.fromEntries(
            platform.zones.map((zone) => [
                zone.name,
                new docker.Network(
                    `${name}-${zone.name}`,
                    {
                        name: networkName(platform.environment, zone.name),
                        driver: "bridge",
                        internal: zone.internal,
                        attachable: false,
                        ipv6: false,
                        ipamDriver: "default",
                        ipamConfigs: [{ subnet: zone.subnet, gateway: zone.gateway }],
                        options: zone.internal ? internalOptions(engineApi) : {},
                        labels: dockerLabels(networkLabels(platform.environment, zone)),
                    },
                    { parent: this, deleteBeforeReplace: true },
                ),
            ]),
        );
        this.registerOutputs({});
    }
}

/**
 * Options of an internal network. Without them, its members reach the host at the network's gateway address. Engines
 * without isolated gateways can at least leave the bridge without an address.
 */
function internalOptions(engineApi: string | undefined): Record<string, string> {
    return isAtLeast(engineApi, ISOLATED_GATEWAY_API)
        ? {
              "com.docker.network.bridge.gateway_mode_ipv4": "isolated",
              "com.docker.network.bridge.gateway_mode_ipv6": "isolated",
          }
        : { "com.docker.network.bridge.inhibit_ipv4": "true" };
}
