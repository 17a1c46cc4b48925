/** A stack as every rule sees it: containers and networks matched with the declared flows. */

import { containerName, containerNames, networkName } from "../../model/names";
import type { Service, Zone } from "../../model/platform";
import { CONTAINER, NETWORK, networksOf, ONE_SHOT_ROLES, VOLUME } from "./docker";
import { FLOW_PLAN, parsePlan, type Plan } from "./plan";
import { type Gap, Reader } from "./reader";
import type { Finding, Subject } from "./subject";

/**
 * A container. The name of a `service`, or of its `one-shot`, follows from the plan. A `stranger` is any other container, and a
 * one-shot with networks.
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

/** A network, with the zone of the plan that it implements. */
export interface NetworkNode extends Subject {
    readonly zone: Zone | undefined;
    /** `false` also without the property: the engine then gives a network a way out. `undefined` when it is unknown or unreadable. */
    readonly internal: boolean | undefined;
}

/** A stack's parsed resources: the part that is the same for every rule. */
export interface ParsedStack {
    /** In the order of the stack. */
    readonly subjects: readonly Subject[];
    readonly byType: ReadonlyMap<string, readonly Subject[]>;
    readonly plan: Plan | undefined;
    readonly planProblems: readonly string[];
    readonly containers: readonly Member[];
    /** Containers of planned services. */
    readonly members: readonly PlannedMember[];
    readonly networks: readonly NetworkNode[];
    readonly volumes: readonly Subject[];
    /** Resources whose names or networks are of the wrong type: no rule can judge them. */
    readonly unreadable: readonly Finding[];
    /** Values of these resources that this preview does not know. */
    readonly gaps: readonly Gap[];
}

let last: ParsedStack | undefined;

/** Parses a stack, or returns the result of the previous rule if the stack is the same. */
export function parsedStack(subjects: readonly Subject[]): ParsedStack {
    if (last === undefined || !isSame(last.subjects, subjects)) {
        last = parseStack(subjects);
    }
    return last;
}

/** Compares properties by identity: two stacks with equal properties are different stacks. */
function isSame(before: readonly Subject[], now: readonly Subject[]): boolean {
    return (
        before.length === now.length &&
        before.every((subject, index) => {
            const { urn, type, name, data, protect } = now[index]!;
            return (
                subject.data === data &&
                subject.urn === urn &&
                subject.type === type &&
                subject.name === name &&
                subject.protect === protect
            );
        })
    );
}

function parseStack(subjects: readonly Subject[]): ParsedStack {
    const reader = new Reader();
    const byType = groupByType(subjects);
    const ofType = (type: string): readonly Subject[] => byType.get(type) ?? [];
    const [containers, networks, volumes] = [ofType(CONTAINER), ofType(NETWORK), ofType(VOLUME)];
    const { plan, problems } = readPlan(ofType(FLOW_PLAN), containers.length + networks.length > 0);

    const zones = new Map(plan?.zones.map((zone) => [networkName(plan.environment, zone.name), zone]));
    const nodes = networks.map((subject) => ({
        ...subject,
        zone: zones.get(subject.name),
        internal: reader.read(subject, (properties) => properties.flag("internal") ?? false),
    }));
    // A preview knows no ids. A container that names its network by id then has a gap.
    const nameOfId = new Map(nodes.map(({ data, name }) => [data["id"], name]));
    const attached = containers.map((subject) => {
        const names: string[] = [];
        reader.read(subject, (properties) => {
            for (const reference of networksOf(properties)) {
                names.push(nameOfId.get(reference) ?? reference);
            }
        });
        return memberOf(plan, subject, [...new Set(names)]);
    });
    for (const subject of [...containers, ...networks, ...volumes]) {
        reader.read(subject, (properties) => properties.text("name"));
    }
    return {
        subjects,
        byType,
        plan,
        planProblems: problems,
        containers: attached,
        members: attached.filter((container): container is PlannedMember => container.role === "service"),
        networks: nodes,
        volumes,
        unreadable: reader.faults,
        gaps: reader.gaps,
    };
}

function groupByType(subjects: readonly Subject[]): ReadonlyMap<string, readonly Subject[]> {
    const groups = new Map<string, Subject[]>();
    for (const subject of subjects) {
        const group = groups.get(subject.type);
        if (group === undefined) groups.set(subject.type, [subject]);
        else group.push(subject);
    }
    return groups;
}

function memberOf(plan: Plan | undefined, subject: Subject, networks: readonly string[]): Member {
    const { environment = "", services = [] } = plan ?? {};
    const service = services.find((one) => containerNames(environment, one).includes(subject.name));
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
