import { kindOf } from "../../../components/kinds";
import { healthCheckOf } from "../../../model/defaults";
import { configOf } from "./fixtures";

const times = { credentialTtl: 3600, renderInterval: 300 };
const local = { server: "vault", seal: { kind: "local" }, ...times } as const;
const operators = {
    server: "vault",
    seal: { kind: "operators", pgpKeys: ["mQ"], threshold: 1 },
    ...times,
} as const;

test.each([
    ["postgres", "postgres", local, ["CMD", "pg_isready", "-U", "postgres", "-h", "127.0.0.1"], 60],
    ["redis", "redis", local, ["CMD-SHELL", "redis-cli ping | grep -Eq 'PONG|NOAUTH'"], 30],
    [
        "vault",
        "vault",
        local,
        ["CMD-SHELL", "vault status -address=http://127.0.0.1:8200 >/dev/null && test -e /vault/file/seal/provisioned"],
        30,
    ],
    [
        "vault",
        "vault",
        operators,
        [
            "CMD-SHELL",
            "vault status -address=http://127.0.0.1:8200 >/dev/null; [ $? -ne 1 ] && test -e /vault/file/seal/initialised",
        ],
        30,
    ],
    [
        "vault",
        "openbao",
        { ...local, server: "openbao" },
        ["CMD-SHELL", "bao status -address=http://127.0.0.1:8200 >/dev/null && test -e /openbao/file/seal/provisioned"],
        30,
    ],
    [
        "vault",
        "openbao",
        { ...operators, server: "openbao" },
        [
            "CMD-SHELL",
            "bao status -address=http://127.0.0.1:8200 >/dev/null; [ $? -ne 1 ] && test -e /openbao/file/seal/initialised",
        ],
        30,
    ],
    ["edge", "traefik", local, ["CMD", "traefik", "healthcheck", "--configFile=/etc/strata/traefik.yaml"], 15],
    ["application", "reference-app", local, ["CMD", "/reference-app", "--healthcheck"], 15],
    [
        "application",
        "ghcr.io/a/b@sha256:0",
        local,
        ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8000/health"],
        60,
    ],
] as const)("%s (%s, %j)", (kind, image, vault, test, startPeriod) => {
    const ports = { http: 8000, ...kindOf({ kind }).ports };
    expect(healthCheckOf({ kind, image, ports, spec: {} }, configOf({ vault, standIn: "reference-app" }))).toEqual({
        test,
        interval: 30,
        timeout: 10,
        retries: 3,
        startPeriod,
    });
});
