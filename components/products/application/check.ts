import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import type { ApplicationDeclaration } from "./kind";

/** Problems of `reload`: strata can only signal a process that it starts itself. */
export function checkReload(
    { command, reload = "watch" }: ApplicationDeclaration,
    { product, name }: Place,
): Problem[] {
    return reload === "watch" || command !== undefined
        ? []
        : [
              {
                  key: `${product}/${name} reload`,
                  value: `"${reload}"`,
                  accepted:
                      "watch, for a service without `command`: strata can only signal or restart a process that it starts",
                  next: `add \`command\`, the program and its arguments, to ${name} in products/${product}.ts`,
              },
          ];
}
