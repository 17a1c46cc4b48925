import { PLATFORM_ADMIN_POLICY } from "../../model/identity/people";
import { ownerName, PLATFORM } from "../../model/owner";
import type { Service } from "../../model/platform";
import { mountOf } from "../../model/secrets/secret";
import { BREAK_GLASS_POLICY, peoplePolicy, PROVISIONER } from "../../model/vault-names";
import type { Plan } from "../lib/plan";
import { stackRule } from "../lib/rule";
import type { Finding, Subject } from "../lib/subject";
import { pathsOf, POLICY, type PolicyPath } from "../lib/vault";

/** Paths that concern only the token that asks. */
const OWN_SESSION = [
    "auth/token/lookup-self",
    "auth/token/renew-self",
    "auth/token/revoke-self",
    "sys/leases/renew",
    "sys/capabilities-self",
    "sys/internal/ui/resultant-acl",
];

/** Policies of those who administer Vault: they cover more than one owner. */
const RUNNING = [PROVISIONER, PLATFORM_ADMIN_POLICY, BREAK_GLASS_POLICY];

/**
 * A service, or the people of a product, reach their owner's mounts in Vault. A service reaches another owner's secret only if the
 * secrets matrix names the service as a reader.
 */
export const vaultPolicyStaysWithOwner = stackRule({
    name: "vault-policy-stays-with-owner",
    description:
        "A policy in Vault gives paths of its owner's mounts, and of other mounts only the secrets declared for it.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        for (const policy of stack.ofType(POLICY)) {
            const [name, text] = [stack.required(policy, "name"), stack.required(policy, "policy")];
            if (name === undefined || text === undefined || RUNNING.includes(name)) {
                continue;
            }
            const service = plan.services.find((one) => one.name === name);
            const product = plan.products.find((one) => peoplePolicy(one) === name);
            const paths = pathsOf(text);
            if (service === undefined && product === undefined) {
                yield finding(policy, "it belongs to no service and to no product's people; remove it");
            } else if (paths === undefined) {
                yield finding(policy, "its text cannot be read; write paths with capabilities, nothing else");
            } else {
                const may = service === undefined ? peoplesOwn(product!) : servicesOwn(plan, service);
                for (const { path } of paths.filter((one) => !OWN_SESSION.includes(one.path) && !may(one))) {
                    yield finding(
                        policy,
                        `it gives ${path}, which is not its owner's; leave it out, or declare the secret with its reader`,
                    );
                }
            }
        }
    },
});

/** Paths that a product's people may use: all values in the product's own `kv` mount. */
function peoplesOwn(product: string): (path: PolicyPath) => boolean {
    return ({ path, capabilities }) => path.startsWith(`${product}/kv/`) && !capabilities.includes("sudo");
}

/** Paths that a service may use: without wildcards, below a mount of its owner, or of a secret that names it as a reader. */
function servicesOwn({ secrets = [] }: Plan, service: Service): (path: PolicyPath) => boolean {
    const declared = secrets.filter(({ readers }) => readers.includes(service.name));
    return ({ path, capabilities }) =>
        !/[*+]/.test(path) &&
        !capabilities.includes("sudo") &&
        ((service.product !== PLATFORM && path.startsWith(`${ownerName(service)}/`)) ||
            declared.some((secret) => path.startsWith(`${mountOf(secret)}/`) && path.endsWith(`/${secret.path}`)));
}

function finding({ name, urn }: Subject, problem: string): Finding {
    return { name, urn, problem };
}
