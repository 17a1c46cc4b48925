import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.2, 5.5, 5.22, 5.26. */
export const containerGainsNoPrivileges = resourceRule({
    name: "container-gains-no-privileges",
    description: "Containers are not privileged, cannot gain privileges, and keep the engine's security profiles.",
    severity: "critical",
    types: [CONTAINER],
    clauses: [privileged, noNewPrivileges, profiles],
});

function* privileged({ properties }: Subject): Iterable<string> {
    if (properties.flag("privileged") === true) {
        yield "it is privileged; set `privileged` to false";
    }
}

function* noNewPrivileges({ properties }: Subject): Iterable<string> {
    for (const option of properties.texts("securityOpts")) {
        if (/^no-new-privileges([:=]true)?$/.test(option)) {
            return;
        }
    }
    yield "set-uid programs can make it root; add `no-new-privileges:true` to `securityOpts`";
}

function* profiles({ properties }: Subject): Iterable<string> {
    for (const option of properties.texts("securityOpts")) {
        if (/^(seccomp|apparmor)[:=]unconfined$|^label[:=]disable$|^systempaths[:=]unconfined$/.test(option)) {
            yield `it switches off a security profile; remove the \`${option.split(/[:=]/)[0]}\` entry from \`securityOpts\``;
        }
    }
}
