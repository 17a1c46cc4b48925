import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";

import { describeCertificate, endingCertificates, renewalArguments } from "../../../cli/pulumi/certificates";
import { readState } from "../../../cli/pulumi/state";

const DAY = 24 * 3600 * 1000;
const NOW = Date.parse("2029-01-01T00:00:00Z");
const EDGE = "urn:pulumi:test::strata::strata:edge:Edge::edge";
const COMMAND = "urn:pulumi:test::strata::strata:edge:Edge$command:local:Command";
const stateWith = (ends: { authority: number; certificate: number } | undefined) =>
    readState({
        deployment: {
            resources: [
                {
                    urn: EDGE,
                    type: "strata:edge:Edge",
                    outputs: ends && {
                        authorityEnds: new Date(NOW + ends.authority * DAY).toISOString(),
                        certificateEnds: new Date(NOW + ends.certificate * DAY).toISOString(),
                    },
                },
                ...["edge-authority", "edge-certificate"].map((name) => ({
                    urn: `${COMMAND}::${name}`,
                    type: "command:local:Command",
                    parent: EDGE,
                })),
            ],
        },
    }).certificates;

test("a certificate is talked about and issued anew in its last 60 days, and after it", () => {
    expect(endingCertificates(stateWith({ authority: 3000, certificate: 61 }), NOW)).toEqual([]);
    for (const days of [59, 0, -3]) {
        const ending = endingCertificates(stateWith({ authority: 3000, certificate: days }), NOW);
        expect(ending).toEqual([{ urn: `${COMMAND}::edge-certificate`, kind: "certificate", days }]);
        expect(renewalArguments(ending)).toEqual(["--replace", `${COMMAND}::edge-certificate`]);
    }
});

test("an authority is talked about for a year and never replaced without being asked", () => {
    const ending = endingCertificates(stateWith({ authority: 300, certificate: 300 }), NOW);
    expect(ending.map(({ kind, days }) => [kind, days])).toEqual([["authority", 300]]);
    expect(renewalArguments(ending)).toEqual([]);
});

test("says what ends when", () => {
    const texts = [-1, 0, 1, 12].map((days) => describeCertificate({ urn: "", kind: "certificate", days }));
    expect(texts).toEqual([
        "the edge's certificate has ended",
        "the edge's certificate ends today",
        "the edge's certificate ends in 1 day",
        "the edge's certificate ends in 12 days",
    ]);
    expect(describeCertificate({ urn: "", kind: "authority", days: 300 })).toBe(
        "the authority that clients trust ends in 300 days",
    );
});

test("an environment with ACME, or one of an earlier release, has none", () => {
    expect(stateWith(undefined)).toEqual([]);
});

describe("the certificates themselves", () => {
    interface Made {
        certificate: string;
        key: string;
        ends: string;
    }
    const make = (what: string, input?: object): Made =>
        JSON.parse(
            execFileSync(process.execPath, ["components/edge/certificates.mjs", what], {
                input: input === undefined ? "" : JSON.stringify(input),
            }).toString(),
        ) as Made;
    const authority = make("authority");
    const issue = (names: readonly string[]): Made => make("certificate", { names, authority });

    test("a new one, of the same or other names, is of the authority that clients trust already", () => {
        const trusted = new X509Certificate(authority.certificate);
        const [first, second] = [issue(["*.example.com", "example.com"]), issue(["*.shop.example.com"])];
        for (const { certificate } of [first, second]) {
            expect(new X509Certificate(certificate).verify(trusted.publicKey)).toBe(true);
        }
        expect(first.key).not.toBe(second.key);
        expect(new X509Certificate(second.certificate).checkHost("www.shop.example.com")).toBeDefined();
    });

    test("live as long as clients accept, and say so", () => {
        const { certificate, ends } = issue(["example.com"]);
        expect(new X509Certificate(certificate).validToDate.toISOString().slice(0, 19)).toBe(ends.slice(0, 19));
        const days = (Date.parse(ends) - Date.now()) / DAY;
        expect(Math.round(days)).toBe(819);
        expect(Math.round((Date.parse(authority.ends) - Date.now()) / DAY)).toBe(3649);
    });
});
