/** The rule over the way out: what the proxy's configuration lets through. */

import { UNKNOWN } from "../../support/engine";
import { configurationOf, egressPlatform, egressStack, PROXY_WRITER } from "../../support/egress-stack";
import { change, stack, withService } from "../../support/stack";
import type { RuleCases } from "./case";
import { NO_PLAN } from "./isolation";

const platform = egressPlatform();
const base = egressStack();
const written = configurationOf(platform);

/** The configuration with one text replaced. @throws when the text is not there, so that no case tests nothing */
function edited(before: string | RegExp, after: string): ReturnType<typeof egressStack> {
    const text = written.replace(before, after);
    if (text === written) throw new Error(`the configuration has no ${String(before)}`);
    return egressStack(platform, text);
}

const unjudged = (fault: string): string => `its configuration cannot be judged: it ${fault}; let the program write it`;
const excess = (service: string, count = 1): string =>
    `it lets ${service} reach ${count} hosts or ports that ${service} does not declare; take them out of the configuration, or declare them as \`egress\``;
const lack = (service: string, what: string): string =>
    `it does not let ${service} reach ${what}, which ${service} declares; add it to the configuration`;
const STRANGERS =
    "it lets addresses through that are no zone of a service with `egress`; take them out of the configuration";
const INSIDE =
    "it lets a name lead into the networks here; add `!inside` to the line, and every such network to `inside`";
const WIDE = unjudged("lets connections through by more than source, name and port");
const lineOf = (text: string): number => written.split("\n").findIndex((line) => line.startsWith(text)) + 1;
const unknownSetting = (line: number): string => unjudged(`has a setting in line ${line} that the rule does not know`);
const OPENAI = "api.openai.com:443";
const STRIPE = "api.stripe.com:443";

export const egress: Readonly<Record<string, RuleCases>> = {
    "egress-proxy-serves-declared-hosts": {
        subject: PROXY_WRITER,
        compliant: {
            "what the program writes": base,
            "a stack without a proxy": stack(),
            "no plan": NO_PLAN,
            "a line that only narrows": edited(
                "http_access allow from_2",
                "http_access deny tunnel from_1\nhttp_access allow from_2",
            ),
        },
        violating: {
            "another host": [edited("-n api.openai.com", "-n api.openai.com evil.example"), excess("shop-api")],
            "everything below a host": [
                edited("-n api.openai.com", "-n .openai.com"),
                excess("shop-api"),
                lack("shop-api", OPENAI),
            ],
            "another port": [edited("acl port_1_443 port 443", "acl port_1_443 port 443 22"), excess("shop-api")],
            "a range of ports": [
                edited("acl port_1_443 port 443", "acl port_1_443 port 1-65535"),
                excess("shop-api"),
                lack("shop-api", OPENAI),
            ],
            "another service's hosts": [
                edited("acl from_1 src 172.30.201.0/29", "acl from_1 src 172.30.201.0/29 172.30.201.8/29"),
                excess("club-worker", 2),
            ],
            "a wider source": [
                edited("acl from_2 src 172.30.201.8/29", "acl from_2 src 172.30.201.0/24"),
                STRANGERS,
                lack("club-worker", STRIPE),
            ],
            "a host that the plan no longer has": [
                egressStack(withService("club-worker", { egress: [] }, platform), written),
                excess("club-worker"),
            ],
            "a host too few": [edited(/http_access allow from_2 .*\n/, ""), lack("club-worker", STRIPE)],
            "names of addresses are looked up": [
                edited("dstdomain -n api.openai.com", "dstdomain api.openai.com"),
                WIDE,
            ],
            "any source": [edited("allow from_1 port_1_443", "allow port_1_443"), WIDE],
            "any port": [edited("allow from_1 port_1_443", "allow from_1"), WIDE],
            "any name": [edited("asks outside_1_443", "asks"), WIDE],
            "all but a source": [edited("allow from_1 port_1_443", "allow !from_1 port_1_443"), WIDE],
            "a list that is not there": [edited("allow from_1 port_1_443", "allow from_9 port_1_443"), WIDE],
            "a name that may lead here": [edited("outside_1_443 !inside", "outside_1_443"), INSIDE],
            "a network here that counts as outside": [edited("acl inside dst 169.254.0.0/16\n", ""), INSIDE],
            "everything else": [
                edited("http_access deny all", "http_access allow all"),
                unjudged("does not end with `http_access deny all`"),
            ],
            "no last line": [
                edited("http_access deny all\n", ""),
                unjudged("does not end with `http_access deny all`"),
            ],
            "another file": [edited("via off", "include /tmp/more.conf"), unknownSetting(lineOf("via"))],
            "another proxy": [edited("via off", "cache_peer 203.0.113.7 parent 3128 0"), unknownSetting(lineOf("via"))],
            "one name, two types": [
                edited("acl port_1_443 port 443", "acl port_1_443 port 443\nacl port_1_443 src 0.0.0.0/0"),
                unjudged(`gives a list two types in line ${lineOf("acl port_1_443") + 1}`),
            ],
            "another port to listen on": [
                edited("http_port 3128", "http_port 3128\nhttp_port 8080"),
                "it does not listen on port 3128 alone; write one `http_port`",
            ],
            "a port with options": [
                edited("http_port 3128", "http_port 3128 intercept"),
                "it does not listen on port 3128 alone; write one `http_port`",
            ],
            "an address that the stack does not fix": [
                egressStack(
                    platform,
                    written,
                    "127.0.0.1 localhost\n10.9.8.7 smtp.acme.example\n10.1.1.1 api.openai.com\n",
                ),
                "its hosts file is not that of `strata:egress`; let the program write it",
            ],
            "the proxy itself as a host": [
                egressStack(
                    platform,
                    written,
                    "127.0.0.1 localhost\n10.9.8.7 smtp.acme.example\n127.0.0.1 api.openai.com\n",
                ),
                "its hosts file is not that of `strata:egress`; let the program write it",
            ],
            nothing: [egressStack(platform, ""), unjudged("does not end with `http_access deny all`")],
        },
        unknown: {
            files: [change(base, PROXY_WRITER, { uploads: UNKNOWN }), `${PROXY_WRITER} uploads`],
            configuration: [egressStack(platform, UNKNOWN), `${PROXY_WRITER} uploads[0].content`],
        },
        wrongType: {
            files: [change(base, PROXY_WRITER, { uploads: "x" }), "`uploads` has the wrong type; write a list"],
        },
    },
};
