/** Rules over one container: limits, privileges, images, life cycle. */

import { UNKNOWN } from "../../support/engine";
import type { PolicyInput } from "../../support/policy";
import { companion, container, job, owner, writer } from "../../support/stack";
import type { RuleCases } from "./case";

const subject = "test-shop-api";
const digest = "b".repeat(64);
const REMOTE_IMAGE = "docker:index/remoteImage:RemoteImage";
const NO_CPUS =
    'CPU has no limit in the engine\'s spelling; set `cpus` to cores with a digit after the point, for example "0.5"';
const NPROC_BOUND = "nproc is as good as unlimited; set soft and hard of that entry of `ulimits` to 1 to 65536";
const NOFILE_BOUND = "nofile is as good as unlimited; set soft and hard of that entry of `ulimits` to 1 to 1048576";
const SAYS_OTHERWISE =
    "an entry of `securityOpts` lets set-uid programs make it root; remove every `no-new-privileges` that is not true";
const FURTHER_GROUPS = "it is in further groups than its own; remove `groupAdds`";
const tmpfsOption = (option: string): string =>
    `a file system in memory is mounted with ${option}; remove that from its options in \`tmpfs\``;
const WRITABLE = "its root file system is writable; set `readOnly` to true and name what it writes to in `tmpfs`";

const OLD_PROXY = "that release lets strangers in; use oauth2-proxy 7.15.2 or later";
const UNTOLD_PROXY =
    "its tag does not say which release it is; name one of oauth2-proxy 7.15.2 or later, with its digest";
const HOME_MADE_PROXY =
    "its image was built on some machine, so its release is unknown; use a published one of oauth2-proxy 7.15.2 or later (strata:mirror brings it where no registry can be reached), or accept it: add the environment to `madeHere` of this rule in policies/configuration.json";
const proxy = (name: string): PolicyInput => container({ image: `${name}@sha256:${digest}` });
/** The proxy's service in an environment. */
const proxyIn = (environment: string, image: string, service = "oauth2-proxy"): PolicyInput =>
    container({
        image,
        labels: [
            { label: "strata.environment", value: environment },
            { label: "strata.service", value: service },
        ],
    });
const OLD_TRAEFIK = "that release lets strangers in; use traefik 3.7.12 or later";
const UNTOLD_TRAEFIK = UNTOLD_PROXY.replace("oauth2-proxy 7.15.2", "traefik 3.7.12");
const HOME_MADE_TRAEFIK = HOME_MADE_PROXY.replace("oauth2-proxy 7.15.2", "traefik 3.7.12");

