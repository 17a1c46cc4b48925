/** Why an engine does not answer: the client's own words, by release, and what its user can do. */

import type { EngineChoice } from "../../../engine/choice";
import { explainSilence, type Host } from "../../../engine/silence";

const HOST: Host = {
    platform: "linux",
    isRoot: false,
    user: "ada",
    hasSocket: true,
    hasDaemon: true,
    hasServiceManager: true,
    freeMiB: 9000,
};
const at = (host: string, source: EngineChoice["source"] = "socket"): EngineChoice => ({
    host,
    source,
    because: "because",
    ignored: [],
});
const SYSTEM = at("unix:///var/run/docker.sock");
const explain = (stderr: string, choice = SYSTEM, host: Partial<Host> = {}, code = 1) =>
    explainSilence(choice, { code, stdout: "", stderr }, { ...HOST, ...host });

const DOWN = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
const DOWN_29 =
    "failed to connect to the docker API at unix:///var/run/docker.sock; check if the path is correct and if the daemon is running: dial unix /var/run/docker.sock: connect: no such file or directory";
const DENIED =
    'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.47/version": dial unix /var/run/docker.sock: connect: permission denied';
const ssh = (end: string): string =>
    `error during connect: Get "http://docker.example.com/v1.50/version": command [ssh -o ConnectTimeout=30 -l deploy -- far docker system dial-stdio] has exited with exit status 255, make sure the URL is valid, and Docker 18.09 or later is installed on the remote host: stderr=${end}`;

test.each<[string, string, Partial<Host>, EngineChoice, string, RegExp]>([
    [
        "no permission",
        DENIED,
        {},
        SYSTEM,
        "permission",
        /^join the group, then log out and in again: sudo usermod -aG docker ada$/,
    ],
    [
        "no permission at another's socket",
        DENIED,
        {},
        at("unix:///run/user/7/docker.sock"),
        "permission",
        /^give ada access to \/run\/user\/7/,
    ],
    ["stopped, with a service manager", DOWN, {}, SYSTEM, "stopped", /^start it: sudo systemctl start docker$/],
    [
        "stopped, in the words of a newer client",
        DOWN_29,
        { hasSocket: false },
        SYSTEM,
        "stopped",
        /systemctl start docker/,
    ],
    ["stopped, for root", DOWN, { isRoot: true }, SYSTEM, "stopped", /^start it: systemctl start docker$/],
    ["stopped, without a service manager", DOWN, { hasServiceManager: false }, SYSTEM, "stopped", /dockerd/],
    [
        "not installed",
        DOWN,
        { hasDaemon: false, hasSocket: false },
        SYSTEM,
        "not installed",
        /sudo apt-get install docker\.io/,
    ],
    [
        "rootless, stopped",
        DOWN,
        { hasSocket: false },
        at("unix:///run/user/1000/docker.sock"),
        "stopped",
        /^start it: systemctl --user start docker$/,
    ],
    [
        "Docker Desktop on macOS",
        DOWN,
        { platform: "darwin" },
        at("unix:///Users/ada/.docker/run/docker.sock"),
        "stopped",
        /^start it: open -a Docker$/,
    ],
    [
        "macOS without any socket",
        DOWN,
        { platform: "darwin", hasSocket: false, hasDaemon: false },
        SYSTEM,
        "stopped",
        /open -a Docker.*colima start/,
    ],
    [
        "Colima",
        DOWN,
        { platform: "darwin" },
        at("unix:///Users/ada/.colima/dev/docker.sock", "context"),
        "stopped",
        /^start it: colima start dev$/,
    ],
    [
        "a context that points elsewhere",
        DOWN,
        { hasSocket: false },
        at("unix:///srv/other.sock", "context"),
        "stopped",
        /docker context use default/,
    ],
    [
        "DOCKER_HOST that points elsewhere",
        DOWN,
        { hasSocket: false },
        at("unix:///srv/other.sock", "variable"),
        "stopped",
        /unset DOCKER_HOST/,
    ],
    [
        "the stack file that points elsewhere",
        DOWN,
        { hasSocket: false },
        at("unix:///srv/other.sock", "stack"),
        "stopped",
        /strata:engine\.host/,
    ],
    [
        "ssh refused",
        ssh("ssh: connect to host far port 22: Connection refused"),
        {},
        at("ssh://deploy@far"),
        "ssh",
        /^check it by hand: ssh deploy@far docker version$/,
    ],
    [
        "ssh with an unknown host key",
        ssh("Host key verification failed."),
        {},
        at("ssh://deploy@far"),
        "ssh",
        /compare the host's key: ssh deploy@far$/,
    ],
    [
        "ssh without a key",
        ssh("deploy@far: Permission denied (publickey)."),
        {},
        at("ssh://deploy@far"),
        "ssh",
        /your key logs in/,
    ],
    [
        "an unknown authority",
        "error during connect: tls: failed to verify certificate: x509: certificate signed by unknown authority",
        {},
        { ...at("tcp://far:2376"), certPath: "/c" },
        "tls",
        /^check ca\.pem, cert\.pem and key\.pem in \/c$/,
    ],
    [
        "a missing certificate",
        "unable to resolve docker endpoint: open /c/ca.pem: no such file or directory",
        {},
        { ...at("tcp://far:2376"), certPath: "/c" },
        "tls",
        /\/c$/,
    ],
    [
        "nobody at an address",
        "Cannot connect to the Docker daemon at tcp://far:2376. Is the docker daemon running?",
        {},
        { ...at("tcp://far:2376"), certPath: "/c" },
        "network",
        /docker -H tcp:\/\/far:2376 version/,
    ],
    [
        "an old client",
        "Error response from daemon: client version 1.24 is too old. Minimum supported API version is 1.44, please upgrade your client to a newer version",
        {},
        SYSTEM,
        "api version",
        /^upgrade the docker client/,
    ],
    [
        "an old engine",
        "Error response from daemon: client version 1.52 is too new. Maximum supported API version is 1.41",
        {},
        SYSTEM,
        "api version",
        /DOCKER_API_VERSION/,
    ],
    ["a full disk", DOWN, { freeMiB: 3 }, SYSTEM, "disk", /^free some space/],
    ["a disk that is nearly full", DOWN, { freeMiB: 16 }, SYSTEM, "stopped", /^start it/],
    [
        "a full disk that it speaks of",
        "Error response from daemon: write /var/lib/docker/x: no space left on device",
        {},
        SYSTEM,
        "disk",
        /^free some space/,
    ],
    [
        "something unheard of",
        "Error response from daemon: the moon is full",
        {},
        SYSTEM,
        "other",
        /docker -H unix:\/\/\/var\/run\/docker\.sock version/,
    ],
])("%s", (_, stderr, host, choice, kind, next) => {
    const silence = explain(stderr, choice, host);
    expect(silence.kind).toBe(kind);
    expect(silence.next).toMatch(next);
    // The client's own last line is kept, and so is which engine was asked and why.
    expect(silence.value).toContain(stderr.split("\n").at(-1));
    expect(silence.value).toContain(`${choice.host} (because)`);
});

test("a client that is not installed", () => {
    const silence = explain("spawn docker ENOENT", SYSTEM, { hasDaemon: false }, 127);
    expect([silence.kind, silence.value]).toEqual([
        "no client",
        "the docker client is not installed (docker: spawn docker ENOENT)",
    ]);
});

test("an engine that takes the question and gives no answer", () => {
    expect(explain("", SYSTEM, {}, 137)).toMatchObject({ kind: "slow", next: "look at: journalctl -u docker -n 50" });
});
