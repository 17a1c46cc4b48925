import type * as pulumi from "@pulumi/pulumi";
import * as vault from "@pulumi/vault";

import { placeOf } from "../../../model/secrets/secret";
import { optionsInVault, type VaultContext } from "./context";

const HOUR = 3600;
const DAY = 24 * HOUR;

/**
 * Life of a token in seconds. The agent fetches a new one at each look, so a service that lost its agent has a working day to go on.
 */
const TOKEN_SECONDS = 8 * HOUR;

/** Seconds after which a key is followed by another, and for which it still proves tokens that it signed. */
const KEY_SECONDS = 30 * DAY;
const PROOF_SECONDS = DAY;

/** What a server that accepts tokens waits for, and what a service with a token waits for. */
export interface SignedTokens {
    /** The signing keys by audience. */
    readonly keys: ReadonlyMap<string, pulumi.Resource>;
    /** The tokens by the secret's name. */
    readonly roles: ReadonlyMap<string, pulumi.Resource>;
}

/**
 * The tokens that Vault signs for services: one key for each server that accepts them, one role for each kind of token. Servers fetch the
 * public keys from `identity/oidc/.well-known/keys`, which asks for no login.
 *
 * @see https://developer.hashicorp.com/vault/docs/secrets/identity/identity-token
 */
export function signedTokens(context: VaultContext, policy: vault.Policy): SignedTokens {
    const wanted = context.secrets.flatMap((secret) => (secret.token ? [{ secret, token: secret.token }] : []));
    const options = optionsInVault(context, [policy]);
    const keys = new Map(
        [...new Set(wanted.map(({ token }) => token.audience))].map((audience) => [
            audience,
            new vault.identity.OidcKey(
                `vault-token-key-${audience}`,
                {
                    name: audience,
                    algorithm: "RS256",
                    allowedClientIds: [audience],
                    rotationPeriod: KEY_SECONDS,
                    verificationTtl: PROOF_SECONDS,
                },
                options,
            ),
        ]),
    );
    const roles = new Map(
        wanted.map(({ secret, token }) => [
            secret.name,
            new vault.identity.OidcRole(
                placeOf(secret),
                {
                    name: secret.path,
                    key: keys.get(token.audience)!.name,
                    clientId: token.audience,
                    ttl: TOKEN_SECONDS,
                    template: JSON.stringify(token.claims),
                },
                options,
            ),
        ]),
    );
    return { keys, roles };
}
