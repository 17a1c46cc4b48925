/** What a product's author writes: data only, one file per product under `products/`. */

import { z } from "zod";

import { type ApplicationDeclaration, DECLARATIONS, type DeclarationOf, type KindName } from "../components/kinds";
import { SERVICE_NAME, serviceNames } from "./declaration";
import { CALLBACK, type Form, slug } from "./grammar";
import type { Declared } from "./schema/declared";
import { flag, text, whole } from "./schema/leaves";
import { secretDeclaration } from "./secrets/secret";

export type { CommonDeclaration, Frames, ProductRoute, ZoneRole } from "./declaration";

/** A product's name, which is part of every physical name of the product. */
export const PRODUCT_NAME = slug(20);

const ROLE_NAME = slug(30);

/** Part of a group's name: no comma or slash, which Vault and Keycloak read as separators, and nothing that ends a line. */
const LABEL: Form = {
    pattern: /^(?!.* {2})[\p{L}\p{N}]([\p{L}\p{N} ._&+-]{0,38}[\p{L}\p{N}.+])?$/u,
    accepted: "1 to 40 letters, digits, single spaces and . _ & + -, without a comma or slash",
};

/** A text that Keycloak can store, on one line. */
const DESCRIPTION: Form = {
    pattern: /^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u,
    accepted: "1 to 255 characters on one line",
};

const zone = z.strictObject(
    {
        /** Third octet of its /24 in the address plan (requirement B1: psra 3, psra-db 4, ...). */
        subnet: whole("a whole number from 0 to 255 that no other zone has", 0, 255),
        /** Lets the product's own services in this zone reach each other without a flow for each pair. @default false */
        peers: flag.exactOptional(),
    },
    { error: "{ subnet, peers? }" },
);

/** One of a product's zones. */
export type ProductZone = Declared<typeof zone>;

const role = z.strictObject(
    {
        description: text(DESCRIPTION),
        /** Asks for a second factor at every login. @default false */
        mfa: flag.exactOptional(),
        /** May read and write the product's values in Vault; only with {@link mfa}. @default false */
        secrets: flag.exactOptional(),
    },
    { error: "{ description, mfa?, secrets? }" },
);

/** A role of a product. */
export type ProductRole = Declared<typeof role>;

const identity = z.strictObject(
    {
        /** The product's name as people write it, for example `RentGuy`. */
        label: text(LABEL),
        /** Roles by short name, with what they are for. */
        roles: z.record(text(ROLE_NAME), role, { error: "a map from name to role" }),
        /** Short names of the roles that each group gives its members. */
        groups: z.record(text(LABEL), z.array(z.string({ error: "the short name of a role" }), { error: "roles" }), {
            error: "a map from name to a list of roles",
        }),
        /**
         * Host label(s) in front of the environment's domain, where the product's logins end: a host of one of its routes,
         * or its name.
         * @default the product's name
         */
        host: z.string({ error: "a host of one of the product's routes, or its name" }).exactOptional(),
        /** Whole path on that host, without wildcard, query or fragment. @default "/auth/callback" */
        callback: text(CALLBACK).exactOptional(),
    },
    { error: "{ label, roles, groups, host?, callback? }" },
);

/** Days for which a namespace keeps what workflows have done. @see https://docs.temporal.io/temporal-service/temporal-server#retention-period */
const RETENTION = "whole days from 1 to 90";

const workflows = z.strictObject(
    {
        /** Services that start workflows or work on them, by their names in the product. They are in the zone `app`. */
        clients: serviceNames,
        /** Days for which the history of an ended workflow is kept. @default 7 */
        retention: whole(RETENTION, 1, 90).exactOptional(),
    },
    { error: "{ clients, retention? }" },
);

/** What a product needs of Temporal: a namespace with the product's name. */
export type ProductWorkflows = Declared<typeof workflows>;

/** What a product needs of the realm: `roles` become `<product>-<role>`, `groups` become `<label> <group>`. */
export type ProductIdentity = Declared<typeof identity>;

/** A service that the product's team builds. */
export type Application = ApplicationDeclaration;

/** A service of a product. */
export type ProductService = { [K in KindName]: DeclarationOf<K> }[KindName];

/** The form of a product. `check-product.ts` checks how its parts fit together. */
export const productSchema = z.strictObject({
    /** Slug: lower-case letters, digits and dashes, at most 20 characters. */
    name: text(PRODUCT_NAME),
    description: z.string({ error: "what the product is, for people" }),
    zones: z.strictObject(
        { app: zone.exactOptional(), web: zone.exactOptional(), data: zone.exactOptional() },
        { error: "{ app?, web?, data? }" },
    ),
    /** By name without the product: `api` becomes the service `psra-api`. */
    services: z.record(text(SERVICE_NAME), DECLARATIONS, { error: "a map from name to service" }),
    /** The product's rows of the secrets matrix. @default none */
    secrets: z.array(secretDeclaration, { error: "a list of secrets" }).exactOptional(),
    /** @default no logins: no client, roles or groups */
    identity: identity.exactOptional(),
    /** Needs `strata:orchestration`. @default no namespace: no service of the product reaches Temporal */
    workflows: workflows.exactOptional(),
});

/** An application suite with its own zones, stores, secrets and routes. */
export type Product = Declared<typeof productSchema>;
