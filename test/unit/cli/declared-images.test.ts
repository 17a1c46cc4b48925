/** What a stack that chooses OpenBao asks of the set-up, and where it is refused. */

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";

import { ExitCode, Failure } from "../../../cli/failure";
import { declaredBy } from "../../../cli/stacks/platform";
import { products } from "../../../products";

const MADE = { vault: "strata.invalid/vault:0123456789ab", traefik: "strata.invalid/traefik:0123456789ab" };
const offline = { decision: { way: "offline", reason: "test" }, images: MADE } as const;
const published = { decision: { way: "published", reason: "test" }, images: {} } as const;
const OWN = `registry.example.com/openbao:2.6.3@sha256:${"a".repeat(64)}`;

function stackWith(settings: Readonly<Record<string, unknown>>): Parameters<typeof declaredBy>[0] {
    const folder = mkdtempSync(join(tmpdir(), "strata-declared-"));
    const source = join(folder, "Pulumi.test-bao.yaml");
    const config = {
        "strata:domain": "example.com",
        "strata:addressBase": "172.29",
        "strata:products": [{ name: "psra" }],
        "strata:unreleased": "reference-app",
        ...settings,
    };
    writeFileSync(source, stringify({ config }));
    const [copy, passphraseFile, stateFolder] = ["copy", "passphrase", "state"].map((name) => join(folder, name));
    return { name: "test-bao", source, copy: copy!, passphraseFile: passphraseFile!, stateFolder: stateFolder! };
}

const openbao = { "strata:vault": { server: "openbao", seal: { kind: "local" } } };

test("the published way brings OpenBao instead of Vault", () => {
    const { images } = declaredBy(stackWith(openbao), published);
    expect(images).toContain("openbao");
    expect(images).not.toContain("vault");
});

test("where nothing can be downloaded a stack with OpenBao is refused, with the reason and the way out", () => {
    let failure: unknown;
    try {
        declaredBy(stackWith(openbao), offline);
    } catch (error) {
        failure = error;
    }
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ exitCode: ExitCode.unknown });
    expect((failure as Failure).message).toMatch(/OpenBao cannot be built from Go modules/);
    expect((failure as Failure).next).toMatch(/strata:images\.openbao .*nothing was touched/);
});

test("an image of one's own is taken", () => {
    const stack = stackWith({ ...openbao, "strata:images": { openbao: OWN } });
    expect(declaredBy(stack, offline).config.images.openbao).toBe(OWN);
});

test("a stack with Vault is not asked about OpenBao", () => {
    expect(declaredBy(stackWith({ "strata:vault": { seal: { kind: "local" } } }), offline).images).toContain("vault");
});

describe("what is pulled by the docker client", () => {
    const RELEASE = `ghcr.io/sevensa/psra-api:1.8.2@sha256:${"b".repeat(64)}`;
    const REDIS = `registry.example.com/redis:8@sha256:${"c".repeat(64)}`;
    const settings = {
        "strata:vault": { seal: { kind: "local" } },
        "strata:images": { redis: REDIS, postgres: `sha256:${"d".repeat(64)}` },
        "strata:releases": { "psra/api": RELEASE },
    };

    test("published: releases and images of the stack's own, in place of those in images.lock.json", () => {
        const { images, pulls } = declaredBy(stackWith(settings), published);
        expect(pulls).toMatchObject({ "psra/api": RELEASE, redis: REDIS });
        expect(Object.keys(pulls)).toEqual(expect.arrayContaining(["vault", "traefik", "reference-app"]));
        // An image id is in no registry.
        expect(Object.keys(pulls)).not.toContain("postgres");
        expect(images).toEqual(expect.not.arrayContaining(["redis", "postgres"]));
    });

    test("made here: only those of the stack's own, and they are not made as well", () => {
        const made = { ...MADE, "reference-app": "strata.invalid/reference-app:0123456789ab" };
        const { images, pulls } = declaredBy(stackWith(settings), { ...offline, images: made });
        expect(pulls).toEqual({ "psra/api": RELEASE, redis: REDIS });
        expect([...images].sort()).toEqual(["reference-app", "traefik", "vault"]);
    });
});

describe("with a mirror", () => {
    const at = (name: string) => `127.0.0.1:5000/strata/${name}@sha256:${"e".repeat(64)}`;
    const mirrored = ["postgres", "redis", "traefik", "vault", "reference-app", "probe"];
    const images = Object.fromEntries(mirrored.map((name) => [name, at(name)]));
    const mirror = {
        url: "http://127.0.0.1:8000",
        images,
        files: {},
        origin: "upstream",
        isRemembered: false,
    } as const;
    const found = { decision: published.decision, images, mirror };
    const vault = { "strata:vault": { seal: { kind: "local" } } };

    test("images are the mirror's, pulled from there; what nobody runs is not", () => {
        const { config, images: made, pulls } = declaredBy(stackWith(vault), found);
        expect(config.images.postgres).toBe(at("postgres"));
        expect(made).toEqual([]);
        expect(pulls).toMatchObject({ postgres: at("postgres"), vault: at("vault") });
        expect(Object.keys(pulls)).not.toContain("probe");
    });

    test("the stack's own references come first", () => {
        const own = stackWith({ ...vault, "strata:images": { redis: OWN } });
        expect(declaredBy(own, found).pulls["redis"]).toBe(OWN);
    });

    test("an image that the mirror has not is refused, and not looked for on the internet", () => {
        expect(() => declaredBy(stackWith(openbao), found)).toThrow(
            "the stack test-bao runs openbao, and the mirror http://127.0.0.1:8000 has no image of it",
        );
    });
});

test("a product whose file is not of the right shape is said with its place in the file", () => {
    const [first] = products;
    const { zones } = first!;
    const broken = first as { zones: unknown };
    broken.zones = undefined;
    try {
        const stack = stackWith({ ...openbao, "strata:products": [{ name: first!.name }] });
        const thrown = (() => {
            try {
                return declaredBy(stack, published);
            } catch (error) {
                return error;
            }
        })() as Failure;
        expect(thrown).toBeInstanceOf(Failure);
        expect(thrown.message).toBe('1 problem in stack "test-bao":');
        expect(thrown.details.join("\n")).toMatch(new RegExp(`${first!.name} zones[^]*products/${first!.name}\\.ts`));
    } finally {
        broken.zones = zones;
    }
});
