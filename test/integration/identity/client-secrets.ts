import { admin, applications, fileOf } from "./live";
import { askAs, dataIn, tokenFor } from "./vault-client";

/** Keycloak makes the secrets of its clients, and Vault hands them out. */
export function clientSecretsTests(): void {
    test.each([
        ["psra-web", "psra/kv/data/config/client-secret", "psra"],
        ["rentguy-web", "rentguy/kv/data/config/client-secret", "rentguy"],
        ["oauth2-proxy", "platform/kv/data/shared/oauth2-proxy/secret", "oauth2-proxy"],
    ])("%s finds its client's secret", async (service, path, client) => {
        const token = await tokenFor(service);
        const [read] = await askAs(service, [{ method: "GET", path, token }]);
        expect(read!.status).toBe(200);
        const kept = await admin.clientSecret(client);
        expect(dataIn(read)?.value).toBe(kept);
        if (applications.includes(service)) {
            expect(await fileOf(service, "client-secret")).toBe(kept);
        }
    });
}
