/** Whether an application's image, port, settings and process make sense. */

import { suggestion } from "../../../model/nearest";
import type { Problem } from "../../../model/problems";
import { carriesLogin, namesSecret } from "../../../model/secret-names";
import type { Place } from "../../kind";
import { type ApplicationDeclaration, type Reload, RELOAD_SIGNALS } from "./kind";

const REPOSITORY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+$/;
const SETTING = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** All problems of one application. */
export function checkApplication(declared: ApplicationDeclaration, place: Place): Problem[] {
    return [
        ...checkImage(declared, place),
        ...checkPort(declared, place),
        ...checkSettings(declared, place),
        ...checkProcess(declared, place),
    ];
}

function correct(product: string): string {
    return `correct it in products/${product}.ts`;
}

function checkImage({ image }: ApplicationDeclaration, { product, name }: Place): Problem[] {
    return REPOSITORY.test(image)
        ? []
        : [
              {
                  key: `${product}/${name} image`,
                  value: `"${image}"`,
                  accepted:
                      "a repository without tag or digest, for example ghcr.io/owner/name: what runs is in strata:releases",
                  next: correct(product),
              },
          ];
}

function checkPort({ port }: ApplicationDeclaration, { product, name }: Place): Problem[] {
    // Applications are not root and have no capability to bind a port below 1024.
    return Number.isInteger(port) && port >= 1024 && port <= 65535
        ? []
        : [
              {
                  key: `${product}/${name} port`,
                  value: String(port),
                  accepted: "a TCP port from 1024 to 65535",
                  next: correct(product),
              },
          ];
}

function checkSettings({ environment = {} }: ApplicationDeclaration, { product, name }: Place): Problem[] {
    return Object.entries(environment).flatMap(([setting, value]): Problem[] => {
        const key = `${product}/${name} environment.${setting}`;
        if (!SETTING.test(setting)) {
            return [{ key, accepted: "a name of letters, digits and underscores", next: correct(product) }];
        }
        // The value is not quoted: it may be what the name says.
        return namesSecret(setting) || carriesLogin(value)
            ? [
                  {
                      key,
                      accepted:
                          "plain settings: what is in the environment can be read by everyone who can inspect the container",
                      next: `keep the value in Vault and name the file that holds it: ${setting}_FILE`,
                  },
              ]
            : [];
    });
}

function checkProcess({ command, reload = "watch" }: ApplicationDeclaration, { product, name }: Place): Problem[] {
    const next = correct(product);
    const problems: Problem[] = [];
    const [program = ""] = command ?? [];
    if (command !== undefined && program.trim() === "") {
        const accepted = 'a list that begins with the program, for example ["node", "server.js"]';
        problems.push({ key: `${product}/${name} command`, value: JSON.stringify(command), accepted, next });
    }
    const key = `${product}/${name} reload`;
    const accepted: readonly Reload[] = ["watch", "restart", ...RELOAD_SIGNALS];
    if (!accepted.includes(reload)) {
        const step = `${suggestion(reload, accepted)}${next}`;
        problems.push({ key, value: `"${reload}"`, accepted: accepted.join(", "), next: step });
    } else if (reload !== "watch" && command === undefined) {
        problems.push({
            key,
            value: `"${reload}"`,
            accepted: "watch, for a service without `command`: whoever signals a process has to have started it",
            next: `add \`command\`, the program and its arguments, to ${name} in products/${product}.ts`,
        });
    }
    return problems;
}
