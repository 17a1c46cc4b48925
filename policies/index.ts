import { PolicyPack } from "@pulumi/policy";

import configuration from "./configuration.json";
import { policies } from "./rules";

new PolicyPack("strata", { policies, enforcementLevel: "mandatory" }, configuration);
