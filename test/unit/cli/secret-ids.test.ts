import { describeEnding, endingLogins } from "../../../cli/pulumi/secret-ids";
import { readState } from "../../../cli/pulumi/state";

const NOW = Date.parse("2026-06-01T00:00:00Z");
const { secretIds } = readState({
    deployment: {
        resources: [
            ["psra-api", "2026-05-31T12:00:00.5Z"],
            ["psra-web", "2026-03-05T12:00:00.5Z"],
            ["rentguy-api", "2026-03-05T13:00:00.5Z"],
            ["rentguy-web", "2026-03-02T12:00:00.5Z"],
            ["psra-engine", "2026-03-03T12:00:00.5Z"],
            ["by-hand", undefined],
        ].map(([service, created]) => ({
            urn: `urn:pulumi:test::strata::vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId::${service}`,
            type: "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
            inputs: { roleName: service, ttl: 90 * 24 * 3600 },
            ...(created !== undefined && { created }),
        })),
    },
});

test("logins are talked about in the last third of their lives, and after it", () => {
    expect(endingLogins(secretIds, NOW)).toEqual([
        { service: "rentguy-web", days: -1 },
        { service: "psra-engine", days: 0 },
        { service: "psra-web", days: 2 },
        { service: "rentguy-api", days: 2 },
    ]);
    expect(endingLogins(secretIds, NOW - 60 * 24 * 3600 * 1000)).toEqual([]);
});

test("those of one day are named together", () => {
    const logins = [
        { service: "a", days: -3 },
        { service: "b", days: 0 },
        { service: "c", days: 1 },
        { service: "d", days: 7 },
        { service: "e", days: 7 },
    ];
    expect(describeEnding(logins)).toEqual([
        "logins to Vault have ended: a",
        "logins to Vault end today: b",
        "logins to Vault end in 1 day: c",
        "logins to Vault end in 7 days: d, e",
    ]);
    expect(describeEnding([])).toEqual([]);
});
