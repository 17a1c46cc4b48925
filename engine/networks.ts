/** Networks with their addresses and owners, read from `docker inspect`. Pure. */

import { LABEL } from "../model/names";
import { COMPOSE_PROJECT } from "./objects";

/** A network of the engine. */
export interface EngineNetwork {
    readonly name: string;
    readonly subnets: readonly string[];
    /** Value of `strata.environment`. */
    readonly environment: string | undefined;
    /** Value of `com.docker.compose.project`. */
    readonly composeProject: string | undefined;
}

/** Reads `docker inspect` of a network. Pure. */
export function describeNetwork(raw: unknown): EngineNetwork {
    const { Name, IPAM, Labels } = raw as {
        Name: string;
        IPAM?: { Config?: { Subnet?: string }[] | null };
        Labels: Record<string, string> | null;
    };
    return {
        name: Name,
        subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => (Subnet?.includes(".") ? [Subnet] : [])),
        environment: Labels?.[LABEL.environment],
        composeProject: Labels?.[COMPOSE_PROJECT],
    };
}
