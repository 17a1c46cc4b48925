import { replaceArguments } from "../../../cli/commands/rotate";
import { Failure } from "../../../cli/failure";
import { readState } from "../../../cli/pulumi/state";

const urn = (service: string): string =>
    `urn:pulumi:test::strata::x$vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId::vault-${service}-secret-id`;
const state = readState({
    deployment: {
        resources: [
            { urn: "urn:pulumi:test::strata::vault:index/mount:Mount::x", type: "vault:index/mount:Mount" },
            ...["psra-api", "psra-web"].map((service) => ({
                urn: urn(service),
                type: "vault:appRole/authBackendRoleSecretId:AuthBackendRoleSecretId",
                inputs: { roleName: service },
            })),
        ],
    },
});

test("all secret-ids, or those of the named services", () => {
    expect(replaceArguments(state, "test")).toEqual(["--replace", urn("psra-api"), "--replace", urn("psra-web")]);
    expect(replaceArguments(state, "test", ["psra-web"])).toEqual(["--replace", urn("psra-web")]);
});

test("a service without one is refused, with those that have one", () => {
    expect(() => replaceArguments(state, "test", ["psra-wep"])).toThrow(
        '--service: "psra-wep" is unknown; accepted: psra-api, psra-web',
    );
});

test("a stack without logins says where they come from", () => {
    expect(() => replaceArguments({ secretIds: [] }, "test")).toThrow(Failure);
    expect(() => replaceArguments({ secretIds: [] }, "test")).toThrow("test has no secret-ids");
});
