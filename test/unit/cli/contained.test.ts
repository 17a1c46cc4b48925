/** What is configured inside a server, as the command line treats it: it goes and stays with the server's data. */

import { keepArguments } from "../../../cli/commands/down";
import { readState } from "../../../cli/pulumi/state";
import { detach } from "../../../cli/pulumi/state-document";

const urn = (type: string, name: string): string => `urn:pulumi:local::strata::${type}::${name}`;
const VOLUME = "docker:index/volume:Volume";
const data = urn(VOLUME, "vault-data");
const other = urn(VOLUME, "other-files");
const password = urn("random:index/randomPassword:RandomPassword", "vault-provisioner");
const container = urn("docker:index/container:Container", "vault-container");
const provider = urn("pulumi:providers:vault", "vault");
const mount = urn("vault:index/mount:Mount", "kv");
const secret = urn("vault:generic/secret:Secret", "jwt");
const elsewhere = urn("keycloak:index/realm:Realm", "lost");

const label = [{ label: "strata.data", value: "true" }];
const exported = {
    version: 3,
    deployment: {
        manifest: { time: "now" },
        resources: [
            { urn: data, type: VOLUME, id: "vault-data", outputs: { labels: label } },
            { urn: other, type: VOLUME, id: "other-files" },
            { urn: password, type: "random:index/randomPassword:RandomPassword" },
            { urn: container, type: "docker:index/container:Container", id: "c", dependencies: [data] },
            { urn: provider, type: "pulumi:providers:vault", dependencies: [password] },
            { urn: mount, type: "vault:index/mount:Mount", deletedWith: data, dependencies: [container] },
            {
                urn: secret,
                type: "vault:generic/secret:Secret",
                deletedWith: data,
                dependencies: [container, mount, password],
                propertyDependencies: { path: [mount], dataJson: [password], other: [container], none: null },
            },
            { urn: elsewhere, type: "keycloak:index/realm:Realm", deletedWith: other, dependencies: [container] },
        ],
    },
};

test("is known by the volume that it is in", () => {
    expect(readState(exported).contained).toEqual([
        { urn: mount, volume: data },
        { urn: secret, volume: data },
        { urn: elsewhere, volume: other },
    ]);
});

test("stays when the data stays, and only then", () => {
    const kept = [data, password, mount, secret].flatMap((it) => ["--exclude", it]);
    expect(keepArguments(readState(exported))).toEqual(["--exclude-protected", ...kept]);
    expect(keepArguments({ ...readState(exported), volumes: [] })).toEqual(["--exclude-protected"]);
});

test("no longer holds the containers that it waited for, and nothing else is changed", () => {
    const before = JSON.stringify(exported);
    const { deployment, version } = detach(exported, [data, password, mount, secret]) as typeof exported;
    expect(JSON.stringify(exported)).toBe(before);
    expect([version, deployment.manifest]).toEqual([3, exported.deployment.manifest]);
    const of = (wanted: string) => deployment.resources.find((it) => it.urn === wanted);
    expect(of(mount)).toMatchObject({ dependencies: [], deletedWith: data });
    expect(of(secret)).toMatchObject({
        dependencies: [mount, password],
        propertyDependencies: { path: [mount], dataJson: [password], other: [], none: [] },
    });
    for (const untouched of [container, provider, elsewhere, other]) {
        expect(of(untouched)).toEqual(exported.deployment.resources.find((it) => it.urn === untouched));
    }
});
