/** Rules over one resource: networks, mounts, ports, secrets, labels, volumes, providers, commands. */

import { UNKNOWN } from "../../support/engine";
import type { PolicyInput } from "../../support/policy";
import { attached, CONTAINER, container, network, owner, volume, writer } from "../../support/stack";
import type { RuleCases } from "./case";

const subject = "test-shop-api";
const NEXT = "set `networkMode` to the name of its first zone's network";
const CONTROL = "it mounts a path of the host that gives control over the engine; remove the mount";
const bind = (source: string | undefined): object => ({ type: "bind", source, target: "/x", readOnly: true });
const UNPROTECTED =
    "an update can delete its data; set the resource option `protect`, or `strata:protectData` of the stack to true";
const purpose = (value: string): object => ({ label: "strata.purpose", value });
const urnIn = (environment: string): string => `urn:pulumi:${environment}::strata::any::any`;
const MEMORY = { type: "tmpfs", device: "tmpfs" };
/** What holds data and is no volume. */
const mount: PolicyInput = { type: "vault:index/mount:Mount", name: "vault-psra-kv", props: { path: "psra/kv" } };
const AUTHORITY: PolicyInput = {
    type: "command:local:Command",
    name: "edge-authority",
    props: { create: "node components/edge/certificates.mjs authority" },
};
/** Labels of the second replica. */
const SECOND = [...(container().props["labels"] as object[]), { label: "strata.replica", value: "2" }];
const TWO = attached("shop-net", "shop-db-net");

const provider = (props: Record<string, unknown>) => ({ type: "pulumi:providers:docker", name: "docker", props });
const ssh = (...options: string[]) =>
    provider({
        host: "ssh://deploy@example.test",
        sshOpts: JSON.stringify(options.flatMap((option) => ["-o", option])),
    });
const command = (props: Record<string, unknown>, type = "command:local:Command") => ({
    type,
    name: "databases",
    props,
});

