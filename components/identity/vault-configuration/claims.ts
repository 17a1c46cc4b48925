/** Claims on the names of objects that Vault's layer creates for services and products. */

import type { Claim } from "../../../model/claims";
import { serviceLabel } from "../../../model/claims/labels";
import { isSameOwner, type Owner, ownerLabel, ownerName } from "../../../model/owner";
import type { Platform } from "../../../model/platform";
import { deliveriesOf, TOKEN_FILE } from "../../../model/secrets/delivery";
import { mountOf } from "../../../model/secrets/secret";
import { isProgram } from "../../kinds";
import type { MakeProductClaim } from "../../layer";
import { VAULT_ZONES } from "./guest";

/** Claims of an owner: its zones with Vault, its mount, its secrets, and the secret files of its applications. */
export function ownerClaims(platform: Platform, owner: Owner, claim: MakeProductClaim): Claim[] {
    const name = ownerName(owner);
    return [
        ...VAULT_ZONES.map((suffix) => claim("zone", `${name}-${suffix}`)),
        claim("mount", name),
        ...secretClaims(platform, owner, claim),
    ];
}

function secretClaims({ secrets = [], services }: Platform, owner: Owner, claim: MakeProductClaim): Claim[] {
    const name = ownerName(owner);
    const own = secrets.filter((secret) => secret.owner === name);
    const applications = services.filter((service) => isSameOwner(service, owner) && isProgram(service));
    return [
        ...own.flatMap((secret) => {
            const by = `${ownerLabel(owner)} secret ${secret.name.slice(name.length + 1)}`;
            return [
                // In earlier releases the secret's resource had this name, which is still its alias.
                claim("secret", secret.name.replaceAll("/", "-"), by),
                claim("secret", `${mountOf(secret)}/${secret.path}`, by, "Vault"),
            ];
        }),
        ...applications.flatMap((application) => {
            const within = serviceLabel(application);
            return [
                claim("file", TOKEN_FILE, "its login to Vault", within),
                ...deliveriesOf(secrets, services, application).map(({ file, secret }) =>
                    claim("file", file, `secret ${secret}`, within),
                ),
            ];
        }),
    ];
}
