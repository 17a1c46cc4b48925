/** What `status` says of an environment that is not as it should be, and what to do next. */

import type { ServiceStatus } from "../../../cli/commands/service-status";
import { sayStatus, type StatusReport } from "../../../cli/commands/status";
import { ceremoniesIn, readAttempt } from "../../../cli/engine/key-ceremonies";
import type { RunningContainer } from "../../../engine/containers";
import { Progress } from "../../../cli/output/progress";

const web: ServiceStatus = {
    service: "psra-web",
    health: "healthy",
    uptime: 5000,
    restarts: 0,
    zones: [],
    problems: [],
};
const gone: ServiceStatus = { ...web, health: "missing", uptime: 0, problems: ["its container is gone"] };
const well: StatusReport = {
    stack: "staging",
    services: [web],
    vault: "unsealed",
    logins: [],
    endings: [],
    pending: 0,
    unknown: [],
    foreign: [],
};

function say(changes: Partial<StatusReport>, containers: readonly RunningContainer[] = []) {
    const lines: string[] = [];
    const code = sayStatus(new Progress({ write: (text) => lines.push(text) }), { ...well, ...changes }, containers);
    return { code, text: lines.join("") };
}

test("all well ends with 0 and has no next step", () => {
    const { code, text } = say({});
    expect(code).toBe(0);
    expect(text).not.toContain("next:");
});

test("a Vault that does not say whether it is sealed is no success", () => {
    const { code, text } = say({ vault: "unknown" });
    expect(code).toBe(2);
    expect(text).toContain("vault is unknown");
});

describe("ceremonies with Vault's unseal keys", () => {
    // As Vault 1.21 prints them, without its empty fields.
    const NONE = '{"nonce": "", "started": false, "progress": 0, "required": 3, "complete": false, "otp_length": 28}';
    const ROOT =
        '{"nonce": "3c1d0b6e-93b2-92a1-f2c1-2d5f2a2d8a0b", "started": true, "progress": 1, "required": 3, "complete": false, "otp_length": 28}';
    const REKEY =
        '{"nonce": "0a5a33a0-7e0e-4f0a-93b0-3d2dcd1f6d4e", "started": true, "t": 1, "n": 1, "progress": 0, "required": 3, "verification_required": false}';

    /** @param otherwise - what the client says where there is no answer. @default nothing, as after its time */
    function vaultThat(answers: Readonly<Record<string, string>>, otherwise = "") {
        const asked: string[] = [];
        const docker = (args: readonly string[]) => {
            asked.push(args.join(" "));
            const answer = answers[args[4] ?? ""];
            return Promise.resolve({ code: answer === undefined ? 2 : 0, stdout: answer ?? "", stderr: otherwise });
        };
        const found = ceremoniesIn({ docker }, { id: "0123", name: "staging-vault" }, "vault");
        return { found, asked };
    }

    test("are asked for in the server's container, without a login", async () => {
        const { found, asked } = vaultThat({ "generate-root": ROOT, rekey: REKEY });
        expect(await found).toEqual([
            {
                kind: "root generation",
                progress: 1,
                required: 3,
                cancel: "docker exec staging-vault vault operator generate-root -cancel -address=http://127.0.0.1:8200",
            },
            {
                kind: "rekey",
                progress: 0,
                required: 3,
                cancel:
                    "docker exec staging-vault vault operator rekey -cancel " +
                    "-nonce=0a5a33a0-7e0e-4f0a-93b0-3d2dcd1f6d4e -address=http://127.0.0.1:8200",
            },
        ]);
        expect(asked).toEqual([
            "exec 0123 vault operator generate-root -status -format=json -address=http://127.0.0.1:8200",
            "exec 0123 vault operator rekey -status -format=json -address=http://127.0.0.1:8200",
        ]);
    });

    test("that nobody began, or of which a server tells nothing without a login, are none", async () => {
        expect(await vaultThat({ "generate-root": NONE, rekey: NONE }).found).toEqual([]);
        expect(await vaultThat({}, "* Code: 404. Errors:").found).toEqual([]);
    });

    test("that nobody could ask about are no success", async () => {
        expect(await vaultThat({}).found).toBe("unknown");
        expect(["no JSON", '{"started": true}', "{}"].map(readAttempt)).toEqual(["unknown", "unknown", "unknown"]);
        const { code, text } = say({ ceremonies: "unknown" });
        expect(code).toBe(2);
        expect(text).toContain("! vault: whether somebody makes a root token or other unseal keys cannot be told");
    });

    test("are broken, with the command that ends them", async () => {
        const { code, text } = say({ ceremonies: await vaultThat({ "generate-root": ROOT }).found });
        expect(code).toBe(1);
        expect(text).toContain("✗ vault: somebody began a root generation; 1 of 3 unseal keys are given\n");
        expect(text).toContain(
            "next: if no operator did: docker exec staging-vault vault operator generate-root -cancel -address=http://127.0.0.1:8200;",
        );
    });
});

