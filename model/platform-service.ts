/** Creates the platform's own services and zones, with the defaults of their kinds. */

import { type KindName, kindOf } from "../components/kinds";
import { addressesOf } from "./address-plan";
import { healthCheckOf } from "./defaults";
import { PLATFORM, type Service, type ServiceOf, type Tier, type Zone } from "./platform";
import type { StackConfig } from "./stack-config";

/** The fields in which a service of the platform differs from the defaults of its kind. */
export type PlatformService<K extends KindName> = Pick<ServiceOf<K>, "kind" | "name" | "layer" | "spec" | "zones"> &
    Partial<Omit<ServiceOf<K>, "kind" | "spec">>;

/** A service of the platform. */
export function platformService<K extends KindName>(config: StackConfig, wanted: PlatformService<K>): Service {
    const { image, ports, limits } = kindOf(wanted);
    const service = {
        product: PLATFORM,
        image,
        aliases: [wanted.name],
        ports,
        published: [],
        routes: [],
        limits,
        startsAfter: [],
        environment: {},
        ...wanted,
    } as unknown as Service;
    return { ...service, healthCheck: healthCheckOf(service, config) };
}

/** A zone of the platform without a way out of the engine. */
export function platformZone({ addressBase }: StackConfig, name: string, octet: number, tier: Tier): Zone {
    return {
        name,
        product: PLATFORM,
        tier,
        ...addressesOf(addressBase, octet),
        internal: true,
        peers: false,
    };
}

/** The zone through which a service reaches the world outside the engine: the one that its kind names as `wayOut`. */
export function openZone(config: StackConfig, name: string, octet: number, tier: Tier): Zone {
    return { ...platformZone(config, name, octet, tier), internal: false };
}
