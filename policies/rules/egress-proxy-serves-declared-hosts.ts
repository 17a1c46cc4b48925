import {
    EGRESS,
    EGRESS_CONFIGURATION,
    EGRESS_HOSTS,
    EGRESS_PORT,
    NOT_OUTSIDE,
} from "../../components/egress/squid/kind";
import { isOf } from "../../components/kinds";
import { writerName } from "../../model/names";
import type { Service } from "../../model/platform";
import type { Plan } from "../lib/plan";
import { stackRule } from "../lib/rule";
import { type Allowance, allowancesOf } from "../lib/squid";
import type { Member, Stack } from "../lib/stack";
import type { Finding } from "../lib/subject";

/**
 * The proxy is the only way out of all products. Its configuration is compared with the plan: each service's zone reaches
 * the hosts that the service declares, and no zone reaches another one's.
 */
export const egressProxyServesDeclaredHosts = stackRule({
    name: "egress-proxy-serves-declared-hosts",
    description: "The egress proxy lets each service reach the hosts that it declares, and nothing else.",
    severity: "critical",
    *check(stack) {
        const { plan } = stack;
        const proxy = plan?.services.find(isOf(EGRESS));
        if (plan === undefined || proxy === undefined) {
            return;
        }
        const name = writerName(plan.environment, proxy.name);
        const writer = stack.containers.find((container) => container.name === name);
        if (writer === undefined) {
            return;
        }
        const files = filesOf(stack, writer);
        if (files === undefined) {
            return;
        }
        for (const problem of judge(plan, proxy, files)) {
            yield { name: writer.name, urn: writer.urn, problem } satisfies Finding;
        }
    },
});

/** The files that the proxy reads, by their last path segment. */
function filesOf(stack: Stack, writer: Member): ReadonlyMap<string, string> | undefined {
    return stack.read(writer, (properties) => {
        const files = [...properties.objects("uploads")].map(
            (upload) => [(upload.text("file") ?? "").split("/").at(-1)!, upload.text("content") ?? ""] as const,
        );
        return new Map(files);
    });
}

function* judge(plan: Plan, proxy: Service, files: ReadonlyMap<string, string>): Iterable<string> {
    const judged = allowancesOf(files.get(EGRESS_CONFIGURATION) ?? "");
    if ("fault" in judged) {
        yield `its configuration cannot be judged: it ${judged.fault}; let the program write it`;
        return;
    }
    if (judged.ports.join() !== String(EGRESS_PORT)) {
        yield `it does not listen on port ${EGRESS_PORT} alone; write one \`http_port\``;
    }
    const fixed = fixedHosts(proxy);
    const clients = clientsOf(plan, proxy);
    if (
        judged.allowances.some(({ sources }) => sources.some((source) => !clients.some((one) => one.source === source)))
    ) {
        yield "it lets addresses through that are no zone of a service with `egress`; take them out of the configuration";
    }
    for (const { name, source, declared } of clients) {
        const allowed = judged.allowances.filter(({ sources }) => sources.includes(source)).flatMap(endsOf);
        const excess = difference(allowed, declared).length;
        if (excess > 0) {
            yield `it lets ${name} reach ${excess} hosts or ports that ${name} does not declare; take them out of the configuration, or declare them as \`egress\``;
        }
        for (const lack of difference(declared, allowed)) {
            yield `it does not let ${name} reach ${lack}, which ${name} declares; add it to the configuration`;
        }
    }
    const isGuarded = ({ hosts, except }: Allowance): boolean =>
        hosts.every((host) => Object.hasOwn(fixed, host)) || NOT_OUTSIDE.every((block) => except.includes(block));
    if (!judged.allowances.every(isGuarded)) {
        yield "it lets a name lead into the networks here; add `!inside` to the line, and every such network to `inside`";
    }
    const lines = (files.get(EGRESS_HOSTS) ?? "").split("\n").filter((line) => line !== "");
    const planned = ["127.0.0.1 localhost", ...Object.entries(fixed).map(([host, address]) => `${address} ${host}`)];
    if (lines.sort().join() !== planned.sort().join()) {
        yield "its hosts file is not that of `strata:egress`; let the program write it";
    }
}

/** A service that may go out: the addresses it comes from, and what it declares, as `api.openai.com:443`. */
interface Client {
    readonly name: string;
    readonly source: string;
    readonly declared: readonly string[];
}

function clientsOf({ services, flows, zones }: Plan, proxy: Service): Client[] {
    return services.flatMap(({ name, egress = [] }) =>
        flows
            .filter(({ from, to }) => from === name && to === proxy.name)
            .flatMap((flow) => zones.filter((zone) => zone.name === flow.zone))
            .map(({ subnet }) => ({
                name,
                source: subnet,
                declared: egress.map(({ host, port }) => `${host}:${port}`),
            })),
    );
}

function endsOf({ hosts, ports }: Allowance): string[] {
    return hosts.flatMap((host) => ports.map((port) => `${host}:${port}`));
}

function difference(these: readonly string[], those: readonly string[]): string[] {
    return [...new Set(these)].filter((one) => !those.includes(one));
}

function fixedHosts({ spec }: Service): Readonly<Record<string, string>> {
    return "hosts" in spec ? spec.hosts : {};
}
