import { liveMounts, liveVolumes, stillRunning } from "../../../engine/mounts";
import { saying } from "../../support/recorded-engine";

describe("what a container mounts", () => {
    const none = { Id: "1", HostConfig: {}, State: { Running: true }, Config: { Labels: null } };
    const volumes = [
        { Name: "t-vault-data", Driver: "local", Options: null },
        { Name: "alias", Driver: "local", Options: { type: "none", o: "bind", device: "/v/t-vault-data/_data" } },
        { Name: "layers", Options: { type: "overlay", device: "overlay", o: "lowerdir=/a:/b,upperdir=/c,workdir=/w" } },
        { Name: "remote", Options: { type: "nfs", device: ":/srv", o: "addr=10.0.0.1,rw" } },
        { Name: "other", Options: { type: "nfs", device: "/srv", o: "rw,addr=10.0.0.1" } },
        { Name: "memory", Options: { type: "tmpfs", device: "tmpfs" } },
        { Name: "plugin", Driver: "vieux/sshfs:latest", Options: null },
    ];
    const asked = (...containers: object[]) =>
        liveMounts(
            saying({
                "ps -aq": "1\n2\n",
                "container inspect": containers,
                "volume ls -q": volumes.map(({ Name }) => Name).join("\n"),
                "volume inspect": volumes,
            }),
            "probe:1",
        );
    const volume = (Name: string): object => ({ Type: "volume", Name, Source: `/v/${Name}/_data` });

    test("is told by volume and by each name of a folder, also of a folder that a volume is another name of", async () => {
        const Mounts = [
            ...volumes.map(({ Name }) => volume(Name)),
            { Type: "bind", Source: "/srv" },
            { Type: "tmpfs" },
        ];
        const [curious] = await asked({ ...none, Name: "/curious", Mounts });
        const at = (name: string) => ({ volume: name, folder: `/v/${name}/_data` });
        const also = (name: string, path: string) => ({ volume: name, folder: path, isForeign: false });
        expect(curious?.mounts).toEqual([
            { ...at("t-vault-data"), isForeign: false },
            { ...at("alias"), isForeign: true },
            also("alias", "/v/t-vault-data/_data"),
            { ...at("layers"), isForeign: true },
            ...["/a", "/b", "/c"].map((path) => also("layers", path)),
            { ...at("remote"), isForeign: false },
            { ...at("other"), isForeign: false },
            { ...at("memory"), isForeign: false },
            { ...at("plugin"), isForeign: true },
            { folder: "/srv", isForeign: true },
            { folder: "", isForeign: false },
        ]);
    });

    test("comes with its rights and devices, and of one that takes another's volumes with those", async () => {
        const rights = { Privileged: true, Devices: [{ PathOnHost: "/dev/sda" }], VolumesFrom: ["t-vault"] };
        expect(
            await asked(
                { ...none, Name: "/agent", HostConfig: rights, Mounts: [volume("t-vault-data")] },
                { ...none, Name: "/plain", Config: { Labels: { a: "b" } }, State: { Running: false }, Mounts: null },
            ),
        ).toEqual([
            {
                ...{ id: "1", name: "agent", labels: {}, isRunning: true, devices: ["/dev/sda"], rights },
                mounts: [{ volume: "t-vault-data", folder: "/v/t-vault-data/_data", isForeign: false }],
            },
            { id: "1", name: "plain", labels: { a: "b" }, isRunning: false, mounts: [], devices: [], rights: {} },
        ]);
    });

    test("of one that ended meanwhile is of one that does not run", async () => {
        const engine = saying({ "ps -q --no-trunc": "a\nc\n" });
        const container = { name: "", labels: {}, mounts: [], devices: [], rights: {} };
        const before = [
            { ...container, id: "a", isRunning: true },
            { ...container, id: "b", isRunning: true },
            { ...container, id: "c", isRunning: false },
        ];
        expect((await stillRunning(engine, before)).map(({ isRunning }) => isRunning)).toEqual([true, false, false]);
    });

    test("is not looked at in the probe of another verify, which only has its image with its label", async () => {
        const Labels = { "strata.role": "probe" };
        const names = (
            await asked(
                { ...none, Name: "/probe", Config: { Labels, Image: "probe:1" } },
                { ...none, Name: "/label", Config: { Labels, Image: "curious:1" } },
                { ...none, Name: "/image", Config: { Labels: null, Image: "probe:1" } },
            )
        ).map(({ name }) => name);
        expect(names).toEqual(["label", "image"]);
    });
});

test("the environment's volumes say whose they are and what for; one that does not say holds data", async () => {
    const labels = { "strata.service": "vault" };
    const engine = saying({
        "volume ls -q --filter label=strata.environment=t": "a\nb\nc\n",
        "volume inspect a b c": [
            { Name: "a", Mountpoint: "/v/a", Labels: { ...labels, "strata.data": "true" } },
            { Name: "b", Mountpoint: "/v/b", Labels: { ...labels, "strata.purpose": "secrets" } },
            { Name: "c", Mountpoint: "/v/c", Labels: null },
        ],
    });
    expect(await liveVolumes(engine, "t")).toEqual([
        { name: "a", service: "vault", purpose: "data", folder: "/v/a" },
        { name: "b", service: "vault", purpose: "secrets", folder: "/v/b" },
        { name: "c", service: "", purpose: "data", folder: "/v/c" },
    ]);
});
