import { networkName } from "../../model/names";
import { isAllowed } from "../../model/reachability";
import { networksOf } from "./docker";
import type { Member, NetworkNode, ParsedStack, PlannedMember } from "./parsed-stack";
import type { Plan } from "./plan";
import { Reader } from "./reader";
import type { Finding, Subject } from "./subject";

export type { Member, NetworkNode, PlannedMember } from "./parsed-stack";

/** A stack as one rule over the whole of it sees it. What the rule could not read is its own. */
export class Stack extends Reader {
    readonly plan: Plan | undefined;
    readonly planProblems: readonly string[];
    readonly containers: readonly Member[];
    /** Containers of planned services. */
    readonly members: readonly PlannedMember[];
    readonly networks: readonly NetworkNode[];
    readonly volumes: readonly Subject[];
    /** Resources whose names or networks are of the wrong type: nothing can be said about them. */
    readonly unreadable: readonly Finding[];

    constructor(private readonly parsed: ParsedStack) {
        super([...parsed.gaps]);
        this.plan = parsed.plan;
        this.planProblems = parsed.planProblems;
        this.containers = parsed.containers;
        this.members = parsed.members;
        this.networks = parsed.networks;
        this.volumes = parsed.volumes;
        this.unreadable = parsed.unreadable;
    }

    /** Resources of one type. */
    ofType(type: string): readonly Subject[] {
        return this.parsed.byType.get(type) ?? [];
    }

    membersOf(network: string): readonly PlannedMember[] {
        return this.members.filter((member) => member.networks.includes(network));
    }

    network(name: string): NetworkNode | undefined {
        return this.networks.find((network) => network.name === name);
    }

    /** The networks of a container that are no zones the plan gives it. */
    unplanned(member: PlannedMember): readonly string[] {
        const planned = this.plannedNetworks(member);
        return member.networks.filter((network) => !planned.includes(network));
    }

    /** Networks of zones that the plan gives a container and that it is not in; none while it may be in more than is known. */
    missing(member: PlannedMember): readonly string[] {
        const isKnown = new Reader().read(member, (properties) => [...networksOf(properties)]) !== undefined;
        return isKnown ? this.plannedNetworks(member).filter((network) => !member.networks.includes(network)) : [];
    }

    private plannedNetworks({ service }: PlannedMember): readonly string[] {
        return service.zones.map((zone) => networkName(this.plan?.environment ?? "", zone));
    }

    /** Whether two containers may reach each other. */
    allows(a: PlannedMember, b: PlannedMember): boolean {
        return this.plan !== undefined && isAllowed(this.plan, a.service.name, b.service.name);
    }
}
