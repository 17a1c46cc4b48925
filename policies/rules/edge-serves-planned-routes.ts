import { managementPorts } from "../../components/edge/traefik/kind";
import { hasRole } from "../../components/kinds";
import { FORWARD_AUTH_PATH } from "../../model/identity/realm";
import { OAUTH2_PROXY } from "../../components/identity/oauth2-proxy/kind";
import { containerNames, writerName } from "../../model/names";
import type { Service } from "../../model/platform";
import type { Plan } from "../lib/plan";
import { stackRule } from "../lib/rule";
import type { Member, Stack } from "../lib/stack";
import type { Finding } from "../lib/subject";
import { coversPath, matchOf, type Router, routersOf } from "../lib/traefik";

/**
 * A service that receives another host's requests gets that host's passwords and cookies. Traefik's configuration is compared with the
 * plan's routes: host, path, service, and forward authentication.
 */
export const edgeServesPlannedRoutes = stackRule({
    name: "edge-serves-planned-routes",
    description: "Each public router of the edge leads from a planned host and path to the service whose route it is.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        if (plan === undefined) {
            return;
        }
        const writers = stack.containers.filter(
            ({ name, service }) =>
                service && hasRole(service, "edge") && name === writerName(plan.environment, service.name),
        );
        for (const writer of writers) {
            const { texts, isComplete } = configurations(stack, writer);
            if (isComplete && texts.length === 0) {
                yield finding(
                    writer,
                    "it brings the edge no routes that can be read; write them into the folder `dynamic`",
                );
            }
            const management = managementPorts(writer.service ?? { published: [] }).map(({ name }) => name);
            for (const text of texts) {
                const routers = routersOf(text);
                if (routers === undefined) {
                    const problem =
                        "the edge's routes cannot be read; write HTTP routers, services and middlewares, no others";
                    yield finding(writer, problem);
                }
                for (const router of (routers ?? []).filter((one) => isPublic(one, management) && !one.refuses)) {
                    const problem = judge(plan, router);
                    if (problem !== undefined) {
                        yield finding(writer, `router ${router.name} ${problem}`);
                    }
                }
            }
        }
    },
});

/** Texts of the files that Traefik reads routes from. Other files are left out: they may hold keys, and are generated. */
function configurations(stack: Stack, writer: Member): { texts: readonly string[]; isComplete: boolean } {
    const texts: string[] = [];
    const isComplete = stack.read(writer, (properties) => {
        for (const upload of properties.objects("uploads")) {
            if (upload.text("file")?.includes("/dynamic/")) {
                texts.push(upload.text("content") ?? "");
            }
        }
        return true;
    });
    return { texts, isComplete: isComplete ?? false };
}

/** A router without entry points listens on all of them. */
function isPublic({ entryPoints }: Router, management: readonly string[]): boolean {
    return entryPoints.length === 0 || entryPoints.some((name) => !management.includes(name));
}

function judge(plan: Plan, { rule, servers, asks }: Router): string | undefined {
    const match = matchOf(rule);
    if (match === undefined) {
        return "matches more than one host and whole segments of a path; write Host(`...`), and Path(`/x`) || PathPrefix(`/x/`) in parentheses";
    }
    const { host, paths, lenient } = match;
    const targets = servers.map(({ host: name, port }) => ({ service: serviceOf(plan, name), port }));
    if (targets.length === 0 || targets.some(({ service }) => service === undefined)) {
        return "leads to no service of the platform; let it lead to the service whose route it is";
    }
    for (const { service, port } of targets) {
        if (service!.name === OAUTH2_PROXY) {
            const isProtected = plan.services.some(({ routes }) => routes.some((it) => it.host === host && it.auth));
            if (!isProtected || !paths.every((path) => coversPath(FORWARD_AUTH_PATH, path))) {
                return `gives ${host} to forward authentication; leave it ${FORWARD_AUTH_PATH}/ on protected hosts`;
            }
            continue;
        }
        const route = service!.routes.find(
            (one) => one.host === host && one.port === port && paths.every((path) => coversRoute(one.path, path)),
        );
        if (route === undefined) {
            return `gives ${host}${paths[0] ?? ""} to ${service!.name}, which has no such route; add the route to its product, or remove the router`;
        }
        if (lenient && !asks) {
            return `takes more than ${host}${paths[0] ?? ""} without a login; write Path(\`/x\`) || PathPrefix(\`/x/\`) in parentheses`;
        }
        if (route.auth && !asks) {
            return `serves ${host}${paths[0] ?? ""} without a login, which its route asks for; add the middleware that asks`;
        }
    }
    return undefined;
}

function coversRoute(planned: string, path: string): boolean {
    return planned === "/" || coversPath(planned, path);
}

/** The service with a DNS name: its own name or that of one of its containers, with or without the network's name as a suffix. */
function serviceOf({ environment, services }: Plan, host: string): Service | undefined {
    const [name = ""] = host.split(".");
    return services.find((one) => one.name === name || containerNames(environment, one).includes(name));
}

function finding({ name, urn }: Member, problem: string): Finding {
    return { name, urn, problem };
}
