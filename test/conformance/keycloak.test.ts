import { differences, knownDifferences } from "./engine";

jest.setTimeout(60_000);

describe("keycloak plugin", () => {
    // The plugin made without downloads is older than the SDK: offline/plugins/keycloak/differences.txt is the full list
    // of what components must not use, and offline/plugins/README.md says what to write instead.
    test("differs from the SDK only where it is known to", async () => {
        expect(await differences("keycloak")).toEqual(await knownDifferences("keycloak"));
    });

    // Create, update, replace, refresh, import and delete need a server, whose start takes longer than this whole suite:
    // they belong to test/integration, against the Keycloak of a stack: a realm, roles, a confidential client with
    // mappers and exhaustive scopes, a flow with executions, bindings, events, a required action, a service-account user.
});
