/** Authorities and logins that end: what is said of them, and how authorities are renewed. */

import { spawnSync } from "node:child_process";

import { authorityArguments } from "../../../cli/commands/rotate";
import { Failure } from "../../../cli/failure";
import { endings } from "../../../cli/pulumi/endings";
import { readState } from "../../../cli/pulumi/state";
import { intermediateSeconds } from "../../../components/identity/vault-configuration/certificates";
import { INTERMEDIATE_SECONDS, ROOT_SECONDS } from "../../../model/secrets/authority";

const DAY = 24 * 3600 * 1000;

/** A certificate that ends after so many days, made now. */
function certificate(days: number): string {
    const made = spawnSync(
        "openssl",
        [
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "/dev/null",
            "-subj",
            "/CN=x",
            "-days",
            String(days),
        ],
        { encoding: "utf8" },
    );
    return made.stdout;
}

const ROOT = "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert";
const SIGNED = "vault:pkiSecret/secretBackendRootSignIntermediate:SecretBackendRootSignIntermediate";
const urn = (type: string, name: string): string => `urn:pulumi:test::strata::${type}::${name}`;
const authority = (type: string, commonName: string, days: number) => ({
    urn: urn(type, commonName),
    type,
    inputs: { commonName },
    outputs: { certificate: certificate(days) },
});
const state = readState({
    deployment: {
        resources: [
            authority(ROOT, "strata test internal authority", 3650),
            authority(SIGNED, "strata test psra authority", 59),
            authority(SIGNED, "strata test rentguy authority", 1800),
            { urn: urn(SIGNED, "not yet"), type: SIGNED, inputs: { commonName: "x" }, outputs: {} },
        ],
    },
});
const [root, psra, rentguy] = state.authorities as [
    (typeof state.authorities)[0],
    (typeof state.authorities)[0],
    (typeof state.authorities)[0],
];

test("the state knows whose authorities end when", () => {
    expect(state.authorities.map(({ owner, isRoot }) => [owner, isRoot])).toEqual([
        ["platform", true],
        ["psra", false],
        ["rentguy", false],
    ]);
    expect(Math.round((psra.ends - Date.now()) / DAY)).toBe(59);
});

test("an authority is talked about sixty days before its end, and after it", () => {
    expect(endings(state, "test", Date.now())).toEqual([
        {
            text: "authority of psra ends in 58 days",
            days: 58,
            next: "npm run strata -- rotate authorities --stack test",
        },
    ]);
    const said = endings(state, "test", rentguy.ends + DAY).map(({ text }) => text);
    expect(said).toEqual(["authority of psra has ended", "authority of rentguy has ended"]);
    expect(endings(state, "test", root.ends - DAY).map(({ text }) => text)).toContain("root authority ends in 1 day");
});

test("logins are among them, with their own command", () => {
    const secretIds = [{ urn: "u", service: "psra-api", ends: Date.now() + 2.5 * DAY }];
    expect(endings({ ...state, authorities: [], secretIds }, "test", Date.now())).toEqual([
        {
            text: "logins to Vault end in 2 days: psra-api",
            days: 2,
            next: "npm run strata -- rotate secret-ids --stack test",
        },
    ]);
});

test("renewing signs the products' authorities anew, and the root only when it would end before them", () => {
    const replaced = [psra.urn, rentguy.urn].flatMap((it) => ["--replace", it]);
    expect(authorityArguments(state, "test", Date.now())).toEqual({ roots: [], args: replaced });
    const later = root.ends - INTERMEDIATE_SECONDS * 1000 - 59 * DAY;
    expect(authorityArguments(state, "test", later)).toEqual({
        roots: [root.urn],
        args: ["--replace", root.urn, ...replaced],
    });
    expect(() => authorityArguments({ authorities: [] }, "test", 0)).toThrow(Failure);
});

test("authorities end apart, each before the root", () => {
    const lives = Array.from({ length: 12 }, (_, place) => intermediateSeconds(place));
    expect(new Set(lives).size).toBe(12);
    expect(Math.max(...lives)).toBe(INTERMEDIATE_SECONDS);
    expect(Math.min(...lives)).toBeGreaterThan(4 * 365 * 24 * 3600);
    expect(ROOT_SECONDS).toBeGreaterThan(INTERMEDIATE_SECONDS + 60 * 24 * 3600);
});