export const exposure: Readonly<Record<string, RuleCases>> = {
    "container-joins-named-networks": {
        subject,
        compliant: { service: container(), "one-shots have none": writer(), owner: owner() },
        violating: {
            host: [container({ networkMode: "host" }), `it uses the host's network; ${NEXT}`],
            "another container's": [
                container({ networkMode: "container:test-shop-postgres" }),
                `it uses another container's network; ${NEXT}`,
            ],
            "says nothing": [
                container({ networkMode: undefined }),
                `it starts on the engine's default bridge; ${NEXT}`,
            ],
            bridge: [container({ networkMode: "bridge" }), `it starts on the engine's default bridge; ${NEXT}`],
            default: [container({ networkMode: "default" }), `it starts on the engine's default bridge; ${NEXT}`],
            none: [container({ networkMode: "none" }), `it has no network; ${NEXT}`],
            "attached to the bridge": [
                container({ networksAdvanced: [{ name: "bridge" }] }),
                "it is attached to a network of the engine; name the network of a zone in `networksAdvanced`",
            ],
            "attached to nothing": [
                container({ networksAdvanced: [{ aliases: ["x"] }] }),
                "it is attached to a network of the engine; name the network of a zone in `networksAdvanced`",
            ],
        },
        unknown: {
            "one attachment": [
                container({ networkMode: "host", networksAdvanced: [{ name: UNKNOWN }] }),
                "test-shop-api networksAdvanced[0].name",
                `it uses the host's network; ${NEXT}`,
            ],
        },
        wrongType: {
            networkMode: [container({ networkMode: ["x"] }), "`networkMode` has the wrong type; write a string"],
            networksAdvanced: [
                container({ networksAdvanced: "test-shop-net" }),
                "`networksAdvanced` has the wrong type; write a list",
            ],
        },
    },
    "container-forwards-nothing": {
        subject,
        compliant: {
            service: container(),
            "one network": container({ sysctls: undefined, ...attached("shop-net") }),
            writer: writer(),
        },
        violating: {
            "two networks": [
                container({ sysctls: undefined, ...TWO }),
                'it is on several networks and may forward between them; set `sysctls["net.ipv4.ip_forward"]` to "0"',
            ],
            "two networks, one by mode": [
                container({
                    sysctls: {},
                    networkMode: "test-shop-net",
                    networksAdvanced: [{ name: "test-shop-db-net" }],
                }),
                'it is on several networks and may forward between them; set `sysctls["net.ipv4.ip_forward"]` to "0"',
            ],
            "forwarding in so many words": [
                container({ sysctls: { "net.ipv4.ip_forward": "1" }, ...TWO }),
                'it is on several networks and may forward between them; set `sysctls["net.ipv4.ip_forward"]` to "0"',
            ],
            IPv6: [
                container({ sysctls: { "net.ipv4.ip_forward": "0", "net.ipv6.conf.all.forwarding": "1" } }),
                'it may forward IPv6; remove `sysctls["net.ipv6.conf.all.forwarding"]`',
            ],
            "other settings of the kernel": [
                container({
                    sysctls: {
                        "net.ipv4.ip_forward": "0",
                        "net.ipv4.conf.all.route_localnet": "1",
                        "net.ipv4.ip_unprivileged_port_start": "0",
                    },
                }),
                'it changes the kernel; remove `sysctls["net.ipv4.conf.all.route_localnet"]`',
                'it changes the kernel; remove `sysctls["net.ipv4.ip_unprivileged_port_start"]`',
            ],
            "other settings of the kernel for a one-shot": [
                owner({ sysctls: { "kernel.shmmax": "1" } }),
                ["test-shop-api-owner", 'it changes the kernel; remove `sysctls["kernel.shmmax"]`'],
            ],
            "NET_RAW and NET_ADMIN": [
                container({ capabilities: { drops: ["ALL"], adds: ["net_raw", "CAP_NET_ADMIN"] } }),
                "it may craft packets; remove CAP_NET_RAW from `capabilities.adds`",
                "it may craft packets; remove CAP_NET_ADMIN from `capabilities.adds`",
            ],
        },
        unknown: {
            "the second network": [
                container({
                    sysctls: {},
                    networksAdvanced: [{ name: UNKNOWN }],
                    capabilities: { adds: ["CAP_NET_RAW"] },
                }),
                "test-shop-api networksAdvanced[0].name",
                "it may craft packets; remove CAP_NET_RAW from `capabilities.adds`",
            ],
        },
        wrongType: {
            sysctls: [container({ sysctls: ["x"] }), "`sysctls` has the wrong type; write an object"],
            "a sysctl": [
                container({ sysctls: { "net.ipv4.ip_forward": 0 } }),
                "`sysctls.net.ipv4.ip_forward` has the wrong type; write a string",
            ],
        },
    },
    "container-mounts-no-host-path": {
        subject,
        compliant: {
            service: container(),
            volume: container({ mounts: [{ type: "volume", source: "test-shop-api-config", target: "/etc/strata" }] }),
            memory: container({
                mounts: [{ type: "tmpfs", target: "/cache" }],
                volumes: [{ volumeName: "x", hostPath: "" }],
            }),
        },
        violating: {
            ...Object.fromEntries(
                [
                    "/var/run/docker.sock",
                    "/run/docker.sock",
                    "/run",
                    "/run/",
                    "/",
                    "/var",
                    "/var/lib/docker/volumes",
                    "/etc",
                    "/etc/passwd",
                    "/proc",
                    "/srv/../run",
                    "//run",
                ].map((source) => [`mount of ${source}`, [container({ mounts: [bind(source)] }), CONTROL] as const]),
            ),
            "another path": [container({ mounts: [bind("/srv/data")] }), "it mounts a path of the host; use a volume"],
            "a path that only begins like one": [
                container({ mounts: [bind("/running")] }),
                "it mounts a path of the host; use a volume",
            ],
            "no source": [container({ mounts: [bind(undefined)] }), CONTROL],
            "the other way to mount": [
                container({ volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/x" }] }),
                CONTROL,
            ],
            "whatever another one mounts": [
                container({ volumes: [{ fromContainer: "test-edge" }] }),
                "it mounts whatever another container does; name its own volumes in `mounts`",
            ],
            "a path in disguise": [
                container({
                    mounts: [
                        {
                            type: "volume",
                            source: "x",
                            target: "/x",
                            volumeOptions: { driverOptions: { type: "none", o: "bind", device: "/" } },
                        },
                    ],
                }),
                "it mounts a device or path of the host in the guise of a volume; remove `volumeOptions.driverOptions`",
            ],
        },
        unknown: {
            "one source": [
                container({ mounts: [bind(UNKNOWN)], volumes: [{ hostPath: "/etc" }] }),
                "test-shop-api mounts[0].source",
                CONTROL,
            ],
        },
        wrongType: {
            mounts: [container({ mounts: { "/x": "/" } }), "`mounts` has the wrong type; write a list"],
            source: [
                container({ mounts: [{ type: "bind", source: ["/"], target: "/x" }] }),
                "`mounts[0].source` has the wrong type; write a string",
            ],
        },
    },
    "container-binds-explicit-address": {
        subject,
        compliant: {
            service: container(),
            loopback: container({ ports: [{ internal: 80, external: 8080, ip: "127.0.0.1" }] }),
            "everywhere, but said so": container({ ports: [{ internal: 80, external: 80, ip: "0.0.0.0" }] }),
        },
        violating: {
            "no address": [
                container({ ports: [{ internal: 80, external: 8080 }] }),
                'a port names no address; set its `ip`, for example to "127.0.0.1"',
            ],
            "empty address": [
                container({ ports: [{ internal: 80, external: 8080, ip: "" }] }),
                'a port names no address; set its `ip`, for example to "127.0.0.1"',
            ],
            "random port": [
                container({ ports: [{ internal: 80, ip: "127.0.0.1" }] }),
                "a port gets a random number on the host; set its `external`",
            ],
            "all ports": [
                container({ publishAllPorts: true }),
                "it publishes every port of its image; remove `publishAllPorts`",
            ],
        },
        unknown: {
            "one port": [
                container({ ports: [{ internal: 80, external: 1, ip: UNKNOWN }], publishAllPorts: true }),
                "test-shop-api ports[0].ip",
                "it publishes every port of its image; remove `publishAllPorts`",
            ],
        },
        wrongType: {
            ports: [container({ ports: "80:80" }), "`ports` has the wrong type; write a list"],
            external: [
                container({ ports: [{ internal: 80, external: "80", ip: "127.0.0.1" }] }),
                "`ports[0].external` has the wrong type; write a number",
            ],
        },
    },
    "container-hides-secrets": {
        subject,
        compliant: {
            service: container(),
            "files and empty ones": container({
                envs: [
                    "API_TOKEN_FILE=/run/secrets/token",
                    "EMPTY_PASSWORD=",
                    "SECRETS_DIR=/etc/strata",
                    "MONKEY=1",
                    "JWT_PUBLIC_KEY=x",
                ],
            }),
            "a URL without login": container({ envs: ["UPSTREAM=http://shop-api:8000/x@y"] }),
            "harmless arguments": container({
                command: ["serve", "--port=80", "--key-file=/etc/strata/key", "SELECT 1 = 1"],
            }),
        },
        violating: {
            ...Object.fromEntries(
                [
                    "POSTGRES_PASSWORD",
                    "API_TOKEN",
                    "CLIENT_SECRET",
                    "STRIPE_API_KEY",
                    "password",
                    "SENTRY_DSN",
                    "AWS_CREDENTIALS",
                    "PGPASSWORD",
                    "MYSQL_PWD",
                    "SECRET_KEY_BASE",
                    "SESSION_JWT",
                    "API_KEY_2",
                    "DB_PASSWORD_PROD",
                    "AUTHORIZATION",
                    "apiToken",
                ].map((name) => [
                    name,
                    [
                        container({ envs: [`${name}=canary`] }),
                        `the variable ${name} holds a secret; give it as a file and set ${name}_FILE to its path`,
                    ] as const,
                ]),
            ),
            "a URL with a login": [
                container({ envs: ["DATABASE=postgres://shop:canary@shop-postgres:5432/shop"] }),
                "the variable DATABASE holds a secret; give it as a file and set DATABASE_FILE to its path",
            ],
            "a URL with a password only": [
                container({ envs: ["CACHE=redis://:canary@shop-redis"] }),
                "the variable CACHE holds a secret; give it as a file and set CACHE_FILE to its path",
            ],
            argument: [
                container({ command: ["serve", "--db-password=canary"] }),
                "an argument in `command` holds a secret; let the program read it from a file",
            ],
            "argument after its option": [
                container({ command: ["serve", "--db-password", "canary", "--api-token", "--verbose"] }),
                "an argument in `command` holds a secret; let the program read it from a file",
            ],
            "entry point": [
                container({ entrypoints: ["run", "amqp://user:canary@queue"] }),
                "an argument in `entrypoints` holds a secret; let the program read it from a file",
            ],
            "health check": [
                container({ healthcheck: { tests: ["CMD-SHELL", "psql postgres://shop:canary@db/shop"] } }),
                "an argument in `healthcheck.tests` holds a secret; let the program read it from a file",
            ],
            label: [
                container({ labels: [{ label: "backup.token", value: "canary" }] }),
                "the label backup.token holds a secret; remove it",
            ],
        },
        unknown: {
            "one variable": [
                container({ envs: [UNKNOWN, "API_TOKEN=canary"] }),
                "test-shop-api envs[0]",
                "the variable API_TOKEN holds a secret; give it as a file and set API_TOKEN_FILE to its path",
            ],
        },
        wrongType: {
            "redacted as a whole": [container({ envs: "[secret]" }), "`envs` has the wrong type; write a list"],
            command: [container({ command: "serve" }), "`command` has the wrong type; write a list"],
        },
    },
    "object-carries-labels": {
        subject,
        compliant: {
            container: container(),
            writer: writer(),
            owner: owner(),
            network: network(),
            volume: volume(),
            "another replica": container({ name: "test-shop-api-2", labels: SECOND }),
        },
        violating: {
            "a replica under the first one's name": [
                container({ labels: SECOND }),
                "its name does not agree with its labels; name it test-shop-api-2",
            ],
            "container without any": [
                container({ labels: [] }),
                ...["strata.environment", "strata.product", "strata.layer", "strata.service", "strata.zone"].map(
                    (key) => `it has no label ${key}; add it to \`labels\``,
                ),
            ],
            "network without any": [
                network({ labels: undefined }),
                ...["strata.environment", "strata.product", "strata.layer", "strata.zone"].map(
                    (key) => ["test-shop-net", `it has no label ${key}; add it to \`labels\``] as const,
                ),
            ],
            "volume without any": [
                volume({ labels: undefined }),
                ...["strata.environment", "strata.product", "strata.layer", "strata.service"].map(
                    (key) => ["test-shop-postgres-data", `it has no label ${key}; add it to \`labels\``] as const,
                ),
            ],
            "container of another name": [
                container({ name: "test-web" }),
                ["test-web", "its name does not agree with its labels; name it test-shop-api"],
            ],
            "writer of another name": [
                writer({ name: "test-shop-api" }),
                ["test-shop-api", "its name does not agree with its labels; name it test-shop-api-writer"],
            ],
            "network of another name": [
                network({ name: "shop" }),
                ["shop", "its name does not agree with its labels; name it test-shop-net"],
            ],
            "volume of another name": [
                volume({ name: "data" }),
                ["data", "its name does not agree with its labels; name it test-shop-postgres-<what it holds>"],
            ],
        },
        unknown: {
            "one label": [
                network({
                    labels: [
                        { label: "strata.environment", value: UNKNOWN },
                        { label: "strata.zone", value: "shop-net" },
                        { label: "strata.layer", value: "network" },
                    ],
                }),
                "test-shop-net labels[0].value, test-shop-net labels[0].value",
                "it has no label strata.product; add it to `labels`",
            ],
        },
        wrongType: {
            labels: [network({ labels: { "strata.zone": "x" } }), "`labels` has the wrong type; write a list"],
            "a value": [
                volume({ labels: [{ label: "strata.environment", value: 1 }] }),
                "`labels[0].value` has the wrong type; write a string",
                "it has no label strata.product; add it to `labels`",
                "it has no label strata.layer; add it to `labels`",
                "it has no label strata.service; add it to `labels`",
            ],
        },
    },
    "network-declares-options": {
        subject: "test-shop-net",
        compliant: {
            network: network(),
            isolated: network({ options: { "com.docker.network.bridge.gateway_mode_ipv4": "isolated" } }),
        },
        violating: {
            overlay: [network({ driver: "overlay" }), "its driver is not bridge; set `driver` to bridge"],
            "no driver": [network({ driver: undefined }), "its driver is not bridge; set `driver` to bridge"],
            attachable: [network({ attachable: true }), "`attachable` is not off; set it to false"],
            "attachable not said": [network({ attachable: undefined }), "`attachable` is not off; set it to false"],
            IPv6: [network({ ipv6: true }), "`ipv6` is not off; set it to false"],
            "internal not said": [
                network({ internal: undefined }),
                "it does not say whether it is internal; set `internal`",
            ],
            "no addresses": [
                network({ ipamConfigs: [] }),
                "the engine picks its addresses; set `ipamConfigs` to one subnet and gateway",
            ],
            "no gateway": [
                network({ ipamConfigs: [{ subnet: "172.30.2.0/24" }] }),
                "the engine picks its addresses; set `ipamConfigs` to one subnet and gateway",
            ],
            "direct routing": [
                network({
                    options: {
                        "com.docker.network.bridge.gateway_mode_ipv4": "routed",
                        "com.docker.network.bridge.gateway_mode_ipv6": "nat-unprotected",
                    },
                }),
                'its containers can be reached without a published port; remove `options["com.docker.network.bridge.gateway_mode_ipv4"]`',
                'its containers can be reached without a published port; remove `options["com.docker.network.bridge.gateway_mode_ipv6"]`',
            ],
        },
        unknown: {
            driver: [
                network({ driver: UNKNOWN, ipv6: true }),
                "test-shop-net driver",
                "`ipv6` is not off; set it to false",
            ],
        },
        wrongType: {
            attachable: [network({ attachable: "no" }), "`attachable` has the wrong type; write true or false"],
            ipamConfigs: [network({ ipamConfigs: "172.30.2.0/24" }), "`ipamConfigs` has the wrong type; write a list"],
        },
    },
    "data-is-protected": {
        subject: "test-shop-postgres-data",
        settings: { throwaway: ["local", "test-*"] },
        compliant: {
            protected: volume(),
            "written files": volume({ labels: [purpose("files")] }, {}),
            "secrets in memory": volume({ labels: [purpose("secrets")], driverOpts: MEMORY }, {}),
            "an environment to throw away": { ...volume({}, {}), urn: urnIn("local") },
            "one of several": { ...volume({}, {}), urn: urnIn("test-drift") },
            "a protected engine": { ...mount, protect: true },
            "another command": { ...AUTHORITY, props: { create: "node components/edge/certificates.mjs certificate" } },
            "a protected authority": { ...AUTHORITY, protect: true },
            "an engine to throw away": { ...mount, urn: urnIn("local") },
        },
        violating: {
            "labelled as data": [volume({}, { protect: false }), UNPROTECTED],
            "labelled as data and as files": [
                volume({ labels: [{ label: "strata.data", value: "true" }, purpose("files")] }, {}),
                UNPROTECTED,
            ],
            "named as files": [
                volume({ name: "test-shop-postgres-config", labels: [] }, {}),
                ["test-shop-postgres-config", UNPROTECTED],
            ],
            "secrets on a disk": [volume({ labels: [purpose("secrets")] }, {}), UNPROTECTED],
            "another purpose": [volume({ labels: [purpose("cache")] }, {}), UNPROTECTED],
            "an environment that only begins like one": [{ ...volume({}, {}), urn: urnIn("local-2") }, UNPROTECTED],
            "a label of another environment": [
                volume({ labels: [{ label: "strata.environment", value: "local" }] }, {}),
                UNPROTECTED,
            ],
            "no labels": [volume({ labels: undefined }, {}), UNPROTECTED],
            "a secret engine": [mount, ["vault-psra-kv", UNPROTECTED]],
            "an encryption key": [
                { ...mount, type: "vault:transit/secretBackendKey:SecretBackendKey" },
                ["vault-psra-kv", UNPROTECTED],
            ],
            "a root authority": [
                { ...mount, type: "vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert" },
                ["vault-psra-kv", UNPROTECTED],
            ],
            "a product's authority": [
                {
                    ...mount,
                    type: "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
                },
                ["vault-psra-kv", UNPROTECTED],
            ],
            "the edge's own authority": [AUTHORITY, ["edge-authority", UNPROTECTED]],
            "a realm": [{ ...mount, type: "keycloak:index/realm:Realm" }, ["vault-psra-kv", UNPROTECTED]],
            "a group of people": [{ ...mount, type: "keycloak:index/group:Group" }, ["vault-psra-kv", UNPROTECTED]],
            "a role of people": [{ ...mount, type: "keycloak:index/role:Role" }, ["vault-psra-kv", UNPROTECTED]],
        },
        unknown: {
            purpose: [
                volume({ labels: [{ label: "strata.purpose", value: UNKNOWN }] }, {}),
                "test-shop-postgres-data labels[0].value",
            ],
            create: [{ ...AUTHORITY, props: { create: UNKNOWN } }, "edge-authority create"],
        },
        wrongType: {
            labels: [volume({ labels: "x" }, {}), "`labels` has the wrong type; write a list"],
            create: [{ ...AUTHORITY, props: { create: 7 } }, "`create` has the wrong type; write a string"],
        },
    },
    "volume-declares-driver": {
        subject: "test-shop-postgres-data",
        compliant: { volume: volume(), "harmless options": volume({ driverOpts: { type: "tmpfs" } }) },
        violating: {
            "no driver": [volume({ driver: undefined }), "its driver is not the engine's own; set `driver` to local"],
            "another driver": [
                volume({ driver: "rexray" }),
                "its driver is not the engine's own; set `driver` to local",
            ],
            disguise: [
                volume({ driverOpts: { type: "none", o: "bind", device: "/etc" } }),
                "it is a path or device of the host in disguise; remove `driverOpts`",
            ],
        },
        unknown: {
            driver: [
                volume({ driver: UNKNOWN, driverOpts: { device: "/etc" } }),
                "test-shop-postgres-data driver",
                "it is a path or device of the host in disguise; remove `driverOpts`",
            ],
        },
        wrongType: { driver: [volume({ driver: 1 }), "`driver` has the wrong type; write a string"] },
    },
    "provider-verifies-engine": {
        subject: "docker",
        compliant: {
            "the engine here": provider({ host: "unix:///var/run/docker.sock" }),
            "the default": provider({}),
            "known host key": ssh("StrictHostKeyChecking=yes", "UserKnownHostsFile=/etc/strata/known_hosts"),
            "options as a list": provider({
                host: "ssh://deploy@example.test",
                sshOpts: ["-oStrictHostKeyChecking=yes", "-oUserKnownHostsFile=known_hosts"],
            }),
            TLS: provider({ host: "tcp://example.test:2376", caMaterial: "a", certMaterial: "b", keyMaterial: "c" }),
        },
        violating: {
            "clear text": [
                provider({ host: "tcp://example.test:2375" }),
                "its `host` is reached in clear text; use ssh://, or set `caMaterial`, `certMaterial` and `keyMaterial`",
            ],
            "SSH without options": [
                provider({ host: "ssh://deploy@example.test" }),
                'it accepts any host key; add "-o", "StrictHostKeyChecking=yes" to `sshOpts`',
                'it knows no host key; add "-o", "UserKnownHostsFile=<file>" to `sshOpts`',
            ],
            "SSH to anybody": [
                ssh("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null"),
                'it accepts any host key; add "-o", "StrictHostKeyChecking=yes" to `sshOpts`',
                'it knows no host key; add "-o", "UserKnownHostsFile=<file>" to `sshOpts`',
            ],
            "no authority": [
                provider({ host: "unix:///x", certMaterial: "b", keyMaterial: "c" }),
                "it does not verify the engine; set all of `caMaterial`, `certMaterial` and `keyMaterial` or none",
            ],
        },
        unknown: {
            host: [
                provider({ host: UNKNOWN, certMaterial: "b" }),
                "docker host, docker host",
                "it does not verify the engine; set all of `caMaterial`, `certMaterial` and `keyMaterial` or none",
            ],
            options: [provider({ host: "ssh://x", sshOpts: UNKNOWN }), "docker sshOpts"],
        },
        wrongType: {
            host: [provider({ host: 1 }), "`host` has the wrong type; write a string"],
            options: [provider({ host: "ssh://x", sshOpts: "{" }), "`sshOpts` has the wrong type; write a list"],
        },
    },
    "command-silences-input": {
        subject: "databases",
        compliant: {
            "no input": command({ create: "true" }),
            "silent input": command({ create: "cat", stdin: "canary", logging: "none" }),
            "harmless environment": command({ create: "true", environment: { DOCKER_HOST: "x" } }),
        },
        violating: {
            input: [
                command({ create: "cat", stdin: "canary" }),
                'it reads `stdin` and logs what it prints; set `logging` to "none"',
            ],
            "half silent": [
                command({ create: "cat", stdin: "canary", logging: "stderr" }, "command:remote:Command"),
                'it reads `stdin` and logs what it prints; set `logging` to "none"',
            ],
            environment: [
                command({ create: "true", environment: { PGPASSWORD: "canary", DB_PASSWORD: "canary" } }),
                'it gets PGPASSWORD and logs what it prints; set `logging` to "none"',
                'it gets DB_PASSWORD and logs what it prints; set `logging` to "none"',
            ],
        },
        unknown: {
            logging: [command({ create: "cat", stdin: "canary", logging: UNKNOWN }), "databases logging"],
        },
        wrongType: {
            logging: [
                command({ create: "cat", stdin: "x", logging: false }),
                "`logging` has the wrong type; write a string",
            ],
            environment: [command({ environment: ["A=b"] }), "`environment` has the wrong type; write an object"],
        },
    },
    "docker-type-has-rules": {
        subject: "web",
        compliant: { container: container(), network: network(), volume: volume() },
        violating: {
            "Swarm service": [
                { type: "docker:index/service:Service", name: "web", props: {} },
                "no rule covers docker:index/service:Service; write rules for it before it is used",
            ],
            plugin: [
                { type: "docker:index/plugin:Plugin", name: "web", props: {} },
                "no rule covers docker:index/plugin:Plugin; write rules for it before it is used",
            ],
        },
        unknown: {},
        wrongType: {},
    },
};

export const RESOURCE_OF_ANOTHER_TYPE = {
    type: "random:index/randomPassword:RandomPassword",
    name: CONTAINER,
    props: { name: 1 },
};
