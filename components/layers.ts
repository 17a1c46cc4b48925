/** Every layer of the platform, in the order in which they contribute. */

import { edge } from "./edge/layer";
import { foundation } from "./foundation/layer";
import { keycloakLayer } from "./identity/keycloak/layer";
import { vaultConfiguration } from "./identity/vault-configuration/layer";
import type { Layer } from "./layer";

export const LAYERS: readonly Layer[] = [foundation, keycloakLayer, vaultConfiguration, edge];
