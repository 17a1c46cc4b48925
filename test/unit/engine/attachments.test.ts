import { liveContainers, liveGuests } from "../../../engine/attachments";
import { saying } from "../../support/recorded-engine";

describe("guests", () => {
    const like = (Name: string, HostConfig: object, Config: object = {}) => ({
        Id: `id-${Name}`,
        Name: `/${Name}`,
        Config: { Labels: null, ...Config },
        HostConfig: { NetworkMode: "bridge", PidMode: "", IpcMode: "private", ...HostConfig },
    });
    const guestsAmong = async (...inspected: object[]) =>
        liveGuests(saying({ "ps ": "1\n2\n", "container inspect": inspected }), {
            environment: "t",
            probeImage: "probe:1",
        });

    test("are whoever lives in another container's namespaces, whatever their labels", async () => {
        expect(
            await guestsAmong(
                like("own", {}),
                like("network", { NetworkMode: "container:a" }),
                like("processes", { PidMode: "container:a", IpcMode: "container:b" }),
                like("writer", { NetworkMode: "container:a" }, { Labels: { "strata.role": "writer" } }),
            ),
        ).toEqual([
            { name: "network", host: "a" },
            { name: "processes", host: "a" },
            { name: "processes", host: "b" },
            { name: "writer", host: "a" },
        ]);
    });

    const source = like("t-api", {});
    const NetworkMode = "container:id-t-api";
    const Labels = { "strata.environment": "t", "strata.role": "probe" };
    const Image = "probe:1";
    const probe = like("t-api-probe", { NetworkMode }, { Labels, Image });

    test("are not the probe's own containers", async () => {
        expect(await guestsAmong(source, probe)).toEqual([]);
    });

    test.each([
        ["label alone", like("curious", { NetworkMode }, { Labels: { "strata.role": "probe" } })],
        ["labels and name", like("t-api-probe", { NetworkMode }, { Labels, Image: "alpine" })],
        ["label, image and name", like("t-api-probe", { NetworkMode }, { Labels: { "strata.role": "probe" }, Image })],
        ["labels and image", like("curious", { NetworkMode }, { Labels, Image })],
        ["image and name", like("t-api-probe", { NetworkMode }, { Image })],
        [
            "container, which shares processes as well",
            like("t-api-probe", { NetworkMode, PidMode: NetworkMode }, probe.Config),
        ],
    ])("are also whoever has the probe's %s", async (_, guest) => {
        const found = await guestsAmong(source, guest);
        expect(found).toEqual([{ name: guest.Name.slice(1), host: "id-t-api" }]);
    });
});

test("a container is in every network that it is attached to, with an IPv4 address or without", async () => {
    const networks = {
        a: { IPAddress: "10.0.0.2", GlobalIPv6Address: "" },
        b: { IPAddress: "", GlobalIPv6Address: "fd00::5" },
        c: { IPAddress: "" },
    };
    const inspected = [
        {
            Id: "1",
            Name: "/t-edge",
            State: { Running: true },
            Config: { Labels: { "strata.service": "edge" } },
            HostConfig: { Dns: null },
            NetworkSettings: { Networks: networks },
        },
    ];
    const [edge] = await liveContainers(saying({ "ps ": "1\n", "container inspect": inspected }), "t");
    expect(edge?.addresses).toEqual([
        { network: "a", address: "10.0.0.2" },
        { network: "b", address: "", ipv6: "fd00::5" },
        { network: "c", address: "" },
    ]);
});
