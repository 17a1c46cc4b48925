import type { Problem } from "../../../model/problems";
import type { Place } from "../../kind";
import type { ApplicationDeclaration } from "./kind";

/** Who signals a process has to have started it. */
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
                  accepted: "watch, for a service without `command`: whoever signals a process has to have started it",
                  next: `add \`command\`, the program and its arguments, to ${name} in products/${product}.ts`,
              },
          ];
}
