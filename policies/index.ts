import { PolicyPack } from "@pulumi/policy";

import { packConfiguration } from "./lib/configuration";
import { policies } from "./rules";

new PolicyPack(
    "strata",
    { policies, enforcementLevel: "mandatory" },
    packConfiguration(policies.map(({ name }) => name)),
);
