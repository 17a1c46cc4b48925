import { CONTAINER } from "../lib/docker";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** CIS Docker 5.2, 5.5, 5.22, 5.26. */
export const containerGainsNoPrivileges = resourceRule({
    name: "container-gains-no-privileges",
    description:
        "Containers are not privileged, cannot gain privileges, and keep the engine's runtime and security profiles.",
    severity: "critical",
    types: [CONTAINER],
    clauses: [privileged, noNewPrivileges, options, runtime],
});

const NO_NEW_PRIVILEGES = /^no-new-privileges([:=]true)?$/;

function* privileged({ properties }: Subject): Iterable<string> {
    if (properties.flag("privileged") === true) {
        yield "it is privileged; set `privileged` to false";
    }
}

function* noNewPrivileges({ properties }: Subject): Iterable<string> {
    for (const option of properties.texts("securityOpts")) {
        if (NO_NEW_PRIVILEGES.test(option)) {
            return;
        }
    }
    yield "set-uid programs can make it root; add `no-new-privileges:true` to `securityOpts`";
}

/** Checks every entry: of several entries for one option, the engine takes the last. */
function* options({ properties }: Subject): Iterable<string> {
    for (const option of properties.texts("securityOpts")) {
        if (option.startsWith("no-new-privileges") && !NO_NEW_PRIVILEGES.test(option)) {
            yield "an entry of `securityOpts` lets set-uid programs make it root; remove every `no-new-privileges` that is not true";
        }
        if (/^(seccomp|apparmor)[:=]unconfined$|^label[:=]disable$|^systempaths[:=]unconfined$/.test(option)) {
            yield `it switches off a security profile; remove the \`${option.split(/[:=]/)[0]}\` entry from \`securityOpts\``;
        }
    }
}

/** `runc` is what engines report as their own runtime. Another runtime need not apply these settings. */
function* runtime({ properties }: Subject): Iterable<string> {
    if (!["", "runc"].includes(properties.text("runtime") ?? "")) {
        yield "another runtime than the engine's own starts it; remove `runtime`";
    }
}
