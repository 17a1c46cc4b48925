/** Checks of the identity layer. */

import type { CommonDeclaration } from "../declaration";
import { suggestion } from "../nearest";
import type { Problem } from "../problems";
import { loginEnd } from "./realm";
import type { Product } from "../product";
import { quoted } from "../schema/quoted";
import type { SelectedProduct } from "../selection";
import type { KeycloakConfig } from "../stack-config";

/** Problems of a product's logins and groups, whether the stack has Keycloak or not. */
export function checkProductIdentity(product: Product): Problem[] {
    return [...checkLoginEnd(product), ...checkGroups(product)];
}

/** A login ends at a host of the product. */
function checkLoginEnd({ name, identity, services }: Product): Problem[] {
    if (identity === undefined) {
        return [];
    }
    const { host } = loginEnd(name, identity);
    const routed = Object.values<CommonDeclaration>(services).flatMap((service) =>
        (service.routes ?? []).map((route) => route.host ?? name),
    );
    const own = [...new Set([name, ...routed])];
    return own.includes(host)
        ? []
        : [
              {
                  key: `${name} identity.host`,
                  value: quoted(host),
                  accepted: `a host of a route of ${name}, or its name: ${own.join(", ")}`,
                  next: `correct it in products/${name}.ts`,
              },
          ];
}

/** Protected services exist and have routes, and a product with a protected route names the roles that may pass. */
export function checkIdentity(keycloak: KeycloakConfig, selected: readonly SelectedProduct[]): Problem[] {
    return [
        ...checkRealm(keycloak),
        ...checkProtected(keycloak, selected),
        ...selected.flatMap(({ product, services }) => [
            ...checkSecretManagers(product),
            ...Object.entries<CommonDeclaration>(services)
                .filter(([, service]) => service.routes?.some(({ auth }) => auth))
                .flatMap(([name]) => checkRoles(product, `${product.name}/${name} routes`)),
        ]),
    ];
}

/** Keycloak's own realm, `master`, holds the program's login and those of Keycloak's administrators. */
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
        Object.entries<CommonDeclaration>(services)
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

/**
 * A protected route needs a role: otherwise every person who can log in would pass, such as customers of another product.
 */
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
function checkSecretManagers({ name, identity }: Product): Problem[] {
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
                value: quoted(role),
                accepted: `roles of ${name}: ${roles.join(", ") || "it has none"}`,
                next: `${suggestion(role, roles)}correct it in products/${name}.ts`,
            })),
    );
}
