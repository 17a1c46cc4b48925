import { PolicyPack } from "@pulumi/policy";

import { packConfiguration } from "./lib/configuration";
import { decodeOnce } from "./lib/decode-once";
import { policies } from "./rules";

decodeOnce();

new PolicyPack(
    "strata",
    { policies, enforcementLevel: "mandatory" },
    packConfiguration(policies.map(({ name }) => name)),
);
