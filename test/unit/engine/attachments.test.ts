import { liveContainers, liveGuests } from "../../../engine/attachments";
import { saying } from "../../support/recorded-engine";

test("guests are whoever lives in another container's namespaces, whatever their labels, but not the probe", async () => {
    const like = (Name: string, HostConfig: object, role?: string) => ({
        Name: `/${Name}`,
        Config: { Labels: role === undefined ? null : { "strata.role": role } },
        HostConfig: { NetworkMode: "bridge", PidMode: "", IpcMode: "private", ...HostConfig },
    });
    const inspected = [
        like("own", {}),
        like("network", { NetworkMode: "container:a" }),
        like("processes", { PidMode: "container:a", IpcMode: "container:b" }),
        like("probe", { NetworkMode: "container:a" }, "probe"),
        like("writer", { NetworkMode: "container:a" }, "writer"),
    ];
    expect(await liveGuests(saying({ "ps ": "1\n2\n", "container inspect": inspected }))).toEqual([
        { name: "network", host: "a" },
        { name: "processes", host: "a" },
        { name: "processes", host: "b" },
        { name: "writer", host: "a" },
    ]);
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
