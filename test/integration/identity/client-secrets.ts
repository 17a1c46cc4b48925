import { admin, fileOf } from "./live";
import { asProvisioner, askAs, dataIn, tokenFor } from "./vault-client";

/** Keycloak makes the secrets of its clients, and Vault hands them out to the services. */
export function clientSecretsTests(): void {
    test.each([
        ["psra-web", "psra/kv/data/config/client-secret", "psra"],
        ["rentguy-web", "rentguy/kv/data/config/client-secret", "rentguy"],
    ])("%s finds its client's secret", async (service, path, client) => {
        const token = await tokenFor(service);
        const [read] = await askAs(service, [{ method: "GET", path, token }]);
        expect(read!.status).toBe(200);
        const kept = await admin.clientSecret(client);
        expect(dataIn(read)?.value).toBe(kept);
        expect(await fileOf(service, "client-secret")).toBe(kept);
    });

    // The program hands them their values: "forward authentication" shows that they have the right ones.
    test.each(["keycloak", "oauth2-proxy"])("%s has no login at Vault", async (service) => {
        const { status } = await asProvisioner("GET", `auth/services/role/${service}`);
        expect(status).toBe(404);
    });
}
