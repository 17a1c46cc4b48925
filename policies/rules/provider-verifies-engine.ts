import { PROVIDER } from "../lib/docker";
import { Properties } from "../lib/properties";
import { resourceRule } from "../lib/rule";
import type { Subject } from "../lib/subject";

/** A machine that poses as the engine gets every configuration file and secret of the stack. */
export const providerVerifiesEngine = resourceRule({
    name: "provider-verifies-engine",
    description:
        "The Docker provider reaches a remote engine over SSH with a known host key or over TLS with a known authority.",
    severity: "critical",
    types: [PROVIDER],
    clauses: [plainText, hostKey, authority],
});

function* plainText({ properties }: Subject): Iterable<string> {
    const host = properties.text("host") ?? "";
    const secured = properties.has("caMaterial") || properties.has("certPath");
    if (/^(tcp|http):/.test(host) && !secured) {
        yield "its `host` is reached in clear text; use ssh://, or set `caMaterial`, `certMaterial` and `keyMaterial`";
    }
}

function* hostKey(subject: Subject): Iterable<string> {
    if (!(subject.properties.text("host") ?? "").startsWith("ssh:")) {
        return;
    }
    const options = [...decoded(subject).texts("sshOpts")].join(" ").replace(/-o\s*/g, "");
    if (!/(^|\s)StrictHostKeyChecking=yes(\s|$)/i.test(options)) {
        yield 'it accepts any host key; add "-o", "StrictHostKeyChecking=yes" to `sshOpts`';
    }
    const known = /(^|\s)UserKnownHostsFile=(\S+)/i.exec(options)?.[2] ?? "/dev/null";
    if (known === "/dev/null") {
        yield 'it knows no host key; add "-o", "UserKnownHostsFile=<file>" to `sshOpts`';
    }
}

/** With a client certificate and without an authority the provider skips verification. */
function* authority({ properties }: Subject): Iterable<string> {
    const given = ["caMaterial", "certMaterial", "keyMaterial"].filter((field) => properties.has(field));
    if (given.length > 0 && given.length < 3) {
        yield "it does not verify the engine; set all of `caMaterial`, `certMaterial` and `keyMaterial` or none";
    }
}

/** Properties with `sshOpts` as a list: providers get their lists as JSON text. */
function decoded({ data, properties }: Subject): Properties {
    const options = data["sshOpts"];
    if (typeof options !== "string") {
        return properties;
    }
    try {
        return new Properties({ sshOpts: JSON.parse(options) as unknown });
    } catch {
        return properties;
    }
}
