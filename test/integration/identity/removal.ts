import { X509Certificate } from "node:crypto";
import { connect as connectTls } from "node:tls";

import { LABEL } from "../../../model/names";
import { RENDERED_SECRETS } from "../../../components/identity/vault-agent/kind";
import { ROOT_SECONDS } from "../../../model/secrets/authority";
import { eventually } from "../../support/eventually";
import { ask } from "../../support/http";
import { docker, inspectServices, KINDS, LIST } from "../../support/live-engine";
import { admin, ENV, expectSuccess, fileOf, MINUTE, origin, outputs, placeOf, ready, stack, WELL } from "./live";
import { ask as askVault, asProvisioner, change, tokenIn } from "./vault-client";

/** The edge's certificate ends in so many days, as the command line reads it. */
const DAYS_LEFT = 30;

/** The certificates of a PEM bundle. */
function certificatesIn(text: string | undefined): X509Certificate[] {
    return (text?.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? []).map(
        (pem) => new X509Certificate(pem),
    );
}

/** The certificate that the edge shows. */
function shownByEdge(): Promise<X509Certificate> {
    const servername = new URL(origin("api.psra")).hostname;
    return new Promise((resolve, reject) => {
        const socket = connectTls(
            { host: "127.0.0.1", port: stack.ports.https, servername, ca: outputs.authority },
            () => {
                resolve(new X509Certificate(socket.getPeerCertificate().raw));
                socket.destroy();
            },
        );
        socket.on("error", reject);
    });
}

/** Answers of both products' APIs through the edge, trusted by its authority, until {@link stop}. */
class Visitor {
    private readonly answers: string[] = [];
    private over = false;
    private readonly done: Promise<void>;

    constructor() {
        this.done = this.visit();
    }

    async stop(): Promise<readonly string[]> {
        this.over = true;
        await this.done;
        return this.answers;
    }

    private async visit(): Promise<void> {
        while (!this.over) {
            for (const product of ["psra", "rentguy"]) {
                const host = new URL(origin(`api.${product}`)).hostname;
                const answer = ask({ host, port: stack.ports.https, path: "/", authority: outputs.authority });
                this.answers.push(await answer.then(({ status }) => `${product} ${status}`, String));
            }
            await new Promise((resolve) => setTimeout(resolve, 500));
        }
    }
}

/** Names below a path of Vault, as somebody with the emergency login sees them: the program may not list them. */
async function namesBelow(path: string): Promise<unknown> {
    await change("POST", "auth/userpass/users/looker", { password: "looker", token_policies: "break-glass" });
    const login = { method: "POST", path: "auth/userpass/login/looker", body: { password: "looker" } };
    const { body } = await askVault({ method: "LIST", path, token: tokenIn(await askVault(login)) });
    await change("DELETE", "auth/userpass/users/looker");
    return (body["data"] as { keys: unknown } | undefined)?.keys;
}

