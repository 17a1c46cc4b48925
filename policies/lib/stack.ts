import { networkName } from "../../model/names";
import { isAllowed } from "../../model/reachability";
import { networksOf } from "./docker";
import type { Member, NetworkNode, ParsedStack, PlannedMember } from "./parsed-stack";
import type { Plan } from "./plan";
import { Reader } from "./reader";
import type { Finding, Subject } from "./subject";

export type { Member, NetworkNode, PlannedMember } from "./parsed-stack";

/** A stack as one stack rule sees it. Each rule notes its own unreadable and unknown values. */
export class Stack extends Reader {
    readonly plan: Plan | undefined;
    readonly planProblems: readonly string[];
    readonly containers: readonly Member[];
    /** Containers of planned services. */
    readonly members: readonly PlannedMember[];
    readonly networks: readonly NetworkNode[];
    readonly volumes: readonly Subject[];
    /** Resources whose names or networks are of the wrong type: no rule can judge them. */
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

    ofType(type: string): readonly Subject[] {
        return this.parsed.byType.get(type) ?? [];
    }

    membersOf(network: string): readonly PlannedMember[] {
        return this.members.filter((member) => member.networks.includes(network));
    }

    network(name: string): NetworkNode | undefined {
        return this.networks.find((network) => network.name === name);
    }

    /** Networks of a container that the plan does not give it. */
    unplanned(member: PlannedMember): readonly string[] {
        const planned = this.plannedNetworks(member);
        return member.networks.filter((network) => !planned.includes(network));
    }

    /** Networks that the plan gives a container and that it is not attached to. Empty while some of its networks are unknown. */
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
