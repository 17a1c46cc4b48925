/** Resources that hold data: deleting or replacing one loses what people or services wrote. */

import { isAuthority, KEPT_TYPES } from "../../model/kept-types";
import { COMMAND } from "../../model/resource-types";
import { VOLUME } from "./docker";
import type { Properties } from "./properties";
import { isInMemory, purposeOf } from "./volumes";

/** Types of resources that hold data, each with a test of whether a resource of the type does. */
export const DATA: Readonly<Record<string, (properties: Properties) => boolean>> = {
    [VOLUME]: (properties) => {
        const purpose = purposeOf(properties);
        return purpose === "data" || (purpose === "secrets" && !isInMemory(properties));
    },
    [COMMAND]: (properties) => isAuthority(properties.text("create")),
    ...Object.fromEntries(KEPT_TYPES.map((type) => [type, () => true])),
};
