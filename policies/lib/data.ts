/** What holds data: deleting or replacing it takes away what people or services wrote. */

import { VOLUME } from "./docker";
import type { Properties } from "./properties";
import { isInMemory, purposeOf } from "./volumes";

/** Types of resources that hold data, with a test where only some of them do. A new kind of data is one more line. */
export const DATA: Readonly<Record<string, (properties: Properties) => boolean>> = {
    [VOLUME]: (properties) => {
        const purpose = purposeOf(properties);
        return purpose === "data" || (purpose === "secrets" && !isInMemory(properties));
    },
    "vault:index/mount:Mount": () => true,
    "vault:transit/secretBackendKey:SecretBackendKey": () => true,
    "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert": () => true,
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest": () => true,
    "keycloak:index/realm:Realm": () => true,
};
