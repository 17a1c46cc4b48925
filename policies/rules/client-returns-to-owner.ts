import { hasRole } from "../../components/kinds";
import { COMMAND_LINE_LISTENER, VAULT_CLIENT } from "../../model/identity/realm";
import { ownerName } from "../../model/owner";
import type { Service } from "../../model/platform";
import { VAULT } from "../../components/foundation/vault/kind";
import { CLIENT, wholeUrl } from "../lib/keycloak";
import type { Plan } from "../lib/plan";
import { stackRule } from "../lib/rule";
import type { Stack } from "../lib/stack";
import type { Finding, Subject } from "../lib/subject";

/** Keycloak sends authorization codes to these addresses: a host of another owner could use the code to log in. */
export const clientReturnsToOwner = stackRule({
    name: "client-returns-to-owner",
    description: "Logins of an OpenID Connect client begin and end at whole https URLs on hosts of its owner.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        for (const client of stack.ofType(CLIENT)) {
            const id = stack.required(client, "clientId");
            if (id === undefined) {
                continue;
            }
            if (!plan.realm?.clients.some((planned) => planned.id === id)) {
                yield finding(client, "it is no client of the plan; add `identity` to its product, or remove it");
                continue;
            }
            yield* elsewhere(stack, client, origins(plan, id));
        }
    },
});

type Read = (properties: Subject["properties"]) => readonly string[];

/** Every field of a client that holds addresses. */
const FIELDS: Readonly<Record<string, Read>> = {
    rootUrl: (properties) => [properties.text("rootUrl") ?? ""].filter((url) => url !== ""),
    baseUrl: (properties) => [properties.text("baseUrl") ?? ""].filter((url) => url !== ""),
    validRedirectUris: (properties) => [...properties.texts("validRedirectUris")],
    validPostLogoutRedirectUris: (properties) => [...properties.texts("validPostLogoutRedirectUris")],
    webOrigins: (properties) => [...properties.texts("webOrigins")],
};

function* elsewhere(stack: Stack, client: Subject, allowed: ReadonlySet<string>): Iterable<Finding> {
    for (const [field, read] of Object.entries(FIELDS)) {
        const urls = stack.read(client, read) ?? [];
        if (!urls.every((url) => allowed.has(wholeUrl(url)?.origin ?? ""))) {
            yield finding(
                client,
                `\`${field}\` has an address that is not whole, or on no host of its owner; write https URLs without wildcards, on hosts that the owner has routes on`,
            );
        }
    }
}

/** Origins at which a client's logins may begin and end: its product's hosts, or the hosts that use a client of the platform. */
function origins({ domain, products, services, realm }: Plan, id: string): ReadonlySet<string> {
    const edge = services.find((service) => hasRole(service, "edge"));
    const port = edge?.published.find(({ name }) => name === "https")?.external ?? 443;
    const at = (host: string): string => `https://${host}${port === 443 ? "" : `:${port}`}`;
    const hosts = (matches: (service: Service) => boolean): string[] =>
        services.filter(matches).flatMap(({ routes }) => routes.map(({ host }) => at(host)));
    if (products.includes(id)) {
        return new Set([at(`${id}.${domain}`), ...hosts((service) => ownerName(service) === id)]);
    }
    const issuer = at(realm?.host ?? "");
    if (id === VAULT_CLIENT) {
        // Addresses on a person's own machine: the command line's login, and the management port.
        const management = edge?.published.filter(({ name }) => name === VAULT) ?? [];
        return new Set([
            issuer,
            ...hosts(({ name }) => name === VAULT),
            ...management.map(({ external }) => `http://127.0.0.1:${external}`),
            COMMAND_LINE_LISTENER,
        ]);
    }
    // Forward authentication: the hosts of all routes with `auth`.
    const guarded = services.flatMap(({ routes }) => routes.filter(({ auth }) => auth).map(({ host }) => at(host)));
    return new Set([issuer, ...guarded]);
}

function finding({ name, urn }: Subject, problem: string): Finding {
    return { name, urn, problem };
}
