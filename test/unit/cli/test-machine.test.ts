/** On which machines tests with containers say that they cannot run. */

import { type TestHost, whyNoContainers } from "../../../cli/testing/machine";

const here: TestHost = {
    platform: "linux",
    host: "unix:///var/run/docker.sock",
    operatingSystem: "Debian GNU/Linux 12 (bookworm)",
};

test("they run where the engine's machine is this one, also before there is an engine", () => {
    expect(whyNoContainers(here)).toBeUndefined();
    expect(whyNoContainers({ ...here, operatingSystem: undefined })).toBeUndefined();
});

test.each<[string, Partial<TestHost>]>([
    ["a Mac", { platform: "darwin" }],
    ["an engine over ssh", { host: "ssh://user@server" }],
    ["an engine over TCP", { host: "tcp://10.0.0.1:2376" }],
    ["Docker Desktop on Linux", { operatingSystem: "Docker Desktop" }],
])("%s is refused in one line", (_, changes) => {
    expect(whyNoContainers({ ...here, ...changes })).toMatch(
        /^tests with containers look at the engine's machine, and .+$/,
    );
});
