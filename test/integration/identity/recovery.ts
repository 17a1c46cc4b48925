import { pkce } from "../../support/browser";
import { docker, KINDS, labelled } from "../../support/live-engine";
import { connect, ENV, expectCode, expectGate, expectSuccess, of, outputs, ready, stack, WELL } from "./live";
import { claimsIn } from "./login";
import { expectNoTemporaryClient } from "./start";
import { enter, newBrowser, redeemCode, USER } from "./people";
import { askAs, dataIn, tokenFor, writeAsPerson } from "./vault-client";

/** Removed by force, or in order: what is left of what they hold. */
export function recoveryTests(): void {
    const valueAt = async <T>(path: string): Promise<T | undefined> => {
        const token = await tokenFor("psra-api");
        const [read] = await askAs("psra-api", [{ method: "GET", path, token }]);
        return dataIn<T>(read);
    };

    test("up starts a Vault that is gone again, and what is inside is as it was", async () => {
        const path = "psra/kv/data/config/jwt-secret";
        const before = await valueAt(path);
        expect(before).toBeDefined();
        await docker(["rm", "--force", of("vault")]);
        expectSuccess(await stack.strata("up"));
        expect(await valueAt(path)).toEqual(before);
    });

    test("down keeps what people wrote and who they are, and the next up finds it", async () => {
        const written = "psra/kv/data/api/keys";
        const data = { key: "written by a person" };
        await writeAsPerson(written, data);

        expectSuccess(await stack.strata("down"));
        expect(await labelled("container", ENV)).toEqual([]);
        expect(await labelled("network", ENV)).toEqual([]);
        expectSuccess(await stack.strata("up"));
        await expectGate(0);

        await connect();
        expect(await valueAt(written)).toEqual(data);
        const browser = newBrowser();
        const { verifier, challenge } = pkce();
        const answer = await redeemCode(browser, await enter(browser, USER, challenge), verifier);
        const claims = await claimsIn(browser, answer);
        expect(claims).toMatchObject({ iss: outputs.identity.issuer, tenant: USER.tenant });
        expect(claims.realm_access.roles).toEqual(["psra-user"]);
    });

    test("lost data volumes are refused, and once that is accepted one up makes again what was in them", async () => {
        const lost = ["vault", "keycloak-postgres", "psra-postgres"];
        await docker(["rm", "--force", ...lost.map(of)]);
        await docker(["volume", "rm", ...lost.map((service) => `${of(service)}-data`)]);
        const refused = await stack.strata("up");
        expectCode(refused, 2);
        const said = refused.stdout + refused.stderr;
        for (const service of lost) expect(said).toContain(`${of(service)}-data (${service}`);
        expect(said).toContain("and all people");
        expect(await labelled("volume", ENV)).not.toEqual(expect.arrayContaining([`${of("vault")}-data`]));

        const volumes = lost.map((service) => `${of(service)}-data`);
        const inPart = await stack.strata("up", "--accept-data-loss", volumes[0]!);
        expectCode(inPart, 2);
        const next = /npm run up -- --accept-data-loss (.+) --stack /.exec(inPart.stderr)?.[1];
        expect(next?.split(" ").toSorted()).toEqual([...volumes].sort());

        expectSuccess(await stack.strata("up", "--accept-data-loss", ...volumes));
        const again = await stack.strata("up");
        expectSuccess(again);
        expect(again.stdout).toMatch(/\n0 changes, /);
        await expectGate(0);
        await connect();
        expect(await ready("psra")).toEqual(WELL);
        await expectNoTemporaryClient();
    });

    test("down --volumes needs no server, and leaves nothing", async () => {
        await docker(["rm", "--force", ...["vault", "edge", "keycloak", "keycloak-postgres"].map(of)]);
        expectSuccess(await stack.strata("down", "--volumes", "--confirm", ENV));
        for (const kind of KINDS) {
            expect(await labelled(kind, ENV)).toEqual([]);
        }
    });
}