test("a container that is gone: up makes it again, said once for all of them", () => {
    const { code, text } = say({ services: [gone, { ...gone, service: "psra-api" }] });
    expect(code).toBe(1);
    expect(text.match(/next: .*/g)).toEqual(["next: npm run up -- --stack staging makes it again"]);
});

test("a container in other networks than its own has its next step, but not while an up may be at it", () => {
    const strayed = {
        ...web,
        problems: ["it is attached to x"],
        reattach: "docker network disconnect x staging-psra-web",
    };
    expect(say({ services: [strayed] }).text).toContain(
        "✗ psra-web: it is attached to x\n  next: docker network disconnect x staging-psra-web\n",
    );
    const underWay = { verb: "up", since: "2026-11-29T14:00:00.000Z", process: 77 } as const;
    expect(say({ services: [strayed], underWay }).text).not.toContain("disconnect");
});

test("when nothing runs the next step is up", () => {
    const { code, text } = say({ services: [], vault: undefined });
    expect(code).toBe(1);
    expect(text).toBe("· nothing of staging runs\n  next: npm run up -- --stack staging\n");
});

test("what an interrupted run left is removed by up", () => {
    expect(say({ unknown: ["staging-keycloak"] }).text).toContain("next: npm run up -- --stack staging removes");
});

test("what nothing explains is broken, as up and down refuse because of it", () => {
    const { code, text } = say({ foreign: ["staging-shop"] });
    expect(code).toBe(1);
    expect(text).toContain(
        "✗ staging-shop: labelled, and neither the state nor an interrupted run explains it\n  next: if another checkout",
    );
});

test("while an up is under way nothing was cut off, and what it makes is not unknown", () => {
    const underWay = { verb: "up", since: "2026-11-29T14:00:00.000Z", process: 77 } as const;
    const { code, text } = say({ underWay, pending: 1, unknown: ["staging-keycloak"], services: [web, gone] });
    expect(code).toBe(2);
    expect(text).toContain("! up is under way since 2026-11-29T14:00:00.000Z (process 77)\n");
    expect(text).not.toMatch(/cut off|does not know|✗/);
    expect(text.match(/next: .*/g)).toEqual(["next: wait for its end, then npm run status -- --stack staging"]);
});

test("data that is not what the state knows is broken, and data that nobody can tell of is no success", () => {
    const other = say({ data: [{ name: "staging-vault-data", fate: "begun", inPlace: true }] });
    expect(other.code).toBe(1);
    expect(other.text).toContain("✗ staging-vault-data holds other data than the state knows\n  next: npm run up");
    const unsure = say({ data: [{ name: "staging-vault-data", fate: "there", unsure: "Vault is sealed" }] });
    expect(unsure.code).toBe(2);
    expect(unsure.text).toContain("! could not tell whether staging-vault-data holds the data");
});
