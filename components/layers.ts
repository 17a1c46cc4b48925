/**
 * Every layer of the platform, in the order in which they contribute. `egress` comes after all layers whose services applications call: it
 * tells applications to call those without the proxy.
 */

import { edge } from "./edge/layer";
import { egressLayer } from "./egress/layer";
import { foundation } from "./foundation/layer";
import { platformDatabases } from "./foundation/platform-databases/layer";
import { keycloakLayer } from "./identity/keycloak/layer";
import { vaultConfiguration } from "./identity/vault-configuration/layer";
import type { Layer } from "./layer";
import { orchestration } from "./orchestration/layer";

export const LAYERS: readonly Layer[] = [
    foundation,
    orchestration,
    keycloakLayer,
    platformDatabases,
    vaultConfiguration,
    egressLayer,
    edge,
];