export const hardening: Readonly<Record<string, RuleCases>> = {
    "container-limits-resources": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "whole cores": container({ cpus: "2.0" }),
            "the most that counts as a limit": container({
                ulimits: [
                    { name: "nproc", soft: 65536, hard: 65536 },
                    { name: "nofile", soft: 1_048_576, hard: 1_048_576 },
                    { name: "memlock", soft: -1, hard: -1 },
                ],
            }),
            "no control group in so many words": container({ cgroupParent: "" }),
        },
        violating: {
            "no memory": [
                container({ memory: undefined, memorySwap: undefined }),
                "memory has no limit; set `memory` to the MiB it may use",
            ],
            "no limit is zero": [
                container({ memory: 0, memorySwap: 0 }),
                "memory has no limit; set `memory` to the MiB it may use",
            ],
            "no swap": [
                container({ memorySwap: undefined }),
                "it may swap; set `memorySwap` to the same number as `memory`",
            ],
            "more swap": [
                container({ memorySwap: 512 }),
                "it may swap; set `memorySwap` to the same number as `memory`",
            ],
            "no cpus": [container({ cpus: undefined }), NO_CPUS],
            "zero cpus": [container({ cpus: "0.0" }), NO_CPUS],
            "cpus in another spelling": [container({ cpus: "1" }), NO_CPUS],
            "no processes": [
                container({ ulimits: [{ name: "nofile", soft: 1, hard: 1 }] }),
                "nproc has no limit; add it to `ulimits`",
            ],
            "processes without end": [
                container({
                    ulimits: [
                        { name: "nproc", soft: -1, hard: -1 },
                        { name: "nofile", soft: 1, hard: 1 },
                    ],
                }),
                NPROC_BOUND,
            ],
            "more than a limit": [
                container({
                    ulimits: [
                        { name: "nproc", soft: 4096, hard: 65537 },
                        { name: "nofile", soft: 1, hard: 1_048_577 },
                    ],
                }),
                NPROC_BOUND,
                NOFILE_BOUND,
            ],
            "a second one without end, in capitals": [
                container({
                    ulimits: [
                        { name: "nproc", soft: 1, hard: 1 },
                        { name: "nofile", soft: 1, hard: 1 },
                        { name: "NPROC", soft: -1, hard: -1 },
                    ],
                }),
                NPROC_BOUND,
            ],
            "another control group": [
                container({ cgroupParent: "/" }),
                "its limits are not below the engine's control group; remove `cgroupParent`",
            ],
            "another control group of a one-shot": [
                owner({ cgroupParent: "/init.scope" }),
                ["test-shop-api-owner", "its limits are not below the engine's control group; remove `cgroupParent`"],
            ],
            "no ulimits": [
                container({ ulimits: undefined }),
                "nproc has no limit; add it to `ulimits`",
                "nofile has no limit; add it to `ulimits`",
            ],
        },
        unknown: {
            memory: [container({ memory: UNKNOWN, cpus: "1" }), "test-shop-api memory, test-shop-api memory", NO_CPUS],
            "one ulimit": [
                container({ ulimits: [{ name: UNKNOWN, soft: 1, hard: 1 }] }),
                "test-shop-api ulimits[0].name, test-shop-api ulimits[0].name",
            ],
            "the bound of one": [
                container({
                    ulimits: [
                        { name: "nproc", soft: 1, hard: UNKNOWN },
                        { name: "nofile", soft: -1, hard: -1 },
                    ],
                }),
                "test-shop-api ulimits[0].hard",
                NOFILE_BOUND,
            ],
        },
        wrongType: {
            memory: [container({ memory: "256" }), "`memory` has the wrong type; write a number"],
            cpus: [container({ cpus: 0.5 }), "`cpus` has the wrong type; write a string"],
            ulimits: [container({ ulimits: "nproc" }), "`ulimits` has the wrong type; write a list"],
            "a ulimit": [container({ ulimits: ["nproc"] }), "`ulimits[0]` has the wrong type; write an object"],
        },
    },
    "container-checks-health": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "a job has none": job(),
            "the job waits for what runs with it": companion(),
        },
        violating: {
            none: [
                container({ healthcheck: undefined }),
                "it has no health check; set `healthcheck.tests` to CMD or CMD-SHELL and a command",
                "its health check has no interval; set `healthcheck.interval`",
                "its health check has no timeout; set `healthcheck.timeout`",
                "its health check has no retries; set `healthcheck.retries` to 1 or more",
            ],
            "switched off": [
                container({ healthcheck: { tests: ["NONE"], interval: "30s", timeout: "10s", retries: 3 } }),
                "it has no health check; set `healthcheck.tests` to CMD or CMD-SHELL and a command",
            ],
            "no command": [
                container({ healthcheck: { tests: ["CMD"], interval: "30s", timeout: "10s", retries: 3 } }),
                "it has no health check; set `healthcheck.tests` to CMD or CMD-SHELL and a command",
            ],
            "the engine's timing": [
                container({ healthcheck: { tests: ["CMD", "true"], interval: "0s", timeout: "10s", retries: 0 } }),
                "its health check has no interval; set `healthcheck.interval`",
                "its health check has no retries; set `healthcheck.retries` to 1 or more",
            ],
            "what runs with a job has none": [
                companion({ healthcheck: { tests: ["NONE"], interval: "30s", timeout: "10s", retries: 3 } }),
                [
                    "test-shop-migrate-agent",
                    "it has no health check; set `healthcheck.tests` to CMD or CMD-SHELL and a command",
                ],
            ],
            "nobody waits": [container({ wait: false }), "nothing waits until it is healthy; set `wait` to true"],
            "nobody says to wait": [
                container({ wait: undefined }),
                "nothing waits until it is healthy; set `wait` to true",
            ],
        },
        unknown: {
            "part of the test": [
                container({
                    healthcheck: { tests: ["CMD", UNKNOWN], interval: "30s", timeout: "10s", retries: 3 },
                    wait: false,
                }),
                "test-shop-api healthcheck.tests[1]",
                "nothing waits until it is healthy; set `wait` to true",
            ],
        },
        wrongType: {
            healthcheck: [container({ healthcheck: "CMD" }), "`healthcheck` has the wrong type; write an object"],
            retries: [
                container({ healthcheck: { tests: ["CMD", "true"], interval: "30s", timeout: "10s", retries: "3" } }),
                "`healthcheck.retries` has the wrong type; write a number",
            ],
            wait: [container({ wait: "true" }), "`wait` has the wrong type; write true or false"],
        },
    },
    "container-runs-as-user": {
        subject,
        compliant: { service: container(), writer: writer(), owner: owner() },
        violating: {
            ...Object.fromEntries(
                [undefined, "", "0", "0:0", "root", "postgres", "10001", "10001:0", "0:10001", "app:app"].map(
                    (user) => [
                        `user ${String(user)}`,
                        [
                            container({ user }),
                            '`user` is not a numeric uid:gid without zeros; set it to the image\'s own user, for example "10001:10001"',
                        ] as const,
                    ],
                ),
            ),
            ...Object.fromEntries(
                ["0", "root", "docker", "999"].map((group) => [
                    `further group ${group}`,
                    [container({ groupAdds: [group] }), FURTHER_GROUPS] as const,
                ]),
            ),
            "further groups of an owner": [owner({ groupAdds: ["0"] }), ["test-shop-api-owner", FURTHER_GROUPS]],
        },
        unknown: {
            user: [container({ user: UNKNOWN }), "test-shop-api user"],
            "a further group": [container({ groupAdds: [UNKNOWN] }), "test-shop-api groupAdds[0]"],
        },
        wrongType: {
            user: [container({ user: 10001 }), "`user` has the wrong type; write a string"],
            groupAdds: [container({ groupAdds: "0" }), "`groupAdds` has the wrong type; write a list"],
        },
    },
    "container-drops-capabilities": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "some dropped twice": container({ capabilities: { drops: ["CAP_CHOWN", "ALL"] } }),
        },
        violating: {
            "says nothing": [
                container({ capabilities: undefined }),
                'it keeps capabilities; set `capabilities.drops` to ["ALL"]',
            ],
            "drops one": [
                container({ capabilities: { drops: ["CAP_NET_RAW"] } }),
                'it keeps capabilities; set `capabilities.drops` to ["ALL"]',
            ],
            "another spelling is another value for the provider": [
                container({ capabilities: { drops: ["all"] } }),
                'it keeps capabilities; set `capabilities.drops` to ["ALL"]',
            ],
            "adds some": [
                container({ capabilities: { drops: ["ALL"], adds: ["CAP_SYS_ADMIN", "chown"] } }),
                "it adds CAP_SYS_ADMIN; remove that from `capabilities.adds`",
                "it adds CAP_CHOWN; remove that from `capabilities.adds`",
            ],
            "what only an owner may add": [
                container({ capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] } }),
                "it adds CAP_CHOWN; remove that from `capabilities.adds`",
            ],
            "an owner adds more": [
                owner({ capabilities: { drops: ["ALL"], adds: ["CHOWN", "CAP_DAC_READ_SEARCH", "CAP_DAC_OVERRIDE"] } }),
                ["test-shop-api-owner", "it adds CAP_DAC_OVERRIDE; remove that from `capabilities.adds`"],
            ],
            "adds all": [
                container({ capabilities: { drops: ["ALL"], adds: ["ALL"] } }),
                "it adds ALL; remove that from `capabilities.adds`",
            ],
        },
        unknown: {
            "one of several": [
                container({ capabilities: { drops: ["ALL"], adds: [UNKNOWN, "CAP_CHOWN"] } }),
                "test-shop-api capabilities.adds[0]",
                "it adds CAP_CHOWN; remove that from `capabilities.adds`",
            ],
        },
        wrongType: {
            drops: [
                container({ capabilities: { drops: "ALL" } }),
                "`capabilities.drops` has the wrong type; write a list",
            ],
            "an added one": [
                container({ capabilities: { drops: ["ALL"], adds: [7] } }),
                "`capabilities.adds[0]` has the wrong type; write a string",
            ],
        },
    },
    "container-locks-root-filesystem": {
        subject,
        compliant: {
            service: container(),
            "a writer is never started": writer(),
            "an owner is gone after one command": owner(),
            "file systems in memory": container({
                tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m,mode=0700,uid=1,gid=1", "/run": "" },
            }),
        },
        violating: {
            writable: [container({ readOnly: false }), WRITABLE],
            "says nothing": [container({ readOnly: undefined }), WRITABLE],
            "programs, set-uid programs and devices in memory": [
                container({ tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,exec,suid", "/run": "DEV, size=1m" } }),
                ...["exec", "suid", "dev"].map(tmpfsOption),
            ],
            "programs in a one-shot's memory": [
                owner({ tmpfs: { "/tmp": "exec" } }),
                ["test-shop-api-owner", tmpfsOption("exec")],
            ],
        },
        unknown: {
            readOnly: [container({ readOnly: UNKNOWN }), "test-shop-api readOnly"],
            "options of one": [
                container({ tmpfs: { "/run": "exec", "/tmp": UNKNOWN } }),
                "test-shop-api tmpfs./tmp",
                tmpfsOption("exec"),
            ],
        },
        wrongType: {
            tmpfs: [container({ tmpfs: ["/tmp"] }), "`tmpfs` has the wrong type; write an object"],
            readOnly: [container({ readOnly: "true" }), "`readOnly` has the wrong type; write true or false"],
        },
    },
    "container-gains-no-privileges": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "another spelling": container({ securityOpts: ["no-new-privileges"] }),
            "a profile of one's own": container({
                securityOpts: ["no-new-privileges:true", "seccomp=/etc/profile.json"],
            }),
            "the engine's runtime, as engines answer": container({ runtime: "runc" }),
            "no runtime in so many words": container({ runtime: "" }),
        },
        violating: {
            privileged: [container({ privileged: true }), "it is privileged; set `privileged` to false"],
            "new privileges": [
                container({ securityOpts: [] }),
                "set-uid programs can make it root; add `no-new-privileges:true` to `securityOpts`",
            ],
            "new privileges in so many words": [
                container({ securityOpts: ["no-new-privileges:false"] }),
                "set-uid programs can make it root; add `no-new-privileges:true` to `securityOpts`",
                SAYS_OTHERWISE,
            ],
            ...Object.fromEntries(
                ["no-new-privileges:false", "no-new-privileges=0", "no-new-privileges:"].map((option) => [
                    `no new privileges, and then ${option}`,
                    [container({ securityOpts: ["no-new-privileges:true", option] }), SAYS_OTHERWISE] as const,
                ]),
            ),
            "another runtime": [
                container({ runtime: "crun-wasm" }),
                "another runtime than the engine's own starts it; remove `runtime`",
            ],
            "no profiles": [
                container({
                    securityOpts: [
                        "no-new-privileges:true",
                        "seccomp=unconfined",
                        "apparmor:unconfined",
                        "label=disable",
                        "systempaths=unconfined",
                    ],
                }),
                "it switches off a security profile; remove the `seccomp` entry from `securityOpts`",
                "it switches off a security profile; remove the `apparmor` entry from `securityOpts`",
                "it switches off a security profile; remove the `label` entry from `securityOpts`",
                "it switches off a security profile; remove the `systempaths` entry from `securityOpts`",
            ],
        },
        unknown: {
            "one option": [
                container({ securityOpts: ["no-new-privileges:true", UNKNOWN, "seccomp=unconfined"] }),
                "test-shop-api securityOpts[1]",
                "it switches off a security profile; remove the `seccomp` entry from `securityOpts`",
            ],
        },
        wrongType: {
            runtime: [container({ runtime: 1 }), "`runtime` has the wrong type; write a string"],
            privileged: [container({ privileged: "no" }), "`privileged` has the wrong type; write true or false"],
            securityOpts: [container({ securityOpts: "x" }), "`securityOpts` has the wrong type; write a list"],
        },
    },
    "container-shares-no-namespace": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            private: container({ ipcMode: "private", cgroupnsMode: "private" }),
        },
        violating: Object.fromEntries(
            [
                ["pidMode", "host"],
                ["pidMode", "container:test-shop-postgres"],
                ["ipcMode", "host"],
                ["ipcMode", "shareable"],
                ["ipcMode", "container:test-shop-postgres"],
                ["usernsMode", "host"],
                ["cgroupnsMode", "host"],
            ].map(([field, mode]) => [
                `${field} ${mode}`,
                [container({ [field!]: mode }), `\`${field}\` shares a namespace; remove it`] as const,
            ]),
        ),
        unknown: {
            pidMode: [
                container({ pidMode: UNKNOWN, ipcMode: "host" }),
                "test-shop-api pidMode",
                "`ipcMode` shares a namespace; remove it",
            ],
        },
        wrongType: { pidMode: [container({ pidMode: 1 }), "`pidMode` has the wrong type; write a string"] },
    },
    "container-opens-no-device": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "empty lists": container({ devices: [], gpus: "" }),
            "null, as engines answer": container({ devices: null, gpus: null }),
        },
        violating: {
            device: [
                container({ devices: [{ hostPath: "/dev/sda" }] }),
                "it opens a device of the host; remove `devices`",
            ],
            request: [
                container({ deviceRequests: [{ driver: "nvidia", count: -1 }] }),
                "it opens a device of the host; remove `deviceRequests`",
            ],
            rule: [
                container({ deviceCgroupRules: ["c 1:3 mr"] }),
                "it is let at devices of the host; remove `deviceCgroupRules`",
            ],
            gpus: [container({ gpus: "all" }), "it opens a device of the host; remove `gpus`"],
        },
        unknown: {
            devices: [
                container({ devices: UNKNOWN, gpus: "all" }),
                "test-shop-api devices",
                "it opens a device of the host; remove `gpus`",
            ],
        },
        wrongType: { devices: [container({ devices: "/dev/sda" }), "`devices` has the wrong type; write a list"] },
    },
    "container-pins-image": {
        subject,
        compliant: {
            service: container(),
            "without a tag": container({ image: `ghcr.io/example/app@sha256:${digest}` }),
            id: container({ image: `sha256:${digest}` }),
            "made here": container({ image: "strata.invalid/postgres:0123456789ab" }),
            "pulled image": { type: REMOTE_IMAGE, name: "app", props: { name: `redis:8@sha256:${digest}` } },
        },
        violating: {
            ...Object.fromEntries(
                [
                    undefined,
                    "",
                    "postgres",
                    "postgres:latest",
                    "postgres:17.6",
                    "ghcr.io/example/app:production",
                    `postgres@sha256:${"b".repeat(63)}`,
                    "strata.invalid/postgres:latest",
                    "strata/postgres:0123456789ab",
                    "strata.invalid/postgres:0123456789aX",
                    "evil/strata.invalid/postgres:0123456789ab",
                ].map((image) => [
                    `image ${String(image)}`,
                    [
                        container({ image }),
                        "`image` names a tag that can move; append @sha256: and the digest to it",
                    ] as const,
                ]),
            ),
            "pulled image": [
                { type: REMOTE_IMAGE, name: "app", props: { name: "redis:8" } },
                ["redis:8", "`name` names a tag that can move; append @sha256: and the digest to it"],
            ],
        },
        unknown: { image: [container({ image: UNKNOWN }), "test-shop-api image"] },
        wrongType: { image: [container({ image: {} }), "`image` has the wrong type; write a string"] },
    },
    "container-runs-fixed-release": {
        subject,
        settings: { madeHere: ["local", "test-*"] },
        compliant: {
            "another program": container(),
            "its first fixed release": proxy("quay.io/oauth2-proxy/oauth2-proxy:v7.15.2"),
            "a later one": proxy("quay.io/oauth2-proxy/oauth2-proxy:v7.15.4-alpine"),
            "a much later one, from elsewhere": proxy("registry.example.com:5000/oauth2-proxy:8.0.0"),
            "a Traefik with one spelling for each header": proxy("traefik:v3.7.12"),
            "a build of its first fixed release": proxy("quay.io/oauth2-proxy/oauth2-proxy:v7.15.2-alpine3.22-amd64"),
            "what comes before a later one": proxy("traefik:v3.7.13-rc1"),
            "a later one from a mirror": proxy("registry.example.com/library/traefik:v3.7.13"),
            "an edge of another name": proxyIn(
                "production",
                `mirror.example/edge-proxy:v3.7.13@sha256:${digest}`,
                "edge",
            ),
            "an edge that was made where it runs": proxyIn("local", `sha256:${digest}`, "edge"),
            "made where it runs": proxyIn("local", "strata.invalid/oauth2-proxy:0123456789ab"),
            "made on a machine that filled a mirror": proxyIn(
                "local",
                `127.0.0.1:5000/strata/oauth2-proxy:made-here-0123456789ab@sha256:${digest}`,
            ),
            "made where it is tested": proxyIn("test-login", `sha256:${digest}`),
            "a one-shot that runs an image made somewhere": writer({
                image: "strata.invalid/traefik:0123456789ab",
                labels: [
                    { label: "strata.environment", value: "production" },
                    { label: "strata.service", value: "psra-api" },
                    { label: "strata.role", value: "writer" },
                ],
            }),
            "the one-shot that writes its files": writer({
                image: `sha256:${digest}`,
                labels: [
                    { label: "strata.environment", value: "production" },
                    { label: "strata.service", value: "oauth2-proxy" },
                    { label: "strata.role", value: "writer" },
                ],
            }),
        },
        violating: {
            "the release before": [proxy("quay.io/oauth2-proxy/oauth2-proxy:v7.15.1"), OLD_PROXY],
            "an older one": [proxy("oauth2-proxy:v7.8.1-alpine"), OLD_PROXY],
            "an older major one": [proxy("oauth2-proxy:6.20.3"), OLD_PROXY],
            "a digest alone": [proxy("quay.io/oauth2-proxy/oauth2-proxy"), UNTOLD_PROXY],
            "a tag that tells nothing": [proxy("quay.io/oauth2-proxy/oauth2-proxy:latest"), UNTOLD_PROXY],
            "a Traefik without the option": [proxy("traefik:v3.7.11"), OLD_TRAEFIK],
            ...Object.fromEntries(
                [
                    "v3.7.12-rc1",
                    "v3.7.12-rc.1",
                    "3.7.12-beta2-alpine",
                    "v3.7.12-alpine-rc1",
                    "v3.7.12rc1",
                    "v3.7.12.0",
                ].map((tag) => [
                    `what comes before the first fixed release: ${tag}`,
                    [proxy(`traefik:${tag}`), OLD_TRAEFIK] as const,
                ]),
            ),
            "one of the line before": [proxy("docker.io/library/traefik:v3.6.25"), OLD_TRAEFIK],
            "one whose tag names no release": [proxy("traefik:v3.7"), UNTOLD_TRAEFIK],
            "an older edge of another name": [
                proxyIn("production", `mirror.example/edge-proxy:v3.7.11@sha256:${digest}`, "edge"),
                OLD_TRAEFIK,
            ],
            "an edge of another name, whose tag names no release": [
                proxyIn("production", `mirror.example/edge-proxy:v3.6@sha256:${digest}`, "edge"),
                UNTOLD_TRAEFIK,
            ],
            "an older proxy of another name": [
                proxyIn("production", `mirror.example/login:v7.15.1@sha256:${digest}`),
                OLD_PROXY,
            ],
            "an edge that was made somewhere": [proxyIn("staging", `sha256:${digest}`, "edge"), HOME_MADE_TRAEFIK],
            "made somewhere": [proxyIn("staging", "strata.invalid/oauth2-proxy:0123456789ab"), HOME_MADE_PROXY],
            "an id": [proxyIn("production", `sha256:${digest}`), HOME_MADE_PROXY],
            "an environment that only begins like one": [
                proxyIn("local-2", "strata.invalid/oauth2-proxy:0123456789ab"),
                HOME_MADE_PROXY,
            ],
        },
        unknown: { image: [container({ image: UNKNOWN }), "test-shop-api image"] },
        wrongType: { image: [container({ image: {} }), "`image` has the wrong type; write a string"] },
    },
    "container-restarts-itself": {
        subject,
        compliant: {
            service: container(),
            "one-shots run once": writer(),
            owner: owner(),
            "jobs, too": job(),
            "what runs with a job": companion(),
            "unless stopped": container({ restart: "unless-stopped" }),
        },
        violating: {
            never: [container({ restart: "no" }), "it stays down after a crash; set `restart` to always"],
            "says nothing": [container({ restart: undefined }), "it stays down after a crash; set `restart` to always"],
            "gives up": [container({ restart: "on-failure" }), "it stays down after a crash; set `restart` to always"],
            "not started": [container({ start: false }), "it need not run; remove `start`"],
            "need not run": [container({ mustRun: false }), "it need not run; remove `mustRun`"],
        },
        unknown: {
            restart: [
                container({ restart: UNKNOWN, start: false }),
                "test-shop-api restart",
                "it need not run; remove `start`",
            ],
        },
        wrongType: { restart: [container({ restart: true }), "`restart` has the wrong type; write a string"] },
    },
    "container-rotates-logs": {
        subject,
        compliant: {
            service: container(),
            writer: writer(),
            owner: owner(),
            "local driver": container({ logDriver: "local" }),
        },
        violating: {
            "the engine's driver": [
                container({ logDriver: undefined }),
                "its log driver is not one that rotates; set `logDriver` to json-file",
            ],
            syslog: [
                container({ logDriver: "syslog" }),
                "its log driver is not one that rotates; set `logDriver` to json-file",
            ],
            "no options": [
                container({ logOpts: undefined }),
                "its logs grow without end; set `logOpts.max-size`",
                "its logs grow without end; set `logOpts.max-file`",
            ],
            "no number of files": [
                container({ logOpts: { "max-size": "10m" } }),
                "its logs grow without end; set `logOpts.max-file`",
            ],
        },
        unknown: {
            driver: [
                container({ logDriver: UNKNOWN, logOpts: { "max-size": "10m" } }),
                "test-shop-api logDriver",
                "its logs grow without end; set `logOpts.max-file`",
            ],
        },
        wrongType: {
            logOpts: [container({ logOpts: ["max-size=10m"] }), "`logOpts` has the wrong type; write an object"],
            "max-file": [
                container({ logOpts: { "max-size": "10m", "max-file": 3 } }),
                "`logOpts.max-file` has the wrong type; write a string",
            ],
        },
    },
    "one-shot-runs-alone": {
        subject: "test-shop-api-writer",
        compliant: {
            writer: writer(),
            owner: owner(),
            "others may do what they like": container({ networkMode: "host", mustRun: false }),
        },
        violating: {
            network: [
                writer({ networkMode: "test-shop-net" }),
                'a one-shot has a network; set `networkMode` to "none"',
            ],
            "no mode": [writer({ networkMode: undefined }), 'a one-shot has a network; set `networkMode` to "none"'],
            attached: [
                writer({ networksAdvanced: [{ name: "test-shop-net" }] }),
                "a one-shot has a network; remove `networksAdvanced`",
            ],
            port: [
                writer({ ports: [{ internal: 1, external: 1, ip: "127.0.0.1" }] }),
                "a one-shot publishes a port; remove `ports`",
            ],
            "must run": [
                writer({ mustRun: undefined }),
                "a one-shot is expected to keep running; set `mustRun` to false",
            ],
            restarts: [writer({ restart: "always" }), 'a one-shot is started again and again; set `restart` to "no"'],
            "another name": [
                writer({ name: "test-shop-api" }),
                ["test-shop-api", "a one-shot is not named after its service; name it <environment>-<service>-writer"],
            ],
            "a started writer": [writer({ start: undefined }), "a writer is started; set `start` to false"],
            "an owner that runs anything": [
                owner({ entrypoints: ["sh", "-c"] }),
                ["test-shop-api-owner", 'an owner runs something else; set `entrypoints` to ["chown"]'],
            ],
            "an owner that runs what the image says": [
                owner({ entrypoints: undefined }),
                ["test-shop-api-owner", 'an owner runs something else; set `entrypoints` to ["chown"]'],
            ],
        },
        unknown: {
            mode: [
                writer({ networkMode: UNKNOWN, restart: "always" }),
                "test-shop-api-writer networkMode",
                'a one-shot is started again and again; set `restart` to "no"',
            ],
        },
        wrongType: { mustRun: [writer({ mustRun: "false" }), "`mustRun` has the wrong type; write true or false"] },
    },
};
