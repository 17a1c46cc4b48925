/** A stack as the isolation rules see it: containers and networks matched with the declared flows. */

import { containerName, networkName } from "../../model/names";
import type { Service, Zone } from "../../model/platform";
import { isAllowed } from "../../model/reachability";
import { CONTAINER, NETWORK, networksOf, ONE_SHOT_ROLES, VOLUME } from "./docker";
import { FLOW_PLAN, parsePlan, type Plan } from "./plan";
import { type Properties, UnknownProperty, WrongType } from "./properties";
import type { Finding, Subject } from "./subject";

/**
 * A container. A `service` and a `one-shot` of one are in the plan by their names; a `stranger` is not, or is a one-shot that
 * has networks.
 */
export type Member = Subject & {
    /** Names of the networks it is attached to, from its own properties alone. */
    readonly networks: readonly string[];
} & (
        | { readonly role: "service" | "one-shot"; readonly service: Service }
        | { readonly role: "stranger"; readonly service: undefined }
    );

/** A container of a planned service. */
export type PlannedMember = Member & { readonly role: "service" };

/** A network and the zone that it is. */
export interface NetworkNode extends Subject {
    readonly zone: Zone | undefined;
    /** A network that says nothing has a way out, as with the engine. `undefined` when it is not known or cannot be read. */
    readonly internal: boolean | undefined;
}

/** A value that one rule needed and the preview does not know. */
export interface Gap {
    readonly subject: string;
    readonly unknown: UnknownProperty;
}

/** Built anew for each rule, so that gaps and faults are the rule's own. */
export class Stack {
    readonly plan: Plan | undefined;
    readonly planProblems: readonly string[];
    readonly containers: readonly Member[];
    readonly networks: readonly NetworkNode[];
    readonly volumes: readonly Subject[];
    /** Resources whose names or networks are of the wrong type: nothing can be said about them. */
    readonly unreadable: readonly Finding[];
    /** What this preview does not know. */
    readonly gaps: Gap[] = [];
    /** What could not be read by {@link read}. */
    readonly faults: Finding[] = [];

    constructor(private readonly subjects: readonly Subject[]) {
        const containers = this.ofType(CONTAINER);
        const networks = this.ofType(NETWORK);
        const declared = readPlan(this.ofType(FLOW_PLAN), containers.length + networks.length > 0);
        this.plan = declared.plan;
        this.planProblems = declared.problems;

        this.networks = networks.map((subject) => ({
            ...subject,
            zone: this.plan?.zones.find((zone) => networkName(this.plan!.environment, zone.name) === subject.name),
            internal: this.read(subject, () => subject.properties.flag("internal") ?? false),
        }));
        // A preview knows no ids, and so no container that names its network by id: that is the container's gap.
        const nameOfId = new Map(this.networks.map(({ data, name }) => [data["id"], name]));
        this.containers = containers.map((subject) => {
            const names: string[] = [];
            this.read(subject, () => {
                for (const reference of networksOf(subject.properties)) {
                    names.push(nameOfId.get(reference) ?? reference);
                }
            });
            return this.member(subject, [...new Set(names)]);
        });
        this.volumes = this.ofType(VOLUME);
        for (const subject of [...containers, ...networks, ...this.volumes]) {
            this.read(subject, () => subject.properties.text("name"));
        }
        this.unreadable = this.faults.splice(0);
    }

    /** Resources of one type. */
    ofType(type: string): readonly Subject[] {
        return this.subjects.filter((subject) => subject.type === type);
    }

    /** Containers of planned services. */
    get members(): readonly PlannedMember[] {
        return this.containers.filter((container): container is PlannedMember => container.role === "service");
    }

    membersOf(network: string): readonly PlannedMember[] {
        return this.members.filter((member) => member.networks.includes(network));
    }

    network(name: string): NetworkNode | undefined {
        return this.networks.find((network) => network.name === name);
    }

    /** The networks of a container that are no zones the plan gives it. */
    unplanned({ service, networks }: PlannedMember): readonly string[] {
        const planned = service.zones.map((zone) => networkName(this.plan?.environment ?? "", zone));
        return networks.filter((network) => !planned.includes(network));
    }

    /** Whether two containers may reach each other. */
    allows(a: PlannedMember, b: PlannedMember): boolean {
        return this.plan !== undefined && isAllowed(this.plan, a.service.name, b.service.name);
    }

    /** Reads properties of one resource; what is unknown or of the wrong type is noted and the rule goes on. */
    read<T>(subject: Subject, read: (properties: Properties) => T): T | undefined {
        try {
            return read(subject.properties);
        } catch (error) {
            if (error instanceof UnknownProperty) {
                this.gaps.push({ subject: subject.name, unknown: error });
            } else if (error instanceof WrongType) {
                this.faults.push({ name: subject.name, urn: subject.urn, problem: error.message });
            } else {
                throw error;
            }
            return undefined;
        }
    }

    /**
     * A text that the resource's type requires. Without it the resource is unknown as a whole: a preview knows nothing of what
     * is in a server that does not run yet.
     */
    required(subject: Subject, key: string): string | undefined {
        return this.read(subject, (properties) => {
            const text = properties.text(key);
            if (text === undefined) {
                throw new UnknownProperty(key);
            }
            return text;
        });
    }

    private member(subject: Subject, networks: readonly string[]): Member {
        const { environment = "", services = [] } = this.plan ?? {};
        const service = services.find(({ name }) => containerName(environment, name) === subject.name);
        if (service !== undefined) {
            return { ...subject, networks, role: "service", service };
        }
        const prepared = services.find(({ name }) =>
            ONE_SHOT_ROLES.some((role) => `${containerName(environment, name)}-${role}` === subject.name),
        );
        return prepared !== undefined && networks.length === 0
            ? { ...subject, networks, role: "one-shot", service: prepared }
            : { ...subject, networks, role: "stranger", service: undefined };
    }
}

function readPlan(
    plans: readonly Subject[],
    needed: boolean,
): { readonly plan: Plan | undefined; readonly problems: readonly string[] } {
    const [first, ...others] = plans;
    if (first === undefined) {
        const problem = `there is no ${FLOW_PLAN}; register one with the whole platform, so that flows are declared`;
        return { plan: undefined, problems: needed ? [problem] : [] };
    }
    if (others.length > 0) {
        return { plan: undefined, problems: [`there is more than one ${FLOW_PLAN}; register exactly one`] };
    }
    const result = parsePlan(first.data);
    return "plan" in result
        ? { plan: result.plan, problems: [] }
        : {
              plan: undefined,
              problems: [
                  `${first.name} cannot be read (${result.problems.slice(0, 3).join("; ")}); ` +
                      "pass the platform to its registerOutputs",
              ],
          };
}
