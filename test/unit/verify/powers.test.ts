import { powersOf, socketsOf } from "../../../verify/powers";

test.each([
    [{ Privileged: true }, ["it is privileged"]],
    [{ PidMode: "host" }, ["it sees the machine's processes (--pid=host)"]],
    [{ CapAdd: ["CAP_SYS_ADMIN", "dac_read_search", "ALL"] }, ["SYS_ADMIN", "DAC_READ_SEARCH", "ALL"]],
    [{ DeviceCgroupRules: ["b 8:* r"] }, ["it may use devices (b 8:* r)"]],
    [{ DeviceCgroupRules: ["a *:* rwm", "c *:* r", "c 1:1 r", "c 21:0 rw"] }, Array<string>(4).fill("devices")],
])("%j is a right to every file", (rights, expected) => {
    const said = powersOf(rights);
    expect(said).toHaveLength(expected.length);
    expected.forEach((word, number) => expect(said[number]).toContain(word));
});

test.each([
    {},
    { Privileged: false, CapAdd: null, PidMode: "", DeviceCgroupRules: null },
    { CapAdd: ["NET_ADMIN", "CAP_CHOWN", "IPC_LOCK"], PidMode: "container:x", DeviceCgroupRules: ["c 189:* rwm"] },
])("%j is none", (rights) => {
    expect(powersOf(rights)).toEqual([]);
});

test("the engine's sockets are the one that is asked and where engines listen", () => {
    expect(socketsOf("unix:///srv/engine.sock")).toEqual(
        expect.arrayContaining(["/srv/engine.sock", "/run/docker.sock"]),
    );
    expect(socketsOf("ssh://ops@a").every((path) => path.startsWith("/"))).toBe(true);
});