/** Certificates that are made anew, and what is taken out of the stack. */
export function removalTests(): void {
    test("`rotate authorities` signs them anew, a root that ends early too; services keep answering, and get the new chain with their next certificate", async () => {
        const before = certificatesIn(await fileOf("rentguy-api", "certificate"));
        // To the command line the root ends when the edge's certificate does: in 820 days, before a product's authority would.
        const early = (await shownByEdge()).toString();
        await stack.rewriteState((text) => {
            const document = JSON.parse(text) as { deployment: { resources: { type: string; outputs?: object }[] } };
            const root = document.deployment.resources.find(({ type }) => type.endsWith(":SecretBackendRootCert"));
            Object.assign(root!.outputs!, { certificate: early });
            return JSON.stringify(document);
        });
        const visitor = new Visitor();
        const rotated = await stack.strata("rotate", "authorities");
        const answers = await visitor.stop();
        expectSuccess(rotated);
        expect(new Set(answers)).toEqual(new Set(["psra 200", "rentguy 200"]));

        // Control: the agent still has the certificate of before.
        const kept = certificatesIn(await fileOf("rentguy-api", "certificate"));
        expect(kept[0]!.serialNumber).toBe(before[0]!.serialNumber);
        await docker(["exec", placeOf("rentguy-api"), "rm", `${RENDERED_SECRETS}/certificate`]);
        await docker(["restart", placeOf("rentguy-api")]);
        await eventually(
            "the agent has written another one",
            async () => (await fileOf("rentguy-api", "certificate")) !== undefined,
            { within: MINUTE },
        );
        const now = certificatesIn(await fileOf("rentguy-api", "certificate"));
        const [leaf, authority, root] = now;
        expect(now.map(({ serialNumber }, index) => serialNumber === before[index]?.serialNumber)).toEqual([
            false,
            false,
            false,
        ]);
        expect(leaf!.verify(authority!.publicKey) && authority!.verify(root!.publicKey)).toBe(true);
        // Ten years, of the root that Vault made at the beginning and of the one that it has now.
        for (const one of [before[2]!, root!]) {
            const seconds = (Date.parse(one.validTo) - Date.parse(one.validFrom)) / 1000;
            expect(Math.abs(seconds - ROOT_SECONDS)).toBeLessThanOrEqual(60);
        }
        // The key stayed: who has the new authority accepts a certificate of before.
        expect(before[0]!.checkIssued(authority!) && before[0]!.verify(authority!.publicKey)).toBe(true);
    });

    test("a service is taken out of a product: an edge's certificate near its end is made anew, and what the program wrote for the service leaves Vault", async () => {
        const gone = "psra/kv/data/database/redis-password/engine";
        expect((await asProvisioner("GET", gone)).status).toBe(200);
        const { serialNumber } = await shownByEdge();
        const expected = Date.now() + DAYS_LEFT * 24 * 3600 * 1000;
        await stack.rewriteState((text) =>
            text.replace(/"certificateEnds": ?"[^"]*"/, `"certificateEnds":"${new Date(expected).toISOString()}"`),
        );
        stack.declare({ "strata:products": [{ name: "psra", services: ["api", "web"] }, { name: "rentguy" }] });

        const ended = await stack.strata("up");
        expectSuccess(ended);
        expect(ended.stdout).toMatch(/the edge's certificate ends in \d+ days: a new one is issued now/);
        expect((await shownByEdge()).serialNumber).not.toBe(serialNumber);
        expect(await namesBelow("psra/kv/metadata/database/redis-password")).toEqual(["api"]);
        // Of these, nothing leaves a mount that stays: their rights are asked for directly.
        expect((await asProvisioner("DELETE", "psra/database/roles/undeclared")).status).toBe(204);
        expect((await asProvisioner("DELETE", "psra/transit/keys/undeclared")).status).toBe(400);
    });

    test("`product remove` leaves nothing of a product, and the others alone", async () => {
        stack.declare({ "strata:products": [{ name: "psra", services: ["api", "web"] }] });
        const others = async (): Promise<string[]> =>
            (await inspectServices(ENV)).filter(({ Name }) => Name.includes("psra-")).map(({ Id }) => Id);
        const before = await others();
        expectSuccess(await stack.strata("product remove", "rentguy", "--confirm", "rentguy"));
        for (const kind of KINDS) {
            const filter = ["--filter", `label=${LABEL.environment}=${ENV}`, "--format={{json .}}"];
            const found = await docker([...LIST[kind], ...filter]);
            expect([kind, found.includes("psra"), found.includes("rentguy")]).toEqual([kind, true, false]);
        }
        for (const path of ["sys/mounts", "sys/policies/acl?list=true", "auth/services/role?list=true"]) {
            expect(JSON.stringify(await change("GET", path))).not.toContain("rentguy");
        }
        for (const path of ["clients?max=200", "groups", "roles"]) {
            const found = JSON.stringify(await admin.realm("GET", `/${path}`)).toLowerCase();
            expect([path, found.includes("psra"), found.includes("rentguy")]).toEqual([path, true, false]);
        }
        expect(await others()).toEqual(before);
        expect(await ready("psra")).toEqual(WELL);
    });
}
