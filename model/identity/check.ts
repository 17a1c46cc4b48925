/** What only the identity layer can get wrong. */

import { suggestion } from "../nearest";
import type { Problem } from "../problems";
import { loginEnd } from "./realm";
import type { Product } from "../product";
import type { SelectedProduct } from "../selection";
import type { KeycloakConfig, StackConfig } from "../stack-config";

const ROLE = /^[a-z]([a-z0-9]|-(?=[a-z0-9])){0,29}$/;

/** Part of a group's name: no comma or slash, which Vault and Keycloak read as separators, and nothing that ends a line. */
const LABEL = /^(?!.* {2})[\p{L}\p{N}]([\p{L}\p{N} ._&+-]{0,38}[\p{L}\p{N}.+])?$/u;
const LABEL_ACCEPTED = "1 to 40 letters, digits, single spaces and . _ & + -, without a comma or slash";

/** What Keycloak can keep, on one line. */
const DESCRIPTION = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,255}$/u;

/** A whole path. `*` would be a wildcard, `?` and `#` end a path, and the rest can be written in several ways. */
const CALLBACK = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/;

/** Whether what a product says of its people makes sense, in every stack: names go into Vault and Keycloak as they are. */
export function checkProductIdentity({ name, identity, services }: Product): Problem[] {
    if (identity === undefined) {
        return [];
    }
    const problems: Problem[] = [];
    const next = `correct it in products/${name}.ts`;
    const problem = (field: string, value: string, accepted: string): void => {
        problems.push({ key: `${name} identity.${field}`, value: JSON.stringify(value), accepted, next });
    };
    if (!LABEL.test(identity.label)) {
        problem("label", identity.label, LABEL_ACCEPTED);
    }
    for (const [role, { description }] of Object.entries(identity.roles)) {
        if (!ROLE.test(role)) {
            problem("roles", role, "1 to 30 lower-case letters, digits and single dashes, a letter first");
        }
        if (!DESCRIPTION.test(description)) {
            problem(`roles.${role}.description`, description, "1 to 255 characters on one line");
        }
    }
    for (const group of Object.keys(identity.groups)) {
        if (!LABEL.test(group)) {
            problem("groups", group, LABEL_ACCEPTED);
        }
    }
    const { host, path } = loginEnd(name, identity);
    const routed = Object.values(services).flatMap((service) =>
        (service.routes ?? []).map((route) => route.host ?? name),
    );
    const own = [...new Set([name, ...routed])];
    if (!own.includes(host)) {
        problem("host", host, `a host of a route of ${name}, or its name: ${own.join(", ")}`);
    }
    if (!CALLBACK.test(path)) {
        problem("callback", path, "a whole path like /auth/callback, without wildcard, query, fragment, . or ..");
    }
    return problems;
}

/** Protected services exist and have routes, and whoever protects a route says who may pass. */
export function checkIdentity(keycloak: KeycloakConfig, selected: readonly SelectedProduct[]): Problem[] {
    return [
        ...checkRealm(keycloak),
        ...checkProtected(keycloak, selected),
        ...selected.flatMap(({ product, services }) => [
            ...checkGroups(product),
            ...checkKeepers(product),
            ...Object.entries(services)
                .filter(([, service]) => service.routes?.some(({ auth }) => auth))
                .flatMap(([name]) => checkRoles(product, `${product.name}/${name} routes`)),
        ]),
    ];
}

/** People log in to Vault through Keycloak once Vault is configured; before that its console is a public host that lets nobody in. */
export function checkConsoles({ identity }: Pick<StackConfig, "identity">): Problem[] {
    return identity?.keycloak?.consoles.includes("vault") && identity.vault === undefined
        ? [
              {
                  key: "strata:identity.keycloak.consoles",
                  value: '["vault"]',
                  accepted: "vault together with strata:identity.vault, which gives Vault a login for people",
                  next: "add strata:identity.vault, or take vault out of the consoles until it is there",
              },
          ]
        : [];
}

/** Keycloak's own realm holds the program's login, and everybody's who administers Keycloak itself. */
function checkRealm({ realm }: KeycloakConfig): Problem[] {
    return realm === "master"
        ? [
              {
                  key: "strata:identity.keycloak.realm",
                  value: '"master"',
                  accepted: "a realm of the platform's own; master is Keycloak's",
                  next: "choose another name",
              },
          ]
        : [];
}

function checkProtected({ protect }: KeycloakConfig, selected: readonly SelectedProduct[]): Problem[] {
    const routed = selected.flatMap(({ product, services }) =>
        Object.entries(services)
            .filter(([, service]) => (service.routes ?? []).length > 0)
            .map(([name]) => `${product.name}/${name}`),
    );
    return protect.flatMap((name, index): Problem[] => {
        const key = `strata:identity.keycloak.protect[${index}]`;
        if (!routed.includes(name)) {
            return [
                {
                    key,
                    value: `"${name}"`,
                    accepted: `a service of this stack with a route: ${routed.join(", ") || "it has none"}`,
                    next: `${suggestion(name, routed)}correct the name or take it out`,
                },
            ];
        }
        const product = selected.find(({ product }) => name.startsWith(`${product.name}/`))?.product;
        return product === undefined ? [] : checkRoles(product, key);
    });
}

/** A route that lets everybody through who can log in protects nothing from the customers of another product. */
function checkRoles(product: Product, key: string): Problem[] {
    return Object.keys(product.identity?.roles ?? {}).length > 0
        ? []
        : [
              {
                  key,
                  value: `${product.name} has no roles`,
                  accepted: "protected routes of products whose `identity` names roles: a session needs one of them",
                  next: `add identity.roles to products/${product.name}.ts`,
              },
          ];
}

/** A password alone is not enough for a product's secrets. */
function checkKeepers({ name, identity }: Product): Problem[] {
    return Object.entries(identity?.roles ?? {})
        .filter(([, { secrets = false, mfa = false }]) => secrets && !mfa)
        .map(([role]) => ({
            key: `${name} identity.roles.${role}.secrets`,
            value: "true, without mfa",
            accepted: "roles that ask for a second factor",
            next: `set mfa as well in products/${name}.ts`,
        }));
}

function checkGroups({ name, identity }: Product): Problem[] {
    const roles = Object.keys(identity?.roles ?? {});
    return Object.entries(identity?.groups ?? {}).flatMap(([group, given]) =>
        given
            .filter((role) => !roles.includes(role))
            .map((role) => ({
                key: `${name} identity.groups.${group}`,
                value: `"${role}"`,
                accepted: `roles of ${name}: ${roles.join(", ") || "it has none"}`,
                next: `${suggestion(role, roles)}correct it in products/${name}.ts`,
            })),
    );
}
